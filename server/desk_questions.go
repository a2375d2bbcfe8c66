package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskQuestions answers GET /desk/questions.
func (s *Server) deskQuestions(c *call) error {
	base, err := c.base("Questions that wait", "desk")
	if err != nil {
		return err
	}
	rows, err := c.unfinished()
	if err != nil {
		return err
	}
	p := page.DeskQuestions{Base: base, Flash: map[string]string{"decided": "Decided. The asker is told on their private page."}[base.Saved]}
	for _, part := range questionParts(rows, s.Now()) {
		if part.ID == "refusals" || c.person.May(auth.ReadAsked, "") {
			p.Parts = append(p.Parts, part)
		}
	}
	return c.render(fiber.StatusOK, p)
}

// unfinished reads what waits on the boards whose questions the person reads.
func (c *call) unfinished() ([]page.DeskQuestionRow, error) {
	boards, err := c.s.boardsFor(c, auth.HandleAsked)
	if err != nil {
		return nil, err
	}
	var slugs []string
	of := map[string]papers.Board{}
	for _, b := range boards {
		slugs, of[b.Slug] = append(slugs, b.Slug), b
	}
	list, err := c.s.Record.Unfinished(c.ctx, slugs)
	if err != nil {
		return nil, err
	}
	meetings := map[string]papers.Meeting{}
	var rows []page.DeskQuestionRow
	for _, q := range list {
		if !c.mayRead(q, of[q.Board]) {
			continue
		}
		m, ok := meetings[q.Meeting]
		if !ok {
			if m, err = c.s.Record.Meeting(c.ctx, papers.Public, q.Meeting); err != nil {
				return nil, err
			}
			meetings[q.Meeting] = m
		}
		rows = append(rows, page.DeskQuestionRow{Contribution: q, Meeting: m, Zone: m.Location()})
	}
	return rows, nil
}

// mayRead tells whether the person reads a contribution that may not be public. Who moderates reads all.
// Whoever only decides for the board about refusals, such as the chair, reads those that wait for that,
// and nothing else (design.md section 2).
func (c *call) mayRead(q livestream.Contribution, b papers.Board) bool {
	return c.person.May(auth.ReadAsked, b.Slug) || q.Proposed != nil && c.decides(b)
}

// decides tells whether the person decides for the board that something is not taken.
func (c *call) decides(b papers.Board) bool {
	return c.person.Holds(b.Slug, b.Questions.RefusedBy.Roles()...)
}

// questionParts sorts what waits by why it does. Something that waits for two reasons stands in both.
func questionParts(rows []page.DeskQuestionRow, now time.Time) []page.DeskQuestionPart {
	parts := []struct {
		id, title, says string
		is              func(q page.DeskQuestionRow) (due string, ok bool)
	}{
		{"refusals", "Refusals to decide", "A moderator proposes not to take these. They are held until somebody decides for the board.",
			func(q page.DeskQuestionRow) (string, bool) { return "", q.ProposedAt != nil }},
		{"replies", "Askers have written", "From their private page. They see there what you answer.",
			func(q page.DeskQuestionRow) (string, bool) { return "", q.RepliedAt != nil }},
		{"drafts", "Answers on the way", "Drafted by one act, approved by another, then given.",
			func(q page.DeskQuestionRow) (string, bool) { return "", q.DraftStep != "" }},
		{"owed", "Written answers owed", "Everybody can see by when each was promised, and when it is late.",
			func(q page.DeskQuestionRow) (string, bool) { return q.AnswerDue, q.OwesAnswer() }},
		{"passed", "Passed on", "They go on elsewhere, with the clock of that procedure. Open one to say that it is dealt with.",
			func(q page.DeskQuestionRow) (string, bool) {
				return q.Transfer.Due, q.State == livestream.Transferred && q.Transfer.Done == ""
			}},
	}
	var list []page.DeskQuestionPart
	for _, p := range parts {
		part := page.DeskQuestionPart{ID: p.id, Title: p.title, Says: p.says}
		for _, q := range rows {
			if due, ok := p.is(q); ok {
				q.Due, q.Late = due, page.Overdue(due, page.Today(now, q.Zone))
				part.Rows = append(part.Rows, q)
			}
		}
		slices.SortStableFunc(part.Rows, func(a, b page.DeskQuestionRow) int { return cmp.Compare(a.Due, b.Due) })
		list = append(list, part)
	}
	return list
}

// questionsDue are the written answers and the other procedures that fall due, for the list of the desk.
func (c *call) questionsDue() ([]page.DeskDue, error) {
	rows, err := c.unfinished()
	if err != nil {
		return nil, err
	}
	var list []page.DeskDue
	add := func(q page.DeskQuestionRow, day, who, what string) {
		at, ok := endOfDay(day, q.Zone)
		if !ok {
			return
		}
		now := c.s.Now()
		list = append(list, page.DeskDue{Clock: page.DeskClock{At: at, Now: now, Zone: q.Zone, Calm: at.Sub(now) > 72*time.Hour}, Zone: q.Zone, Who: who, What: what,
			Link: "/desk/questions/" + q.Number, Meeting: q.Meeting.Name() + ", " + q.Meeting.StartsAt.In(q.Zone).Format("2 January")})
	}
	for _, q := range rows {
		if q.OwesAnswer() {
			add(q, q.AnswerDue, cmp.Or(q.AllocatedTo, "the board secretary"), "Written answer to "+q.Number)
		}
		if q.State == livestream.Transferred && q.Transfer.Done == "" {
			add(q, q.Transfer.Due, "those who took it over", "Answer to "+q.Number+", passed on as "+cmp.Or(q.Transfer.Kind.Words(), "a matter for others"))
		}
	}
	return list, nil
}

// deskQuestion answers GET /desk/questions/:number.
func (s *Server) deskQuestion(c *call) error {
	p, err := c.questionFile(strings.ToUpper(c.Params("number")))
	if err != nil {
		return err
	}
	p.Flash = map[string]string{"done": "Saved. It is " + p.Own.State.Words() + "."}[c.Query("saved")]
	return c.render(fiber.StatusOK, p)
}

func (c *call) questionFile(number string) (page.DeskQuestion, error) {
	var p page.DeskQuestion
	var err error
	r := c.s.Record
	if p.Own, err = r.Contribution(c.ctx, number); err != nil {
		return p, err
	}
	if p.Meeting, err = r.Meeting(c.ctx, papers.Public, p.Own.Meeting); err != nil {
		return p, err
	}
	b, err := r.Board(c.ctx, p.Own.Board)
	if err != nil {
		return p, err
	}
	if !c.mayRead(p.Own, b) {
		return p, papers.Errorf(papers.CodeForbidden, "You decide about refusals. %s waits for none, so it is not shown to you.", number)
	}
	p.Zone = p.Meeting.Location()
	if p.Base, err = c.base(page.KindName(p.Own.Kind)+" "+number, "desk"); err != nil {
		return p, err
	}
	items, err := r.Items(c.ctx, papers.Public, p.Own.Meeting)
	if err != nil {
		return p, err
	}
	p.Item = itemNames(items)[p.Own.Item]
	list, err := r.Messages(c.ctx, number)
	if err != nil {
		return p, err
	}
	for _, m := range list {
		p.File = append(p.File, page.DeskSaid{Message: m, Ground: page.GroundWords(m.Reason)})
	}
	p.Rule, p.Decides = b.Questions.RefusedBy.Words(), c.decides(b)
	p.Grounds, p.Moderate = livestream.Grounds, c.person.May(auth.Moderate, b.Slug)
	p.Late = p.Own.OwesAnswer() && page.Overdue(p.Own.AnswerDue, page.Today(c.s.Now(), p.Zone))
	p.Partners, err = r.Partners(c.ctx)
	return p, err
}

// fileActs are what the file of a question offers, each with the fields that it takes.
var fileActs = map[string]func(c *call, q livestream.Contribution, d *livestream.Decision){
	"refuse": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.To, d.Reason, d.Note = livestream.Refused, c.formField("reason"), c.formField("note")
	},
	"keep": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.Drop, d.Note = true, c.formField("note")
	},
	"tell": func(_ *call, _ livestream.Contribution, d *livestream.Decision) { d.Seen = true },
	"seen": func(_ *call, _ livestream.Contribution, d *livestream.Decision) { d.Seen, d.Told = true, "" },
	"again": func(_ *call, _ livestream.Contribution, d *livestream.Decision) {
		d.To, d.Seen = livestream.Received, true
	},
	"redraft": func(c *call, q livestream.Contribution, d *livestream.Decision) {
		d.Redraft = strings.TrimSpace(c.formField("words"))
		if q.State == livestream.Received { // it waits for the asker now
			d.To = livestream.Held
		}
	},
	"edit": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.Words = strings.TrimSpace(c.formField("words"))
	},
	"transfer": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.To, d.Transfer = livestream.Transferred, livestream.Transfer{Kind: livestream.TransferKind(c.formField("kind")), Due: c.formField("due")}
	},
	"dealt": func(c *call, _ livestream.Contribution, d *livestream.Decision) { d.Done = c.formField("done") },
	"allocate": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.AllocateTo = strings.TrimSpace(c.formField("partner"))
	},
	"promise": func(c *call, _ livestream.Contribution, d *livestream.Decision) { d.AnswerDue = c.formField("due") },
	"draft": func(c *call, _ livestream.Contribution, d *livestream.Decision) {
		d.Draft, d.AnsweredBy = strings.TrimSpace(c.formField("answer")), strings.TrimSpace(c.formField("answered_by"))
	},
	"approve": func(_ *call, _ livestream.Contribution, d *livestream.Decision) { d.Approve = true },
	"give":    func(_ *call, _ livestream.Contribution, d *livestream.Decision) { d.To = livestream.AnsweredWriting },
}

// deskQuestionAct answers POST /desk/questions/:number/file. Who does not moderate but decides for the board
// decides about refusals only.
func (s *Server) deskQuestionAct(c *call) error {
	number := strings.ToUpper(c.Params("number"))
	before, err := s.Record.Contribution(c.ctx, number)
	if err != nil {
		return err
	}
	act := c.formField("act")
	if act == "unname" && c.person.May(auth.Moderate, before.Board) {
		if _, err := s.Hub.EraseName(c.ctx, number, c.actor(auth.Moderate)); err != nil {
			return err
		}
		return c.see("/desk/questions/" + number + "?saved=done")
	}
	fill, ok := fileActs[act]
	if !ok {
		return papers.Errorf(papers.CodeInvalid, "Choose what to do with the question.")
	}
	may := auth.Moderate
	if !c.person.May(auth.Moderate, before.Board) {
		if may = auth.Refuse; act != "refuse" && act != "keep" {
			return papers.Errorf(papers.CodeForbidden, "You decide about refusals. Everything else is for a moderator.")
		}
		if before.Proposed == nil {
			return papers.Errorf(papers.CodeForbidden, "You decide about refusals. %s waits for none by now.", number)
		}
	}
	d := livestream.Decision{Number: number, Told: strings.TrimSpace(c.formField("told"))}
	if d.Revision, err = strconv.Atoi(c.formField("revision")); err != nil || d.Revision < 1 {
		return papers.Errorf(papers.CodeInvalid, "The form does not say which state of the question was read. Load the page again.")
	}
	fill(c, before, &d)
	if err = nothingTo(d); err == nil {
		_, err = c.decide(before, d, may)
	}
	if err == nil && may == auth.Refuse { // what is decided is not theirs to read any more
		return c.see("/desk/questions?saved=decided")
	}
	if err == nil {
		return c.see("/desk/questions/" + number + "?saved=done")
	}
	if papers.CodeOf(err) == "" || c.program() {
		return err
	}
	p, perr := c.questionFile(number)
	if perr != nil {
		return perr
	}
	status, _, sentence := s.explain(c.Ctx, err)
	p.Error, p.Typed = sentence, map[string]string{}
	for _, name := range []string{"reason", "told", "note", "words", "partner", "due", "answer", "answered_by"} {
		if v := c.formField(name); v != "" {
			p.Typed[name] = v
		}
	}
	return c.render(status, p)
}

// nothingTo is an Error when a form was sent without what it is for.
func nothingTo(d livestream.Decision) error {
	if d.To == "" && d.Redraft == "" && d.Words == "" && d.AllocateTo == "" && d.AnswerDue == "" && d.Done == "" && d.Draft == "" && d.Told == "" && !d.Approve && !d.Drop && !d.Seen {
		return papers.Errorf(papers.CodeInvalid, "There was nothing in the form. Fill it in, then save.")
	}
	return nil
}
