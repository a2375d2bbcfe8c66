package api

import (
	"strings"
	"time"

	"clearday/papers"
)

// Meeting is one sitting of a board.
type Meeting struct {
	Slug          string                `json:"slug"`
	Board         string                `json:"board"`
	BoardName     string                `json:"board_name"`
	Title         string                `json:"title" doc:"Empty: it is called by the name of its board."`
	Name          string                `json:"name" doc:"What the meeting is called."`
	StartsAt      time.Time             `json:"starts_at"`
	EndsAt        time.Time             `json:"ends_at"`
	LocalTime     string                `json:"local_time" doc:"The wall time that was meant, such as 2026-04-08T09:30."`
	Zone          string                `json:"zone" doc:"The zone it was meant in, such as Europe/London."`
	Venue         string                `json:"venue"`
	Access        string                `json:"access" doc:"Step-free access, hearing loop, parking."`
	Telephone     string                `json:"telephone" doc:"Number to listen or to ask for help at."`
	Seats         int                   `json:"seats" doc:"For the public; 0 when nobody said."`
	Mode          string                `json:"mode" enum:"in_person,hybrid,online"`
	State         string                `json:"state" enum:"planned,announced,published,live,adjourned,held,cancelled,postponed"`
	Watch         string                `json:"watch" doc:"How to watch when it is not on this site."`
	AskUntil      *time.Time            `json:"ask_until,omitempty" doc:"Last moment to ask in writing; when the meeting begins, where it is left out."`
	PapersFrom    string                `json:"papers_from,omitempty" doc:"Day on which the papers are expected, where somebody said it."`
	QuestionRules *papers.QuestionRules `json:"question_rules,omitempty" doc:"Rules for questions of this meeting, in place of all those of its board."`

	Reason      string     `json:"reason,omitempty" doc:"Why it was cancelled, postponed or adjourned."`
	MovedFrom   string     `json:"moved_from,omitempty" doc:"Slug of the meeting that was postponed to this one."`
	MovedTo     string     `json:"moved_to,omitempty" doc:"Slug of the meeting that takes its place."`
	ResumesAt   *time.Time `json:"resumes_at,omitempty" doc:"When an adjourned meeting goes on."`
	AnnouncedAt *time.Time `json:"announced_at,omitempty"`
	PublishedAt *time.Time `json:"published_at,omitempty" doc:"The agenda is public since."`
	URL         string     `json:"url"`
}

// MeetingPack is a meeting with its agenda and papers.
type MeetingPack struct {
	Meeting
	Items []AgendaItem `json:"items"`
}

// AgendaItem is an item with its papers.
type AgendaItem struct {
	Item
	StartsAt *time.Time `json:"starts_at,omitempty" doc:"About when it begins, where the agenda says how long things take."`
	Papers   []Paper    `json:"papers"`
}

// NewMeeting is a meeting to be planned.
type NewMeeting struct {
	Board    string    `json:"board"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at,omitzero" doc:"Two hours after the start when left out."`
	Venue    string    `json:"venue,omitempty"`
	Mode     string    `json:"mode,omitempty" enum:"in_person,hybrid,online"`
	Title    string    `json:"title,omitempty"`
	Access   string    `json:"access,omitempty"`
	Watch    string    `json:"watch,omitempty"`

	Telephone  string     `json:"telephone,omitempty"`
	Seats      int        `json:"seats,omitempty"`
	AskUntil   *time.Time `json:"ask_until,omitempty" doc:"By the rule of the board when left out."`
	PapersFrom string     `json:"papers_from,omitempty"`

	QuestionRules *papers.QuestionRules `json:"question_rules,omitempty" doc:"As its board has them when left out."`
}

// Meeting gives the meeting to be planned, said in the zone of the site, not yet tidied.
func (n NewMeeting) Meeting(zone string) papers.Meeting {
	return papers.Meeting{Board: n.Board, StartsAt: n.StartsAt, EndsAt: n.EndsAt, Zone: zone, Venue: n.Venue,
		Mode: papers.Mode(n.Mode), Title: n.Title, Access: n.Access, Watch: n.Watch, State: papers.MeetingPlanned,
		Telephone: n.Telephone, Seats: n.Seats, AskUntil: n.AskUntil, PapersFrom: n.PapersFrom, Rules: n.QuestionRules}
}

// MeetingChange changes the fields of a meeting that it names, and leaves the others. With State it says
// that the meeting is cancelled, postponed, adjourned, live again, held, or announced after all.
type MeetingChange struct {
	StartsAt   *time.Time `json:"starts_at,omitempty"`
	EndsAt     *time.Time `json:"ends_at,omitempty" doc:"As long after the start as before when only the start is given."`
	Venue      *string    `json:"venue,omitempty"`
	Mode       *string    `json:"mode,omitempty" enum:"in_person,hybrid,online"`
	Title      *string    `json:"title,omitempty"`
	Access     *string    `json:"access,omitempty"`
	Watch      *string    `json:"watch,omitempty"`
	Telephone  *string    `json:"telephone,omitempty"`
	Seats      *int       `json:"seats,omitempty"`
	AskUntil   *time.Time `json:"ask_until,omitempty"`
	PapersFrom *string    `json:"papers_from,omitempty"`

	QuestionRules *papers.QuestionRules `json:"question_rules,omitempty" doc:"In place of all those of its board."`
	BoardRules    bool                  `json:"board_rules,omitempty" doc:"Takes the rules for questions of its board again."`

	State     *string    `json:"state,omitempty" enum:"cancelled,postponed,adjourned,live,held,announced"`
	Reason    string     `json:"reason,omitempty" doc:"Public. Needed to cancel, postpone and adjourn."`
	NewStart  *time.Time `json:"new_start,omitempty" doc:"Of a postponed meeting: makes the meeting of the new date, linked both ways."`
	ResumesAt *time.Time `json:"resumes_at,omitempty" doc:"Of an adjourned meeting: when it goes on."`
}

// Facts tells whether the change is of what the meeting is, apart from where it stands.
func (ch MeetingChange) Facts() bool {
	ch.State, ch.Reason, ch.NewStart, ch.ResumesAt = nil, "", nil, nil
	return ch != MeetingChange{}
}

// Apply makes the change of facts on a meeting as read, not yet tidied.
func (ch MeetingChange) Apply(m papers.Meeting) papers.Meeting {
	if ch.StartsAt != nil {
		m.EndsAt = m.EndsAt.Add(ch.StartsAt.Sub(m.StartsAt))
	}
	set(&m.StartsAt, ch.StartsAt)
	set(&m.EndsAt, ch.EndsAt)
	set(&m.Venue, ch.Venue)
	set(&m.Title, ch.Title)
	set(&m.Access, ch.Access)
	set(&m.Watch, ch.Watch)
	set(&m.Telephone, ch.Telephone)
	set(&m.Seats, ch.Seats)
	set(&m.PapersFrom, ch.PapersFrom)
	if ch.Mode != nil {
		m.Mode = papers.Mode(*ch.Mode)
	}
	if ch.AskUntil != nil {
		m.AskUntil = ch.AskUntil
	}
	if ch.QuestionRules != nil {
		m.Rules = ch.QuestionRules
	} else if ch.BoardRules {
		m.Rules = nil
	}
	return m
}

// OfMeeting gives a meeting's shape, its times in its own zone.
func OfMeeting(m papers.Meeting) Meeting {
	l := m.Location()
	return Meeting{
		Slug: m.Slug, Board: m.Board, BoardName: m.BoardName, Title: m.Title, Name: m.Name(),
		StartsAt: m.StartsAt.In(l), EndsAt: m.EndsAt.In(l), LocalTime: m.LocalTime, Zone: m.Zone,
		Venue: m.Venue, Access: m.Access, Telephone: m.Telephone, Seats: m.Seats, Mode: string(m.Mode), State: string(m.State), Watch: m.Watch,
		AskUntil: inZone(m.AskUntil, l), PapersFrom: m.PapersFrom, QuestionRules: m.Rules, Reason: m.Reason, MovedFrom: m.MovedFrom, MovedTo: m.MovedTo, ResumesAt: inZone(m.ResumesAt, l),
		AnnouncedAt: inZone(m.AnnouncedAt, l), PublishedAt: inZone(m.PublishedAt, l), URL: "/meetings/" + m.Slug,
	}
}

// OfMeetings gives a page of meetings.
func OfMeetings(meetings []papers.Meeting, next string) List[Meeting] {
	return listOf(meetings, next, OfMeeting)
}

// OfPack gives a meeting with its agenda and papers.
func OfPack(m papers.Meeting, items []papers.Item, all []papers.Paper) MeetingPack {
	pack := MeetingPack{Meeting: OfMeeting(m), Items: []AgendaItem{}}
	starts := papers.Starts(m, items)
	for n, i := range items {
		it := AgendaItem{Item: OfItem(i), Papers: []Paper{}}
		if starts != nil && i.Kind != papers.KindSection {
			it.StartsAt = inZone(&starts[n], m.Location())
		}
		for _, p := range all {
			if p.Item == i.ID {
				it.Papers = append(it.Papers, OfPaper(p))
			}
		}
		pack.Items = append(pack.Items, it)
	}
	return pack
}

// Item is an entry of an agenda. Of a private one the public sees the safe title and the exemption.
type Item struct {
	ID          string     `json:"id"`
	Meeting     string     `json:"meeting"`
	Position    int        `json:"position"`
	Number      string     `json:"number"`
	Title       string     `json:"title"`
	Purpose     string     `json:"purpose" enum:"decision,discussion,assurance,information"`
	Lead        string     `json:"lead"`
	Minutes     int        `json:"minutes" doc:"Time planned."`
	Private     bool       `json:"private"`
	PublicTitle string     `json:"public_title"`
	Exemption   string     `json:"exemption"`
	Revision    int        `json:"revision" doc:"Counts changes. Give it back to be told when somebody else was faster."`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	ReleasedAt  *time.Time `json:"released_at,omitempty" doc:"It was private until then; exemption is the former one."`

	Grounds *papers.Grounds `json:"grounds,omitempty" doc:"Only for those who may see private matter."`

	Kind           string `json:"kind" enum:"item,section,break" doc:"A section is a heading over the items that follow it."`
	Level          int    `json:"level" doc:"1: a sub-item of the item above it."`
	Recommendation string `json:"recommendation"`
	Verbal         bool   `json:"verbal" doc:"Reported without a paper."`
	Consent        bool   `json:"consent" doc:"Taken without discussion."`
	ToFollow       string `json:"to_follow" doc:"The day on which its paper is promised, such as 2026-04-01; empty when none is awaited."`
}

// OfItem gives an item's shape.
func OfItem(i papers.Item) Item {
	item := Item{ID: i.ID, Meeting: i.Meeting, Position: i.Position, Number: i.Number, Title: i.Title, Purpose: string(i.Purpose), Lead: i.Lead,
		Minutes: i.Minutes, Private: i.Private, PublicTitle: i.PublicTitle, Exemption: i.Exemption, Revision: i.Revision, PublishedAt: inZone(i.PublishedAt, time.UTC),
		ReleasedAt: inZone(i.ReleasedAt, time.UTC),
		Kind:       kindOf(i.Kind), Level: i.Level, Recommendation: i.Recommendation, Verbal: i.Verbal, Consent: i.Consent, ToFollow: i.ToFollow}
	if i.Grounds.Chosen() {
		item.Grounds = &i.Grounds
	}
	return item
}

func kindOf(k papers.ItemKind) string {
	if k == papers.KindItem {
		return "item"
	}
	return string(k)
}

// NewItem is an item to be put last on an agenda.
type NewItem struct {
	Number      string `json:"number,omitempty" doc:"The next number when left out."`
	Title       string `json:"title"`
	Purpose     string `json:"purpose,omitempty" enum:"decision,discussion,assurance,information"`
	Lead        string `json:"lead,omitempty"`
	Minutes     int    `json:"minutes,omitempty"`
	Private     bool   `json:"private,omitempty"`
	PublicTitle string `json:"public_title,omitempty" doc:"What the public reads in place of the title of a private item."`
	Exemption   string `json:"exemption,omitempty" doc:"The reason that the law asks for, for a private item. Made of grounds when left out."`

	Grounds papers.Grounds `json:"grounds,omitzero" doc:"Why it is private, from the list of the board’s law: paras, reasons and so on."`

	Kind           string `json:"kind,omitempty" enum:"item,section,break"`
	Level          int    `json:"level,omitempty" doc:"1: a sub-item of the item above it."`
	Recommendation string `json:"recommendation,omitempty"`
	Verbal         bool   `json:"verbal,omitempty"`
	Consent        bool   `json:"consent,omitempty"`
	ToFollow       string `json:"to_follow,omitempty" doc:"A day, such as 2026-04-01."`
}

// Item gives the item to be added to a meeting, not yet tidied.
func (n NewItem) Item(meeting string) papers.Item {
	return papers.Item{Meeting: meeting, Number: n.Number, Title: n.Title, Purpose: papers.Purpose(n.Purpose), Lead: n.Lead,
		Minutes: n.Minutes, Private: n.Private, PublicTitle: n.PublicTitle, Exemption: n.Exemption, Grounds: n.Grounds, Kind: papers.ItemKind(strings.TrimPrefix(n.Kind, "item")), Level: n.Level,
		Recommendation: n.Recommendation, Verbal: n.Verbal, Consent: n.Consent, ToFollow: n.ToFollow}
}

// ItemChange changes the fields of an item that it names, and leaves the others.
type ItemChange struct {
	Number      *string `json:"number,omitempty"`
	Title       *string `json:"title,omitempty"`
	Purpose     *string `json:"purpose,omitempty" enum:"decision,discussion,assurance,information"`
	Lead        *string `json:"lead,omitempty"`
	Minutes     *int    `json:"minutes,omitempty"`
	Private     *bool   `json:"private,omitempty"`
	PublicTitle *string `json:"public_title,omitempty"`
	Exemption   *string `json:"exemption,omitempty"`

	Recommendation *string `json:"recommendation,omitempty"`
	Verbal         *bool   `json:"verbal,omitempty"`
	Consent        *bool   `json:"consent,omitempty"`
	ToFollow       *string `json:"to_follow,omitempty"`

	Revision *int `json:"revision,omitempty" doc:"The revision that was read. When it is not the latest, nothing is changed (409)."`

	Grounds *papers.Grounds `json:"grounds,omitempty" doc:"The wording is made of them anew unless exemption is given too."`
}

// Apply makes the change on an item as read, not yet tidied.
func (ch ItemChange) Apply(i papers.Item) papers.Item {
	set(&i.Number, ch.Number)
	set(&i.Title, ch.Title)
	set(&i.Lead, ch.Lead)
	set(&i.Minutes, ch.Minutes)
	set(&i.Private, ch.Private)
	set(&i.PublicTitle, ch.PublicTitle)
	set(&i.Exemption, ch.Exemption)
	set(&i.Revision, ch.Revision)
	if ch.Grounds != nil {
		i.Grounds = *ch.Grounds
		if ch.Exemption == nil {
			i.Exemption = ""
		}
	}
	set(&i.Recommendation, ch.Recommendation)
	set(&i.Verbal, ch.Verbal)
	set(&i.Consent, ch.Consent)
	set(&i.ToFollow, ch.ToFollow)
	if ch.Purpose != nil {
		i.Purpose = papers.Purpose(*ch.Purpose)
	}
	return i
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
