package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// questionsAPage is how many questions a list shows at once.
const questionsAPage = 100

// boardQuestions answers GET /boards/:slug/questions.
func (s *Server) boardQuestions(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.questionsPage("Questions to the "+b.Name, "/boards/"+b.Slug+"/questions", b)
}

// questionList answers GET /questions.
func (s *Server) questionList(c *call) error {
	return c.questionsPage("Every question", "/questions", papers.Board{})
}

func (c *call) questionsPage(title, path string, b papers.Board) error {
	base, err := c.base(title, "questions")
	if err != nil {
		return err
	}
	f, err := c.questionFilter()
	if err != nil {
		return err
	}
	f.Board = b.Slug
	list, next, err := c.s.Record.Questions(c.ctx, f)
	if err != nil {
		return err
	}
	counts, err := c.s.Record.Counts(c.ctx, "", b.Slug)
	if err != nil {
		return err
	}
	entries, err := c.ledgerEntries(list)
	if err != nil {
		return err
	}
	owed, err := c.owed("", b.Slug)
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, page.QuestionList{Base: base, Board: b, Action: path, Tally: page.NewTally(counts), Owed: owed,
		States: page.StateChoices(f.State), State: f.State, Entries: entries, Next: nextPage(path, f.State, next)})
}

// questionFilter reads which questions are asked for. Nobody can ask for those that are held: to
// others they are received.
func (c *call) questionFilter() (livestream.Filter, error) {
	f := livestream.Filter{State: livestream.State(c.Query("state")), Cursor: c.Query("cursor"), Limit: questionsAPage}
	if f.State == "" {
		return f, nil
	}
	for _, choice := range page.StateChoices("") {
		if choice.State == f.State {
			return f, nil
		}
	}
	return f, papers.Errorf(papers.CodeInvalid, "There is no such state of a question. Choose one from the list.")
}

func nextPage(path string, state livestream.State, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{"cursor": {cursor}}
	if state != "" {
		q.Set("state", string(state))
	}
	return path + "?" + q.Encode()
}

// ledgerEntries gives questions of any meetings with where they belong. Each meeting is read once.
func (c *call) ledgerEntries(list []livestream.Question) ([]page.Entry, error) {
	meetings, items := map[string]papers.Meeting{}, map[string]map[string]string{}
	entries := make([]page.Entry, 0, len(list))
	for _, q := range list {
		m, ok := meetings[q.Meeting]
		if !ok {
			var err error
			if m, err = c.s.Record.Meeting(c.ctx, papers.Public, q.Meeting); err != nil {
				return nil, err
			}
			agenda, err := c.s.Record.Items(c.ctx, papers.Public, q.Meeting)
			if err != nil {
				return nil, err
			}
			meetings[q.Meeting], items[q.Meeting] = m, itemNames(agenda)
		}
		entries = append(entries, page.Entry{Question: q, Meeting: m, Zone: m.Location(), Item: items[q.Meeting][q.Item], PutItem: items[q.Meeting][q.PutItem],
			Late: page.Overdue(q.AnswerDue, page.Today(c.s.Now(), m.Location()))})
	}
	return entries, nil
}

// owed reads the written answers that are promised and not given.
func (c *call) owed(meeting, board string) (page.Owed, error) {
	list, err := c.s.Record.Owed(c.ctx, meeting, board)
	if err != nil {
		return page.Owed{}, err
	}
	var o page.Owed
	o.Entries, err = c.ledgerEntries(list)
	for _, e := range o.Entries {
		o.Today = page.Today(c.s.Now(), e.Zone)
		if e.Late {
			o.Late++
		}
	}
	return o, err
}

// choice finds how the questions of a meeting were chosen.
func (c *call) choice(meeting string) (livestream.Choice, error) {
	put, err := c.s.Record.Heard(c.ctx, meeting)
	if err != nil {
		return livestream.Choice{}, err
	}
	left, _, err := c.s.Record.Questions(c.ctx, livestream.Filter{Meeting: meeting, State: livestream.NotReached, Limit: 1000})
	return livestream.ChoiceOf(put, left), err
}

func itemNames(items []papers.Item) map[string]string {
	names := map[string]string{}
	for _, i := range items {
		names[i.ID] = "item " + i.Number + ", " + i.Title
	}
	return names
}

// meetingQuestions answers GET /meetings/:slug/questions.
func (s *Server) meetingQuestions(c *call) error {
	if c.program() {
		return c.questionsJSON()
	}
	p, err := c.ledger()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // each page has a key of its own
	return c.render(fiber.StatusOK, p)
}

func (c *call) questionsJSON() error {
	m, err := c.s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	f, err := c.questionFilter()
	if err != nil {
		return err
	}
	f.Meeting = m.Slug
	list, next, err := c.s.Record.Questions(c.ctx, f)
	if err != nil {
		return err
	}
	counts, err := c.s.Record.Counts(c.ctx, m.Slug, "")
	if err != nil {
		return err
	}
	if list == nil {
		list = []livestream.Question{}
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderVary, "Accept")
	return c.ok(fiber.StatusOK, fiber.Map{"items": list, "next": next, "counts": counts})
}

// ledger reads the page of the meeting's questions, with an empty form.
func (c *call) ledger() (page.Ledger, error) {
	var p page.Ledger
	var err error
	if p.Meeting, err = c.s.Record.Meeting(c.ctx, papers.Public, c.Params("slug")); err != nil {
		return p, err
	}
	p.Zone = p.Meeting.Location()
	if p.Base, err = c.base("Questions to the "+p.Meeting.Name(), "questions"); err != nil {
		return p, err
	}
	f, err := c.questionFilter()
	if err != nil {
		return p, err
	}
	f.Meeting = p.Meeting.Slug
	list, next, err := c.s.Record.Questions(c.ctx, f)
	if err != nil {
		return p, err
	}
	if p.Entries, err = c.ledgerEntries(list); err != nil {
		return p, err
	}
	counts, err := c.s.Record.Counts(c.ctx, p.Meeting.Slug, "")
	if err != nil {
		return p, err
	}
	p.Tally, p.State, p.States = page.NewTally(counts), f.State, page.StateChoices(f.State)
	p.Action = "/meetings/" + p.Meeting.Slug + "/questions"
	p.Next = nextPage(p.Action, f.State, next)
	if p.Owed, err = c.owed(p.Meeting.Slug, ""); err != nil {
		return p, err
	}
	if p.Choice, err = c.choice(p.Meeting.Slug); err != nil {
		return p, err
	}
	room, err := c.s.Record.Room(c.ctx, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	p.Live = room.State == livestream.RoomOpen || room.State == livestream.RoomPaused
	items = papers.Heard(items)
	rules, err := c.s.Record.Rules(c.ctx, p.Meeting.Slug)
	if err != nil {
		return p, err
	}
	p.Form, p.How = c.askForm(p.Meeting, room, rules, items), howToAsk(p.Meeting, room)
	p.Form.Item = askAbout(room, items)
	return p, nil
}

// asked leads the asker to the private page. It is the only answer that names the code.
func (c *call) asked(q livestream.Contribution) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Referrer-Policy", "no-referrer")
	path := minePath(q.Number, q.Code)
	if c.program() {
		return c.ok(fiber.StatusCreated, fiber.Map{"id": q.Number, "state": q.Public().State, "mine": c.origin() + path})
	}
	return c.see(path)
}

func minePath(number, code string) string {
	return "/questions/" + url.PathEscape(number) + "/mine/" + url.PathEscape(code)
}

// questionShow answers GET /questions/:number.
func (s *Server) questionShow(c *call) error {
	q, err := s.Record.Question(c.ctx, strings.ToUpper(c.Params("number")))
	if err != nil {
		return err
	}
	list, err := c.ledgerEntries([]livestream.Question{q})
	if err != nil {
		return err
	}
	base, err := c.base(page.KindName(q.Kind)+" "+q.Number, "questions")
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, page.Question{Base: base, Entry: list[0], Headline: page.Standing(q),
		Steps: page.Way(q, nil, list[0].PutItem, page.Today(s.Now(), list[0].Zone))})
}
