package livestream

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

// full is a contribution with something of its own in every field that holds words.
func full(t *testing.T, s State) Contribution {
	t.Helper()
	at := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	var c Contribution
	fillWords(reflect.ValueOf(&c).Elem(), "", at)
	c.State, c.Kind, c.Reason, c.Wording, c.Minor, c.Health = s, KindQuestion, "vexatious", WordingEdited, false, true
	c.Channel, c.AnswerDue, c.Transfer = ChannelPhone, "2026-05-01", Transfer{Kind: TransferComplaint, Due: "2026-05-02"}
	return c
}

// fillWords writes the path of each field into it.
func fillWords(v reflect.Value, path string, at time.Time) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("CANARY" + path)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillWords(v.Elem(), path, at)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(at))
			return
		}
		for i := range v.NumField() {
			fillWords(v.Field(i), path+"."+v.Type().Field(i).Name, at)
		}
	}
}

var everyState = []State{Received, Held, Published, Merged, Refused, Transferred, Put, AnsweredOrally, AnsweredWriting, NotReached, WithdrawnByAsker}

// TestPublic holds the table of design.md section 8: state by field, what others may see.
func TestPublic(t *testing.T) {
	hidden := []string{"id", "kind", "meeting", "state", "supports", "received_at"}
	words := append(slices.Clone(hidden), "item", "parent", "text", "wording", "name", "area", "organisation", "answer", "answered_by",
		"allocated_to", "answer_due", "published_at", "put_at", "put_item", "answered_at", "support_note")
	want := map[State][]string{
		Received: hidden, Held: hidden, Transferred: hidden, WithdrawnByAsker: hidden,
		Merged: append(slices.Clone(hidden), "merged_into"), Refused: append(slices.Clone(hidden), "reason"),
		Published: words, Put: words, NotReached: words, AnsweredOrally: words,
		AnsweredWriting: slices.DeleteFunc(slices.Clone(words), func(f string) bool { return f == "answer_due" }),
	}
	for _, s := range everyState {
		b, err := json.Marshal(full(t, s).Public())
		if err != nil {
			t.Fatal(err)
		}
		var seen map[string]any
		if err := json.Unmarshal(b, &seen); err != nil {
			t.Fatal(err)
		}
		var got []string
		for field := range seen {
			got = append(got, field)
		}
		slices.Sort(got)
		slices.Sort(want[s])
		if !slices.Equal(got, want[s]) {
			t.Errorf("%s: others see %v, want %v", s, got, want[s])
		}
		if told := seen["state"]; told != string(s) && !(s == Held && told == string(Received)) {
			t.Errorf("%s: others are told %v", s, told)
		}
		if strings.Contains(string(b), "vexatious") || strings.Contains(string(b), "Private") || strings.Contains(string(b), "complaint") {
			t.Errorf("%s: others see %s", s, b)
		}
		if !s.ShowsWords() && seen["supports"] != float64(0) {
			t.Errorf("%s: others see a count of support", s)
		}
		if s == Refused && seen["reason"] != "wording" {
			t.Errorf("a judgement is told as %v", seen["reason"])
		}
	}
	c := full(t, Published)
	c.Minor = true
	if c.Public().Name != "" {
		t.Error("the name of somebody under 18 is shown")
	}
}

// TestReasons holds that every ground has public words, and that no public code or word judges a person.
func TestReasons(t *testing.T) {
	for _, g := range Grounds {
		if g.Desk == "" || Reasons[g.Code] == "" || Reasons[g.Public] == "" || Reasons[g.Code] != Reasons[PublicReason(g.Code)] {
			t.Errorf("%s: %q, public %q: %q", g.Code, g.Desk, g.Public, Reasons[g.Code])
		}
		for _, word := range []string{"vexatious", "frivolous", "defamatory", "offensive", "abus", "political", "conduct"} {
			if strings.Contains(strings.ToLower(PublicReason(g.Code)+Reasons[g.Code]), word) {
				t.Errorf("%s: the public reads %q", g.Code, word)
			}
		}
	}
	if PublicReason("confidential") != "confidential" { // of records from before the list was whole
		t.Error("an old code has no public words")
	}
}

// TestMayBecome holds the whole table of moves: what is not in it is refused.
func TestMayBecome(t *testing.T) {
	want := map[State]string{
		Received: "held merged published refused transferred withdrawn", Held: "merged published received refused transferred withdrawn",
		Published:      "answered_in_writing answered_orally held merged not_reached put refused transferred withdrawn",
		Put:            "answered_in_writing answered_orally held not_reached refused withdrawn",
		NotReached:     "answered_in_writing answered_orally held refused transferred withdrawn",
		AnsweredOrally: "answered_in_writing held refused", AnsweredWriting: "held refused",
		Merged: "withdrawn", Refused: "published received withdrawn", Transferred: "withdrawn", WithdrawnByAsker: "",
	}
	for _, from := range everyState {
		var to []string
		for _, s := range everyState {
			if from.MayBecome(s) {
				to = append(to, string(s))
			}
		}
		slices.Sort(to)
		if got := strings.Join(to, " "); got != want[from] {
			t.Errorf("%s may become %q, want %q", from, got, want[from])
		}
		if from.Words() == string(from) && from != "published" && from != "held" {
			t.Errorf("%s has no words", from)
		}
	}
}

var ruth = papers.Actor{ID: "u1", Name: "Ruth", Role: "moderator"}

func decided(t *testing.T, c Contribution, d Decision) Contribution {
	t.Helper()
	if err := d.Check(c); err != nil {
		t.Fatalf("%+v on %s: %v", d, c.State, err)
	}
	return d.Apply(c, ruth, time.Now().UTC())
}

// TestProposedRefusal: who does not decide for the board only proposes, and meanwhile nobody reads the words.
func TestProposedRefusal(t *testing.T) {
	for _, from := range []State{Received, Held, Published, Put, NotReached, AnsweredOrally, AnsweredWriting} {
		c := Contribution{Number: "Q-1", State: from, Text: "words", Revision: 1}
		d := Decision{Number: c.Number, To: Refused, Reason: "individual-case", Told: "Ask the complaints team.", Note: "names a ward", OnlyProposes: true}
		p := decided(t, c, d)
		if p.State != Held || p.Proposed == nil || p.Proposed.By != ruth || p.Proposed.Told != d.Told || p.ProposedAt == nil || p.Reason != "" || p.Told != "" {
			t.Errorf("proposed from %s: %+v", from, p)
		}
		if acts := Moved(c, p); from == Received && acts != nil || from == Published && (len(acts) != 1 || acts[0].Facts["state"] != "received" || acts[0].Facts["reason"] != "") {
			t.Errorf("proposed from %s: the log says %+v", from, acts)
		}
		r := decided(t, p, Decision{Number: c.Number, To: Refused, Reason: "individual-case", Told: d.Told})
		if r.State != Refused || r.Proposed != nil || r.ProposedAt != nil || r.Told != d.Told || r.Public().Reason != "individual-case" {
			t.Errorf("decided: %+v", r)
		}
		if k := decided(t, p, Decision{Number: c.Number, Drop: true}); k.State != Received || k.Proposed != nil || k.ProposedAt != nil {
			t.Errorf("not refused: %+v", k)
		}
	}
	if err := (Decision{To: Refused, Reason: "because", OnlyProposes: true}).Check(Contribution{State: Received}); papers.CodeOf(err) != papers.CodeInvalid {
		t.Errorf("a reason of no list = %v", err)
	}
}

// TestWords: edits and redrafts keep the asker's own words beside, and what was heard stays as it was.
func TestWords(t *testing.T) {
	c := Contribution{Number: "Q-1", State: Received, Text: "as it came", Revision: 1}
	edited := decided(t, c, Decision{Words: "shorter"})
	if edited.Text != "shorter" || edited.Original != "as it came" || edited.Wording != WordingEdited {
		t.Errorf("edited: %+v", edited)
	}
	if back := decided(t, edited, Decision{Words: "as it came"}); back.Original != "" || back.Wording != "" {
		t.Errorf("edited back: %+v", back)
	}
	offered := decided(t, c, Decision{To: Held, Redraft: "kinder", Told: "no names"})
	if offered.Text != "as it came" || offered.Offered() == nil || offered.Offered().Why != "no names" {
		t.Errorf("offered: %+v", offered)
	}
	agree := Response{Number: "Q-1", Do: Agree, Revision: offered.Revision}
	if err := agree.Check(offered); err != nil {
		t.Fatal(err)
	}
	agreed, said := agree.Apply(offered, time.Now())
	if agreed.Text != "kinder" || agreed.Original != "as it came" || agreed.Wording != WordingAgreed || agreed.State != Received || said.Text != "kinder" {
		t.Errorf("agreed: %+v, %+v", agreed, said)
	}
	declined, _ := Response{Do: Decline, Revision: offered.Revision}.Apply(offered, time.Now())
	if declined.Text != "as it came" || declined.State != Received || declined.Offered() != nil {
		t.Errorf("declined: %+v", declined)
	}
	if p := decided(t, declined, Decision{To: Published}); p.Text != "as it came" || p.Wording != "" {
		t.Errorf("published as it is after a no: %+v", p)
	}
	if p := decided(t, offered, Decision{To: Published}); p.Offered() != nil || p.Redraft.State != RedraftDropped {
		t.Errorf("published while an offer waits: %+v", p.Redraft)
	}
	newer := decided(t, offered, Decision{Redraft: "kinder still"})
	if err := agree.Check(newer); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("agreeing to words that were not read = %v", err)
	}
	for _, s := range []State{Put, AnsweredOrally, AnsweredWriting, NotReached, Merged, Refused, Transferred, WithdrawnByAsker} {
		if err := (Decision{Words: "x"}).Check(Contribution{State: s, Answer: "Yes."}); papers.CodeOf(err) != papers.CodeConflict {
			t.Errorf("changing the words of one that is %s = %v", s, err)
		}
	}
}

// TestAnswer: drafted, approved and given are three acts; a changed draft has to be approved anew.
func TestAnswer(t *testing.T) {
	c := decided(t, Contribution{State: NotReached, AnswerDue: "2026-05-01"}, Decision{Draft: "Yes.", AnsweredBy: "The director"})
	if err := (Decision{To: AnsweredWriting}).Check(c); papers.CodeOf(err) != papers.CodeInvalid {
		t.Errorf("giving what is not approved = %v", err)
	}
	approved := decided(t, c, Decision{Approve: true})
	if approved.DraftStep != Approved || approved.Draft.ApprovedBy != ruth || approved.Answer != "" {
		t.Errorf("approved: %+v", approved)
	}
	if again := decided(t, approved, Decision{Draft: "No.", AnsweredBy: "The director"}); again.DraftStep != Drafted || again.Draft.ApprovedBy != (papers.Actor{}) {
		t.Errorf("changed after it was approved: %+v", again)
	}
	if err := (Decision{Draft: "No.", Approve: true}).Check(approved); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("writing and approving at once = %v", err)
	}
	given := decided(t, approved, Decision{To: AnsweredWriting})
	if given.Answer != "Yes." || given.AnsweredBy != "The director" || given.DraftStep != "" || given.OwesAnswer() || given.AnsweredAt == nil {
		t.Errorf("given: %+v", given)
	}
}

// TestRespond: what an asker may do in each state.
func TestRespond(t *testing.T) {
	for _, s := range everyState {
		c := Contribution{State: s, Name: "A", Revision: 3}
		err := (&Response{Do: Withdraw}).Check(c)
		if may := s.MayBecome(WithdrawnByAsker); (err == nil) != may {
			t.Errorf("withdrawing one that is %s = %v", s, err)
		}
		if err := (&Response{Do: Reply, Text: " \n "}).Check(c); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("an empty reply = %v", err)
		}
		if err := (&Response{Do: Agree, Revision: 3}).Check(c); papers.CodeOf(err) != papers.CodeConflict {
			t.Errorf("agreeing to nothing = %v", err)
		}
	}
	for typed, want := range map[string]string{"Q-2026-0042": "Q-2026-0042", " q 2026 42 ": "Q-2026-0042", "s20260007": "S-2026-0007", "Q–2026–12345": "Q-2026-12345", "2026-0042": "", "Q-2026": "", "": ""} {
		if got, ok := ReadNumber(typed); got != want || ok != (want != "") {
			t.Errorf("ReadNumber(%q) = %q, %v", typed, got, ok)
		}
	}
}

// TestChoice: the order of support is said only where it was one.
func TestChoice(t *testing.T) {
	q := func(n ...int) (list []Question) {
		for i, s := range n {
			list = append(list, Question{Number: fmt.Sprint(i), Supports: s})
		}
		return list
	}
	for _, c := range []struct {
		put, left []Question
		want      bool
	}{{q(5, 3, 3), q(2, 1), true}, {q(5, 3), q(4), false}, {q(3, 5), nil, false}, {q(5), q(1), false}, {nil, q(1), false}, {q(9, 2), nil, true}, {q(1), nil, false}} {
		if got := ChoiceOf(c.put, c.left); got.BySupport != c.want || len(got.Sentences()) == 0 {
			t.Errorf("put %v, left %v: by support %v", c.put, c.left, got.BySupport)
		}
	}
}

// FuzzReadNumber holds that what is read as a number is one, and is read as the same again.
func FuzzReadNumber(f *testing.F) {
	for _, typed := range []string{"Q-2026-0042", "s 2026 7", "Q2026000000001", "q–2026–0", "Q-2026-0042\n", "ſ-2026-1"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		number, ok := ReadNumber(typed)
		if !ok {
			return
		}
		if again, ok := ReadNumber(number); !ok || again != number || len(number) > 20 || strings.ContainsAny(number, "/?#% \n") {
			t.Errorf("%q is read as %q, and that as %q", typed, number, again)
		}
	})
}
