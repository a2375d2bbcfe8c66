package server_test

import (
	"fmt"

	"clearday/server/auth"
)

// files brings questions into what stands beside their states: other words offered and agreed, passed on, owed
// and late, answered to a partner's words, withdrawn, a refusal proposed.
func (f *fair) files(meeting, item string) {
	moderator := f.Token(f.test, auth.Moderator, f.board)
	published := map[string]any{"state": "published"}
	for _, one := range []struct {
		name  string
		steps []map[string]any
	}{
		{"words offered", []map[string]any{{"state": "held", "redraft": "What is done so that people fall less often in the wards?", "told": "We would like to publish it without the name of your mother. The question stays the same."}}},
		{"words changed", []map[string]any{{"text": "How is it decided which data are shared?", "told": "We left out a telephone number."}, published}},
		{"passed on", []map[string]any{{"state": "transferred", "transfer": "foi", "told": "The team for information answers you."}}},
		{"owed and late", []map[string]any{published, {"state": "not_reached", "answer_due": "2020-01-02", "allocated_to": "Saltfen Hospitals"}}},
		{"answer on the way", []map[string]any{published, {"state": "not_reached", "answer_due": "2099-01-02"}, {"draft": "It is published every quarter.\n\nThe next report comes in June.", "answered_by": "Tess Marsh"}, {"approve": true}}},
		{"refused with words", []map[string]any{{"state": "refused", "reason": "vexatious", "told": "Please write to the complaints team.", "note": "The fifth of this kind."}}},
	} {
		mine := askPlainly(f.test, f.Browser(f.test), meeting, "My mother Joan fell on the way to ward 3. How is it decided which data are shared? ("+one.name+")", "name", "Carer", "area", "Saltfen", "item", item)
		for _, step := range one.steps {
			f.call("PATCH", "/questions/"+numberIn(mine), step, nil)
		}
		f.see("private page "+one.name, mine)
		f.see("question "+one.name, "/questions/"+numberIn(mine))
		f.seeAt("desk file "+one.name, "/desk/questions/"+numberIn(mine))
	}
	proposed := askPlainly(f.test, f.Browser(f.test), meeting, "Why was my appointment at Mill Road on 3 May moved?", "name", "Carer")
	if status, text := f.API(f.test, moderator, "PATCH", "/questions/"+numberIn(proposed), map[string]any{"state": "refused", "reason": "individual-case", "note": "One person's appointment.", "told": "The practice answers you."}, nil); status != 200 {
		f.must(fmt.Errorf("proposing a refusal: %d %s", status, text))
	}
	f.see("private page refusal proposed", proposed)
	f.seeAt("desk file refusal proposed", "/desk/questions/"+numberIn(proposed))
	gone := askPlainly(f.test, f.Browser(f.test), meeting, "Taken back by whoever asked it.")
	if a := f.Browser(f.test).Post(f.test, gone, "do", "withdraw"); a.StatusCode != 303 {
		f.must(fmt.Errorf("withdrawing: %d", a.StatusCode))
	}
	f.see("private page withdrawn", gone)
	f.seeAt("desk file withdrawn", "/desk/questions/"+numberIn(gone))
	f.seeAt("desk questions that wait", "/desk/questions")
	f.see("find your question", "/questions/find")
}
