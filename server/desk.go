package server

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// pastShown is how many past meetings the desk's first page lists.
const pastShown = 10

// deskHome answers GET /desk: what is due and what is wrong, of every board on whose desk the
// person is.
func (s *Server) deskHome(c *call) error {
	if c.person.May(auth.SeePrivate, "") && !c.person.May(auth.SeeDrafts, "") && !c.person.May(auth.ManageSite, "") {
		return c.see("/desk/member/meetings") // a member has no desk
	}
	base, err := c.base("Desk", "desk")
	if err != nil {
		return err
	}
	boards, err := s.boardsFor(c, auth.SeeDrafts)
	if err != nil {
		return err
	}
	p := page.DeskHome{Base: base, Flash: deskFlash[base.Saved], Boards: len(boards), CanAdd: c.person.May(auth.EditAgenda, ""), CanRead: c.person.May(auth.HandleAsked, "")}
	p.SearchLost = s.Lost != nil && s.Lost()
	if len(boards) == 0 && base.Manages {
		all, err := s.Record.Boards(c.ctx)
		if err != nil {
			return err
		}
		p.Named = len(all) > 0
	}
	if p.Due, err = s.formatsDue(c, base.Site.Location()); err != nil {
		return err
	}
	owed, err := c.questionsDue()
	if err != nil {
		return err
	}
	p.Due = append(p.Due, owed...)
	if p.Outcomes, err = s.outcomes(c, boards); err != nil {
		return err
	}
	now := s.Now().In(base.Site.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	var coming, past []papers.Meeting
	for _, b := range boards {
		next, _, err := s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: b.Slug, From: today})
		if err != nil {
			return err
		}
		before, _, err := s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: b.Slug, To: today, Newest: true, Limit: pastShown})
		if err != nil {
			return err
		}
		coming, past = append(coming, next...), append(past, before...)
	}
	slices.SortFunc(coming, func(a, b papers.Meeting) int { return a.StartsAt.Compare(b.StartsAt) })
	slices.SortFunc(past, func(a, b papers.Meeting) int { return b.StartsAt.Compare(a.StartsAt) })
	for _, m := range coming {
		todo, due, err := s.todo(c, m)
		if err != nil {
			return err
		}
		p.Coming, p.Due = append(p.Coming, todo), append(p.Due, due...)
	}
	p.Due = slices.DeleteFunc(p.Due, func(d page.DeskDue) bool { return d.Who == "" }) // the meetings themselves are listed below
	slices.SortStableFunc(p.Due, func(a, b page.DeskDue) int { return a.Clock.At.Compare(b.Clock.At) })
	p.Later = max(0, len(p.Due)-dueShown)
	p.Due = p.Due[:len(p.Due)-p.Later]
	for _, m := range past[:min(len(past), pastShown)] {
		p.Past = append(p.Past, s.todoHead(c, m))
	}
	return c.render(fiber.StatusOK, p)
}

// boardsFor are the boards where the person may do this.
func (s *Server) boardsFor(c *call, what auth.Permission) ([]papers.Board, error) {
	all, err := s.Record.Boards(c.ctx)
	return slices.DeleteFunc(all, func(b papers.Board) bool { return !c.person.May(what, b.Slug) }), err
}

func (s *Server) todoHead(c *call, m papers.Meeting) page.DeskTodo {
	loc := m.Location()
	t := page.DeskTodo{Slug: m.Slug, Name: m.Name(), When: m.StartsAt.In(loc).Format("Mon 2 January 2006") + ", " + page.Clock(m.StartsAt, loc),
		CanEdit: c.person.May(auth.EditAgenda, m.Board), CanModerate: !m.Off() && c.person.May(auth.Moderate, m.Board)}
	t.State, t.Class = meetingState(m)
	return t
}

// dueShown bounds the list of what is due: past it nobody reads.
const dueShown = 30

// todo says what is due for a coming meeting and what is wrong with its papers.
func (s *Server) todo(c *call, m papers.Meeting) (page.DeskTodo, []page.DeskDue, error) {
	t := s.todoHead(c, m)
	d, err := s.readDesk(c, m)
	if err != nil {
		return t, nil, err
	}
	for _, pub := range d.publications {
		if pub.State != papers.PublicationScheduled {
			continue
		}
		if t.Scheduled == nil {
			clock := d.clock(pub.ScheduledAt, s.Now())
			t.Scheduled = &clock
		}
		if pub.Failure != "" {
			t.Wrong = append(t.Wrong, pub.Failure)
		}
	}
	if m.Off() {
		return t, d.toCome(s.Now()), nil
	}
	if m.PublishedAt == nil && t.Scheduled == nil {
		for _, clock := range d.clocks(s.Now()) {
			if t.Clock = &clock; clock.Left() != "passed" {
				break
			}
		}
	}
	if len(d.items) == 0 {
		t.Wrong = append(t.Wrong, "The agenda has no items yet.")
	}
	t.Wrong = append(t.Wrong, d.troubles()...)
	return t, d.toCome(s.Now()), nil
}

var deskFlash = map[string]string{
	"password": "Your password is saved, and you are signed in.",
	"meeting":  "The meeting is made. Nothing of it is public yet. Add its items next.",
	"facts":    "Saved.",
	"year":     "The meetings are made.",

	"moved-to-cancelled": "The meeting is cancelled. Its page, the feeds and the calendars say so.",
	"moved-to-postponed": "The meeting is postponed. Its page, the feeds and the calendars say so.",
	"moved-to-adjourned": "The meeting is adjourned. Its page, the feeds and the calendars say so.",
	"moved-to-live":      "The meeting goes on. Open its room at the live desk.",
	"moved-to-held":      "The meeting is noted as held.",
	"moved-to-announced": "The meeting takes place after all. Its page, the feeds and the calendars say so.",

	"announced": "The meeting is announced: date, place and how to watch are public.",
	"item":      "The item is added. Type the next one.",
	"changed":   "The item is saved.",
	"moved":     "The item is moved.",
	"undone":    "Undone.",
	"numbered":  "Numbered anew. What is public or scheduled keeps its number.",
	"copied":    "The items are copied, without their papers.",
	"asked":     "Saved. The author finds on the page behind the link what is asked.",
	"approved":  "Approved.",
	"back":      "Sent back. The author reads your words on the page behind the link.",
	"removed":   "Removed.",
	"paper":     "The paper is in. Its pages are being read.",
	"published": "Published. Anybody can read it now.",
	"scheduled": "Scheduled. Until then you can stop it.",
	"stopped":   "Stopped. Nothing of it will be public until you publish again.",
	"version":   "The new version is in. Its pages are being read.",
	"title":     "Saved.",
	"explained": "The reason is on the record, beside what came late.",
	"posted":    "The posting at the offices is recorded.",
	"unposted":  "The posting is removed.",
	"seen":      "Taken off the desk.",
	"rules":     "Saved. Every page of the board counts by these rules from now on.",
	"holidays":  "The bank holidays are replaced. Every count uses them from now on.",
	"format":    "Added. A file is checked first; publish it like any paper.",
	"ask":       "Asked. A second person who may publish has to agree.",
	"give":      "Let go. It can be published now. Both names and the reason are kept.",
	"refuse":    "It stays blocked.",
	"withdrawn": "Withdrawn. Its public page says when and why.",

	"conflict":       "The interest is recorded.",
	"conflict-ended": "The interest has ended. The member sees again what members see.",
}

// deskMeetingNew answers GET /desk/meetings/new.
func (s *Server) deskMeetingNew(c *call) error {
	return s.newMeetingPage(c, fiber.StatusOK, page.Form{Values: map[string]string{
		"board": c.Query("board"), "start": "09:30", "mode": string(papers.Hybrid)}})
}

func (s *Server) newMeetingPage(c *call, status int, f page.Form) error {
	base, err := c.base("New meeting", "desk")
	if err != nil {
		return err
	}
	boards, err := s.boardsFor(c, auth.EditAgenda)
	if err != nil {
		return err
	}
	boards = meets(boards)
	if len(boards) == 1 && f.Value("board") == "" {
		f.Values["board"] = boards[0].Slug
	}
	return c.render(status, page.DeskMeetingNew{Base: base, Boards: boards, Form: f})
}

// deskMeetingAdd answers POST /desk/meetings.
func (s *Server) deskMeetingAdd(c *call) error {
	site, err := s.Record.Site(c.ctx)
	if err != nil {
		return err
	}
	m := papers.Meeting{Board: c.formField("board"), Zone: site.Location().String()}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil && papers.CodeOf(err) != papers.CodeNotFound {
		return err
	}
	m.Board = b.Slug
	f, err := readFacts(c, &m, b)
	if err == nil {
		if m.Venue == "" && m.Mode != papers.Online {
			m.Venue = b.Venue
		}
		m, err = s.Record.AddMeeting(c.ctx, m, papers.Change{By: c.actor(auth.EditAgenda)})
	}
	if mendable(&f, err) {
		return s.newMeetingPage(c, fiber.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "?saved=meeting")
}

// typed reads the named fields of the form that was sent.
func (c *call) typed(names ...string) page.Form {
	f := page.Form{Values: map[string]string{}}
	for _, n := range names {
		f.Values[n] = strings.TrimSpace(strings.ToValidUTF8(c.formField(n), ""))
	}
	return f
}

// about finds the field that an error is about by the words in its sentence: pairs of words and
// the name of a field, the first that fits.
func about(err error, pairs ...string) string {
	if err == nil {
		return ""
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.Contains(err.Error(), pairs[i]) {
			return pairs[i+1]
		}
	}
	return ""
}

// mendable puts an error that the person can do something about into the form, to be shown again.
func mendable(f *page.Form, err error) bool {
	switch papers.CodeOf(err) {
	case papers.CodeInvalid, papers.CodeConflict, papers.CodeTooLarge:
		f.Error = err.Error()
		return true
	}
	return false
}

// deskMeetingShow answers GET /desk/meetings/:slug.
func (s *Server) deskMeetingShow(c *call) error {
	return s.meetingDesk(c, fiber.StatusOK, nil)
}

// deskMeetingChange answers POST /desk/meetings/:slug.
func (s *Server) deskMeetingChange(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	e, saved := readEdit(c, factFields), factsOf(m).Values
	merged := e.merge(saved, c.formField("revision") == strconv.Itoa(m.Revision))
	f, theirs := page.Form{Values: merged.Values}, merged.Clashes
	if e.use != "" {
		theirs = e.stillOpen(saved)
	}
	f.Values["revision"] = strconv.Itoa(m.Revision)
	if e.use != "" || len(theirs) > 0 {
		return s.factsClash(c, m, f, theirs)
	}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	err = c.fillFacts(&f, &m, b)
	if err == nil {
		err = c.changeMeeting(m, auth.EditAgenda)
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusUnprocessableEntity, func(d *page.DeskMeeting) { f.Prefix, d.Facts = d.Facts.Prefix, f })
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + m.Slug + "?saved=facts")
}

// factsClash shows both texts where two people changed the same fact of a meeting.
func (s *Server) factsClash(c *call, m papers.Meeting, f page.Form, clashes []papers.Clash) error {
	who, err := c.lastEditor("meetings/"+m.Slug, m)
	if err != nil {
		return err
	}
	if len(clashes) > 0 {
		f.Error = who + ", changed the meeting while you were writing. Where only one of you changed a field, that is kept. Where both did, the field holds yours: change it, or take theirs, then save."
	}
	return s.meetingDesk(c, fiber.StatusConflict, func(d *page.DeskMeeting) {
		f.Prefix, f.Base = d.Facts.Prefix, d.Facts.Base
		d.Facts, d.Theirs, d.FactsOpen = f, differences(clashes, factLabels), true
	})
}

// deskAnnounce answers POST /desk/meetings/:slug/announce.
func (s *Server) deskAnnounce(c *call) error {
	slug := c.Params("slug")
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	f := c.typed(lateFields...)
	f.Prefix, f.Values["when"] = "tell-", "now"
	announcement := papers.Publication{Announces: m.AnnouncedAt == nil}
	late, err := d.readLate(&f, announcement, nil)
	if err == nil {
		f.At = ""
		_, err = s.Publisher.Announce(c.ctx, slug, late, c.actor(auth.Publish))
	}
	if mendable(&f, err) {
		return s.meetingDesk(c, fiber.StatusConflict, func(p *page.DeskMeeting) {
			if p.Publish.TellLate = d.askLate(&f, announcement); p.Publish.TellLate == nil {
				p.Publish.Form.Error = f.Error
			}
		})
	}
	if err != nil {
		return err
	}
	return c.see("/desk/meetings/" + slug + "?saved=announced")
}

// meetingState says where a meeting stands, and the class of the word.
func meetingState(m papers.Meeting) (word, class string) {
	switch m.State {
	case papers.MeetingPlanned:
		return "Not announced", ""
	case papers.MeetingAnnounced:
		return "Announced", "cd-state--primary"
	case papers.MeetingPublished:
		return "Agenda public", "cd-state--good"
	case papers.MeetingLive:
		return "Live now", "cd-state--live"
	case papers.MeetingCancelled:
		return "Cancelled", "cd-state--stop"
	case papers.MeetingPostponed:
		return "Postponed", "cd-state--warn"
	}
	return page.Sentence(string(m.State)), ""
}
