package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// deskBoardShow answers GET /desk/boards/:slug.
func (s *Server) deskBoardShow(c *call) error { return s.boardDesk(c, fiber.StatusOK, nil) }

var boardFlash = map[string]string{
	"added":     "The board is added, and its page is public. Say who sits on it and how it takes questions.",
	"facts":     "Saved.",
	"members":   "The members are saved.",
	"questions": "The rules are saved. Meetings that are made from now on take their last moment to ask from them.",
}

// boardDesk shows the desk of a board; mend puts a form that failed in the place of one of its own.
func (s *Server) boardDesk(c *call, status int, mend func(*page.DeskBoard)) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base(b.Name, "site")
	if err != nil {
		return err
	}
	p := page.DeskBoard{Base: base, Flash: boardFlash[base.Saved], Board: b, OfSite: c.person.May(auth.ManageSite, ""), Profiles: profileOptions(),
		Facts: boardFacts(b), Members: memberForm(b.Members), Questions: questionForm(b.Questions), Says: page.QuestionRuleWords(b.Questions),
		MayPlan: c.person.May(auth.EditAgenda, b.Slug)}
	if p.Alliances, err = s.Record.Alliances(c.ctx); err != nil {
		return err
	}
	all, err := s.Record.Boards(c.ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Slug != b.Slug {
			p.Boards = append(p.Boards, other)
		}
	}
	if mend != nil {
		mend(&p)
	}
	p.Rows = rowsOf(p.Members, "name")
	return c.render(status, p)
}

// changeBoard saves a board, which everybody can see.
func (c *call) changeBoard(b papers.Board) error {
	if err := b.Tidy(); err != nil {
		return err
	}
	if err := knownProfile(b); err != nil {
		return err
	}
	if b.Alliance != "" {
		org, err := c.organisations()
		if err != nil {
			return err
		}
		if org.alliance(b.Alliance) == nil {
			return papers.Errorf(papers.CodeInvalid, "There is no such alliance. Choose one of the list.")
		}
	}
	if b.Successor != "" {
		if _, err := c.s.Record.Board(c.ctx, b.Successor); err != nil {
			return papers.Errorf(papers.CodeInvalid, "There is no such board to take over. Choose one of the list.")
		}
	}
	act := papers.Act{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug, Texts: map[string]string{"name": b.Name, "terms": b.Terms}}
	if b.EndedOn != "" {
		act.Facts = map[string]string{"ended_on": b.EndedOn}
	}
	before, err := c.s.Record.Board(c.ctx, b.Slug)
	if err != nil {
		return err
	}
	err = c.s.Record.ChangeBoard(c.ctx, b, papers.Change{By: c.actor(auth.EditBoard), Acts: []papers.Act{act}})
	if err == nil && before.Questions != b.Questions {
		c.boardRulesChanged(b.Slug)
	}
	return err
}

// knownProfile is an Error when the board counts its notice by rules that we do not know.
func knownProfile(b papers.Board) error {
	if _, ok := notice.ProfileByID(b.NoticeProfile); !ok {
		return papers.Errorf(papers.CodeInvalid, "We know no rules of notice called “%s”. Choose one of the list.", b.NoticeProfile)
	}
	return nil
}

// profileOptions are the rules of notice to choose from.
func profileOptions() []page.Choice {
	var out []page.Choice
	for _, p := range notice.Profiles() {
		out = append(out, page.Choice{Value: p.ID, Says: p.Name})
	}
	return out
}

// saveBoard changes a board by a form, and shows the desk again with what was typed when it did not go
// through.
func (s *Server) saveBoard(c *call, f page.Form, saved string, change func(*papers.Board) error, into func(*page.DeskBoard) *page.Form) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	if err = change(&b); err == nil {
		err = c.changeBoard(b)
	}
	if mendable(&f, err) {
		return s.boardDesk(c, fiber.StatusUnprocessableEntity, func(p *page.DeskBoard) { f.Prefix = into(p).Prefix; *into(p) = f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/boards/" + b.Slug + "?saved=" + saved)
}

func boardFacts(b papers.Board) page.Form {
	profile := b.NoticeProfile
	if profile == "" {
		profile = notice.DefaultProfile
	}
	return page.Form{Prefix: "facts-", Values: map[string]string{"name": b.Name, "about": b.About, "venue": b.Venue, "quorum": b.Quorum, "terms": b.Terms,
		"alliance": b.Alliance, "notice_profile": profile, "ended_on": b.EndedOn, "successor": b.Successor}}
}

// deskBoardChange answers POST /desk/boards/:slug.
func (s *Server) deskBoardChange(c *call) error {
	f := c.typed("name", "about", "venue", "quorum", "terms", "alliance", "notice_profile", "ended_on", "successor")
	return s.saveBoard(c, f, "facts", func(b *papers.Board) error {
		b.About, b.Venue, b.Quorum, b.Terms = f.Value("about"), f.Value("venue"), f.Value("quorum"), f.Value("terms")
		if c.person.May(auth.ManageSite, "") {
			b.Name, b.Alliance, b.NoticeProfile, b.EndedOn, b.Successor = f.Value("name"), f.Value("alliance"), f.Value("notice_profile"), f.Value("ended_on"), f.Value("successor")
		}
		return nil
	}, func(p *page.DeskBoard) *page.Form { return &p.Facts })
}

// moreRows is how many empty rows a form offers for what is to be added.
const (
	moreRows = 2
	mostRows = 60
)

// rowsOf counts the rows of a form that has several: those filled and some more.
func rowsOf(f page.Form, field string) []int {
	last := -1
	for i := range mostRows {
		if f.Value(field+"-"+strconv.Itoa(i)) != "" {
			last = i
		}
	}
	rows := make([]int, min(last+1+moreRows, mostRows))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// typedRows reads the fields of all rows of a form.
func (c *call) typedRows(fields ...string) page.Form {
	var names []string
	for i := range mostRows {
		for _, field := range fields {
			names = append(names, field+"-"+strconv.Itoa(i))
		}
	}
	return c.typed(names...)
}

func memberForm(list []papers.Member) page.Form {
	f := page.Form{Prefix: "members-", Values: map[string]string{}}
	for i, m := range list {
		n := "-" + strconv.Itoa(i)
		f.Values["name"+n], f.Values["role"+n], f.Values["org"+n], f.Values["from"+n], f.Values["to"+n] = m.Name, m.Role, m.Organisation, m.From, m.To
	}
	return f
}

// deskBoardMembers answers POST /desk/boards/:slug/members: all of them at once.
func (s *Server) deskBoardMembers(c *call) error {
	f := c.typedRows("name", "role", "org", "from", "to")
	f.At = "name-0"
	return s.saveBoard(c, f, "members", func(b *papers.Board) error {
		b.Members = nil
		for i := range mostRows {
			n := "-" + strconv.Itoa(i)
			b.Members = append(b.Members, papers.Member{Name: f.Value("name" + n), Role: f.Value("role" + n), Organisation: f.Value("org" + n), From: f.Value("from" + n), To: f.Value("to" + n)})
		}
		return nil
	}, func(p *page.DeskBoard) *page.Form { return &p.Members })
}
