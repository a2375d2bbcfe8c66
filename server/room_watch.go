package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/page"
)

// captionsOnPage is how many captions the room begins with.
const captionsOnPage = 30

// roomWatch reads how the meeting can be followed: the stream, captions, and why there is none.
func (c *call) roomWatch(p *page.Room) error {
	origins := p.Site.Origins()
	c.roomPolicy(origins)
	if p.Room.Stream.Check(origins) != nil {
		p.Room.Stream = livestream.Stream{} // its site was taken off the list
	}
	p.Mode = page.WatchModeOf(c.Query("mode"), p.Room.Stream)
	if p.Room.TakesCaptions() == nil {
		list, err := c.s.Record.Captions(c.ctx, p.Meeting.Slug, captionsOnPage)
		if err != nil {
			return err
		}
		p.Captions = page.CaptionRows(list)
	}
	p.Stage = stageOf(*p)
	if p.Room.State != livestream.RoomPrivate {
		return nil
	}
	sessions, err := c.s.Record.Sessions(c.ctx, p.Meeting.Slug)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.Kind == livestream.SessionPrivate && s.EndedAt == nil {
			p.Stage.Session = &s
		}
	}
	p.Stage.Item = p.Item
	for i := range p.Items {
		if s := p.Stage.Session; s != nil && p.Items[i].ID == s.Item {
			p.Stage.Item = &p.Items[i]
		}
	}
	return nil
}

// roomPolicy lets the room's page, and no other, play from the origins that the administrator allows
// (design.md section 7). A blob is what a browser plays of a stream that a script reads for it.
func (c *call) roomPolicy(origins []string) {
	if len(origins) == 0 {
		return
	}
	from := strings.Join(origins, " ")
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"; media-src 'self' blob: "+from+"; worker-src 'self' blob:; connect-src 'self' "+from+"; frame-src "+from)
}

// stageOf says how to follow the meeting, in each state of the room.
func stageOf(p page.Room) page.Stage {
	m, r, zone := p.Meeting, p.Room, p.Zone
	s := page.Stage{Watch: m.Watch}
	if u, err := url.Parse(m.Watch); err == nil && u.Scheme == "https" && u.Host != "" {
		s.Watch, s.WatchURL = "Watch on "+u.Host, u.String()
	}
	begins := page.Moment(m.StartsAt, zone)
	switch {
	case m.State == papers.MeetingCancelled:
		s.Kind, s.Word, s.Heading, s.Text = "off", "Cancelled", "This meeting was cancelled", "Questions that were asked keep their numbers, and are on the list of questions."
	case m.State == papers.MeetingPostponed:
		s.Kind, s.Word, s.Heading, s.Text = "off", "Postponed", "This meeting was postponed", "Questions that were asked keep their numbers, and are on the list of questions."
	case r.State == livestream.RoomOpen:
		s.Kind, s.Word, s.Heading = "open", "Live", "The meeting is under way"
		s.Text = "Follow it here in words: the item being heard, its papers, the questions and their answers appear as they happen."
	case r.State == livestream.RoomPaused && m.State == papers.MeetingAdjourned:
		s.Kind, s.Word, s.Heading = "adjourned", "Adjourned", "The meeting is adjourned"
		s.Text = "Leave this page open: the meeting goes on here. Questions already asked keep their place."
	case r.State == livestream.RoomPaused:
		s.Kind, s.Word, s.Heading = "paused", "Paused", "The meeting has paused"
		s.Text = "Leave this page open: the meeting goes on here. Questions already asked keep their place."
	case r.State == livestream.RoomPrivate:
		s.Kind, s.Word, s.Heading = "private", "In private", "The board is meeting in private"
		s.Text = "There is nothing to watch or to hear until it is public again. Leave this page open: it comes back by itself. Questions already asked keep their place."
	case r.ClosedAt != nil || m.State == papers.MeetingHeld:
		s.Kind, s.Word, s.Heading = "closed", "Ended", "The meeting has ended"
		s.Text = "Its agenda and papers are on the page of the meeting. Every question, and where it stands, is on the list of questions."
		if r.ClosedAt != nil {
			s.Text = "It ended at " + page.Clock(*r.ClosedAt, zone) + ". " + s.Text
		}
	default:
		s.Kind, s.Word, s.Heading = "soon", "Not open yet", "The meeting begins on "+begins
		s.Text = "The room opens when the meeting begins. " + beforehand(r)
		if p.Now.After(m.StartsAt) {
			s.Heading = "The room opens in a moment"
			s.Text = "The meeting was to begin on " + begins + ". It has not been opened yet. " + beforehand(r)
		}
	}
	if r.State == livestream.RoomPaused || r.State == livestream.RoomPrivate {
		s.Why, s.ResumesAt = r.Why, r.ResumesAt
	}
	if s.ResumesAt != nil {
		s.Going, s.Resumes = resumption(r.State, p.Now.After(*s.ResumesAt)), page.Resumes(*s.ResumesAt, p.Now, zone, s.Kind == "private")
	}
	if s.Kind == "private" || s.Kind == "closed" || s.Kind == "off" {
		s.Watch, s.WatchURL = "", ""
	}
	return s
}

// resumption gives the words before the time at which something goes on, or was to.
func resumption(state livestream.RoomState, passed bool) string {
	switch {
	case state == livestream.RoomPrivate && passed:
		return "It was expected to be public again"
	case state == livestream.RoomPrivate:
		return "It is expected to be public again"
	case passed:
		return "It was to resume"
	}
	return "It resumes"
}

func beforehand(r livestream.Room) string {
	switch r.Asking {
	case livestream.AskingAdvance:
		return "You can ask in writing until then, with the form on this page."
	case livestream.AskingLive:
		return "You can ask from that moment."
	}
	return "No questions are taken for it."
}
