package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/server/auth"
	"clearday/server/page"
)

// turnRoom makes the turn for whoever may run the room. A stream comes from a site that the
// administrator allows, or not at all.
func (c *call) turnRoom(slug string, t livestream.Turn) (livestream.Room, error) {
	if t.Stream != nil {
		site, err := c.s.Record.Site(c.ctx)
		if err != nil {
			return livestream.Room{}, err
		}
		if err := t.Stream.Check(site.Origins()); err != nil {
			return livestream.Room{}, err
		}
	}
	return c.s.Hub.SetRoom(c.ctx, slug, t, c.actor(auth.RunRoom))
}

// liveRoom answers POST /desk/meetings/:slug/room: state and asking, each only when it is given.
func (s *Server) liveRoom(c *call) error {
	slug := c.Params("slug")
	room, err := c.turnRoom(slug, livestream.Turn{State: livestream.RoomState(c.formField("room")), Asking: livestream.Asking(c.formField("asking"))})
	return c.liveDone(slug, room, err, "room", "")
}

// liveHeld answers POST /desk/meetings/:slug/held: that a meeting was held is said, not guessed.
func (s *Server) liveHeld(c *call) error {
	slug := c.Params("slug")
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return err
	}
	ch := papers.StateChange{To: papers.MeetingHeld}
	if ch.AnswersDue, err = s.answersDue(c.ctx, m, b); err == nil {
		m, err = s.Record.ChangeMeetingState(c.ctx, slug, ch, papers.Change{By: c.actor(auth.RunRoom)})
	}
	return c.liveDone(slug, m, err, "held", "")
}

// liveItem answers POST /desk/meetings/:slug/item.
func (s *Server) liveItem(c *call) error {
	slug := c.Params("slug")
	room, err := s.Hub.StartItem(c.ctx, slug, c.formField("item"), c.actor(auth.RunRoom))
	return c.liveDone(slug, room, err, "item", "")
}

// liveAdjourn answers POST /desk/meetings/:slug/room/adjourn. The time is a wall time of the meeting's zone.
func (s *Server) liveAdjourn(c *call) error {
	slug := c.Params("slug")
	t := livestream.Turn{State: livestream.RoomPaused, Adjourn: true, Reason: c.formField("reason")}
	var err error
	var room livestream.Room
	if t.Until, err = c.resumes(slug); err == nil {
		room, err = c.turnRoom(slug, t)
	}
	return c.liveDone(slug, room, err, "adjourn", "")
}

// resumes reads a day and a time; without a time there is none, without a day it is today.
func (c *call) resumes(slug string) (*time.Time, error) {
	if c.formField("until_time") == "" {
		return nil, nil
	}
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return nil, err
	}
	zone := m.Location()
	at, err := papers.WallTime(cmp.Or(c.formField("until_date"), c.s.Now().In(zone).Format(time.DateOnly)), c.formField("until_time"), zone)
	return &at, err
}

// livePrivate answers POST /desk/meetings/:slug/room/private: the resolution is one of the model words
// that the form offered, or what was typed.
func (s *Server) livePrivate(c *call) error {
	slug := c.Params("slug")
	t := livestream.Turn{State: livestream.RoomPrivate, Reason: c.formField("reason")}
	var err error
	var room livestream.Room
	if t.Exclusion, err = c.exclusion(slug); err == nil {
		t.Until, err = c.resumes(slug)
	}
	if err == nil {
		room, err = c.turnRoom(slug, t)
	}
	return c.liveDone(slug, room, err, "private", "")
}

// exclusion reads which resolution was passed, for what, and by whom.
func (c *call) exclusion(slug string) (*livestream.Exclusion, error) {
	e := livestream.Exclusion{Item: c.formField("item"), Resolution: c.formField("words"), MovedBy: c.formField("moved_by"), SecondedBy: c.formField("seconded_by")}
	choice := c.formField("resolution")
	switch choice {
	case "":
		return nil, papers.Errorf(papers.CodeInvalid, "Choose the resolution that was passed. It is recorded, and public.")
	case "other":
		if strings.TrimSpace(e.Resolution) == "" {
			return nil, papers.Errorf(papers.CodeInvalid, "Write the resolution as it was passed, or choose one of those above.")
		}
		return &e, nil
	case "none":
		e.Resolution = ""
		return &e, nil
	}
	items, err := c.grounded(slug)
	if err != nil {
		return nil, err
	}
	for _, r := range resolutions(items) {
		if r.Value == choice {
			e.Item, e.Resolution = r.Item, r.Words
			return &e, nil
		}
	}
	return nil, papers.Errorf(papers.CodeConflict, "The agenda has changed meanwhile. Look at the resolutions again and choose one.")
}

// grounded are the items of the published agenda with the grounds of the private ones, as far as the
// person may read them: the public reads a sentence, a resolution names paragraphs.
func (c *call) grounded(slug string) ([]papers.Item, error) {
	public, err := c.s.Record.Items(c.ctx, papers.Public, slug)
	if err != nil {
		return nil, err
	}
	all, err := c.s.Record.Items(c.ctx, c.audience(), slug)
	if err != nil {
		return nil, err
	}
	public = papers.Heard(public)
	for n, i := range public {
		if k := slices.IndexFunc(all, func(o papers.Item) bool { return o.ID == i.ID }); k >= 0 {
			public[n].Grounds = all[k].Grounds
		}
	}
	return public, nil
}

// resolutions are the model words that fit the public agenda (rules.md 3.5): for each private item
// alone, for those of the same grounds together, and for the rest of the meeting.
func resolutions(items []papers.Item) []page.Resolution {
	var out []page.Resolution
	add := func(value, item, of, words string) {
		same := slices.ContainsFunc(out, func(r page.Resolution) bool { return r.Words == words })
		if words != "" && !same {
			out = append(out, page.Resolution{Value: value, Item: item, Of: of, Words: words})
		}
	}
	for _, i := range items {
		for _, words := range exemption.Resolutions([]papers.Item{i}) {
			add("item-"+i.ID, i.ID, "For item "+i.Number, words)
		}
	}
	for n, words := range exemption.Resolutions(items) {
		add("items-"+strconv.Itoa(n), "", "For several items", words)
	}
	if first := slices.IndexFunc(items, func(i papers.Item) bool { return i.Private }); first >= 0 {
		add("rest", "", "For the rest of the meeting", exemption.ForRest(items[first:]))
	}
	return out
}

// liveKeptPublic answers POST /desk/meetings/:slug/room/kept-public (rules.md M-9).
func (s *Server) liveKeptPublic(c *call) error {
	slug := c.Params("slug")
	session, err := s.Hub.KeepPublic(c.ctx, slug, livestream.Exclusion{Item: c.formField("item")}, c.actor(auth.RunRoom))
	return c.liveDone(slug, session, err, "kept", "")
}

// liveNotice answers POST /desk/meetings/:slug/room/notice: an announcement, or its end.
func (s *Server) liveNotice(c *call) error {
	slug, notice := c.Params("slug"), c.formField("notice")
	var err error
	var room livestream.Room
	if c.formField("act") == "down" {
		notice = ""
	} else if strings.TrimSpace(notice) == "" {
		err = papers.Errorf(papers.CodeInvalid, "Write what is to be announced.")
	}
	if err == nil {
		room, err = c.turnRoom(slug, livestream.Turn{Notice: &notice})
	}
	return c.liveDone(slug, room, err, "notice", "")
}

// liveStream answers POST /desk/meetings/:slug/room/stream: where the meeting is shown, or that it is not.
func (s *Server) liveStream(c *call) error {
	slug := c.Params("slug")
	stream := livestream.Stream{Kind: livestream.StreamKind(c.formField("kind")), URL: strings.TrimSpace(c.formField("url"))}
	if c.formField("act") == "down" {
		stream = livestream.Stream{}
	}
	room, err := c.turnRoom(slug, livestream.Turn{Stream: &stream})
	return c.liveDone(slug, room, err, "stream", "")
}

// runOf is what the desk needs to run the room.
func (c *call) runOf(p page.Live) (page.Run, error) {
	items, err := c.grounded(p.Meeting.Slug)
	if err != nil {
		return page.Run{}, err
	}
	r := page.Run{Resolutions: resolutions(items), Form: page.Form{Prefix: "run-", Values: map[string]string{"url": p.Room.Stream.URL, "kind": string(p.Room.Stream.Kind), "notice": p.Room.Notice}}}
	site, err := c.s.Record.Site(c.ctx)
	if err != nil {
		return r, err
	}
	r.Origins = site.Origins()
	sessions, err := c.s.Record.Sessions(c.ctx, p.Meeting.Slug)
	if err != nil {
		return r, err
	}
	r.Sessions = page.SessionRows(sessions, items, p.Zone)
	for _, i := range p.Items {
		kept := slices.ContainsFunc(sessions, func(s livestream.Session) bool { return s.Kind == livestream.SessionNotNeeded && s.Item == i.ID })
		if i.Private && !kept {
			r.Private = append(r.Private, i)
		}
	}
	return r, nil
}

// runTyped gives a form of the room back with what was typed, open at what is to be mended.
func (c *call) runTyped(p *page.Live, which, sentence string) {
	names := map[string][]string{"adjourn": {"reason", "until_date", "until_time"}, "private": {"resolution", "item", "words", "moved_by", "seconded_by", "reason", "until_date", "until_time"},
		"notice": {"notice"}, "stream": {"kind", "url"}}[which]
	if names == nil {
		return
	}
	for name, value := range c.typed(names...).Values {
		p.Run.Form.Values[name] = value
	}
	p.Run.Open, p.Run.Form.Error = which, sentence
}
