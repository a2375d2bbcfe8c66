package server

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/page"
)

// liveDesk answers GET /desk/meetings/:slug/live.
func (s *Server) liveDesk(c *call) error {
	p, err := c.livePage(c.Params("slug"), c.Query("show"), strings.ToUpper(c.Query("q")))
	if err != nil {
		return err
	}
	if p.Flash, err = c.liveFlash(p); err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}

// livePage reads the desk, with the question of the number in hand, or the first of the list.
func (c *call) livePage(slug, show, number string) (page.Live, error) {
	p := page.Live{Show: deskShow(show), Reasons: page.RefusalReasons(), Open: c.Query("open"), Me: c.person.ID}
	var err error
	if p.Meeting, err = c.s.Record.Meeting(c.ctx, c.audience(), slug); err != nil {
		return p, err
	}
	if p.Base, err = c.base("Live desk, "+p.Meeting.Name(), "desk"); err != nil {
		return p, err
	}
	p.Zone, p.Announced = p.Meeting.Location(), p.Meeting.AnnouncedAt != nil
	p.MayRun, p.Late = c.person.May(auth.RunRoom, p.Meeting.Board), c.s.Hub.Bus.Lost()
	if !p.Announced {
		return p, nil
	}
	if p.Room, err = c.s.Record.Room(c.ctx, slug); err != nil {
		return p, err
	}
	items, err := c.s.Record.Items(c.ctx, papers.Public, slug) // only what is public can be heard here
	if err != nil {
		return p, err
	}
	items = papers.Heard(items)
	placeItems(&p, items)
	if p.Run, err = c.runOf(p); err != nil {
		return p, err
	}
	queue, err := c.s.Hub.Desk(c.ctx, slug)
	if err != nil {
		return p, err
	}
	if err := c.deskChat(&p); err != nil {
		return p, err
	}
	c.fillQueue(&p, queue, items, number)
	if p.Patterns, err = c.s.Record.Patterns(c.ctx, slug); err != nil {
		return p, err
	}
	if err := c.inHand(&p); err != nil {
		return p, err
	}
	if p.Said, err = c.otherReports(slug); err != nil {
		return p, err
	}
	counts, err := c.s.Record.Counts(c.ctx, slug, "")
	p.Tally = page.NewTally(counts)
	return p, err
}

func placeItems(p *page.Live, items []papers.Item) {
	for i, item := range items {
		p.Items = append(p.Items, page.RoomItem{Item: item, Place: i + 1})
		if item.ID == p.Room.Item {
			p.Heard = &p.Items[i]
		}
	}
	if p.Heard != nil { // the slice may have moved
		p.Heard = &p.Items[p.Heard.Place-1]
	}
}

// age says how long something has waited: now, 3 min, 2 h, 4 days.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// liveFlash says what the last form did, from what the record says now.
func (c *call) liveFlash(p page.Live) (string, error) {
	switch c.Query("saved") {
	case "limits":
		return p.LimitsHint(), nil
	case "settled":
		return "The reports are settled.", nil
	case "beside":
		return c.besideFlash(p), nil
	case "held":
		return "The meeting is noted as held.", nil
	case "chat":
		return p.Chat.How(), nil
	case "message":
		return "The message is dealt with.", nil
	case "adjourn", "private":
		return p.RoomHint(), nil
	case "kept":
		return "Noted: the public stayed. It stands in the list of the meeting’s times.", nil
	case "notice":
		if p.Room.Notice == "" {
			return "The announcement is taken down.", nil
		}
		return "Announced to everybody in the room: " + p.Room.Notice, nil
	case "stream":
		if p.Room.Stream == (livestream.Stream{}) {
			return "No stream is shown.", nil
		}
		return "The room shows the stream from " + p.Room.Stream.Host() + ".", nil
	case "room":
		return "The room is " + page.RoomWords(p.Room) + ". " + page.AskingWords(p.Room), nil
	case "pattern":
		q, err := c.s.Record.Question(c.ctx, strings.ToUpper(c.Query("about")))
		if papers.CodeOf(err) == papers.CodeNotFound || q.SupportNote == "" {
			return "Noted. Nothing is stated about these supports.", nil
		}
		return "Stated beside " + q.Number + ": " + q.SupportNote, err
	case "item":
		if p.Heard != nil {
			return "Item " + p.Heard.Number + " is being heard: " + p.Heard.Title, nil
		}
	case "question":
		q, err := c.s.Record.Contribution(c.ctx, strings.ToUpper(c.Query("about")))
		if papers.CodeOf(err) == papers.CodeNotFound || err == nil && q.Meeting != p.Meeting.Slug {
			return "", nil
		}
		if q.Proposed != nil {
			return q.Number + " is held. The refusal is proposed, and waits for whoever decides for the board.", err
		}
		return q.Number + " is " + q.State.Words() + ".", err
	}
	return "", nil
}

// liveDecide answers POST /desk/questions/:number. The revision is needed: what was read is what is
// decided about.
func (s *Server) liveDecide(c *call) error {
	number := strings.ToUpper(c.Params("number"))
	before, err := s.Record.Contribution(c.ctx, number)
	if err != nil {
		return err
	}
	d, err := c.decision(before)
	var after livestream.Contribution
	if err == nil {
		after, err = c.decide(before, d, auth.Moderate)
	}
	if err == nil && before.State.ShowsWords() && !after.State.ShowsWords() {
		err = c.settleTakenBack(before)
	}
	return c.liveDone(before.Meeting, after, err, "question", number)
}

func (c *call) decision(before livestream.Contribution) (livestream.Decision, error) {
	d := livestream.Decision{Number: before.Number, To: livestream.State(c.formField("state")), Item: c.formField("item")}
	switch c.formField("act") { // the words are changed by the button, not because a field is there
	case "words":
		d.Words, d.Told = tidyWords(c.formField("words")), c.formField("told")
	case "redraft":
		d.Redraft, d.Told = tidyWords(c.formField("words")), c.formField("told")
	}
	switch d.To { // each act takes its own fields, whatever else the form holds
	case livestream.Refused:
		d.Reason, d.Note, d.Told = c.formField("reason"), c.formField("note"), c.formField("told")
	case livestream.Held:
		d.Opinion = c.formField("opinion")
	case livestream.Merged:
		d.MergedInto = strings.ToUpper(strings.TrimSpace(c.formField("merged_into")))
	case livestream.AnsweredOrally, livestream.AnsweredWriting:
		d.Answer, d.AnsweredBy = strings.TrimSpace(c.formField("answer")), strings.TrimSpace(c.formField("answered_by"))
	}
	var err error
	if d.Revision, err = strconv.Atoi(c.formField("revision")); err != nil || d.Revision < 1 {
		return d, papers.Errorf(papers.CodeInvalid, "The form does not say which state of the question was read. Load the page again.")
	}
	return d, nil
}

// liveDone answers a form of the desk: JSON for programs, the desk again for people, with what was
// typed when it did not go through.
func (c *call) liveDone(slug string, v any, err error, saved, number string) error {
	if c.program() {
		if err != nil {
			return err
		}
		return c.ok(fiber.StatusOK, v)
	}
	show := c.formField("show")
	if err == nil {
		q := url.Values{"saved": {saved}}
		if show != "" {
			q.Set("show", show)
		}
		if number != "" {
			q.Set("about", number)
		}
		return c.see("/desk/meetings/" + url.PathEscape(slug) + "/live?" + q.Encode())
	}
	if papers.CodeOf(err) == "" || papers.CodeOf(err) == papers.CodeNotFound {
		return err
	}
	p, perr := c.livePage(slug, show, number)
	if perr != nil {
		return perr
	}
	status, _, sentence := c.s.explain(c.Ctx, err)
	if p.MayRun {
		c.runTyped(&p, saved, sentence)
	}
	p.Error, p.Open = sentence, map[string]string{"refused": "refuse", "merged": "merge", "answered_orally": "answer", "answered_in_writing": "answer",
		"held": "second", "words": "edit", "redraft": "edit", "block": "block", "slow": "block"}[cmp.Or(c.formField("state"), c.formField("act"))]
	p.Typed = page.Typed{Reason: c.formField("reason"), MergedInto: c.formField("merged_into"), Answer: c.formField("answer"), AnsweredBy: c.formField("answered_by"),
		Item: c.formField("item"), Words: c.formField("words"), Told: c.formField("told"), Opinion: c.formField("opinion"), BlockReason: c.formField("reason"), Outcome: c.formField("outcome")}
	return c.render(status, p)
}
