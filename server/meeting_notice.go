package server

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/page"
)

// given is the notice that a meeting gave: what came out when, what hung at the offices, and why what
// was late was late.
type given struct {
	s         *Server
	meeting   papers.Meeting
	board     papers.Board
	published []papers.Publication // in order
	postings  []papers.Posting
	items     []papers.Item
	papers    []papers.Paper
	now       time.Time
	zone      *time.Location
}

func (c *call) readNotice(m papers.Meeting, b papers.Board) (*given, error) {
	n := &given{s: c.s, meeting: m, board: b, now: c.s.Now(), zone: m.Location()}
	var err error
	if n.published, err = c.s.Record.Published(c.ctx, c.audience(), m.Slug); err != nil {
		return nil, err
	}
	n.postings, err = c.s.Record.Postings(c.ctx, c.audience(), m.Slug)
	return n, err
}

// count counts by one clock; ok is false where nothing can be claimed, also of what came out after the meeting.
func (n *given) count(at time.Time, clock papers.Clock) (r notice.Result, ok bool) {
	r, ok = n.s.countFor(n.meeting, n.board, at, clock)
	return r, ok && r.Covered && !r.Meeting.Before(r.Published)
}

// late says why what a publication made public was late.
func (n *given) late(holds func(papers.Publication) bool) *page.Late {
	i := slices.IndexFunc(n.published, holds)
	if i < 0 {
		return nil
	}
	return page.NewLate(n.published[i].Late, n.zone)
}

// item says of an item that was added after the agenda whether that was in time (N-5): the rule is of
// the item, not of the agenda.
func (n *given) item(row *page.MeetingItem) {
	at, agenda := row.PublishedAt, n.meeting.PublishedAt
	if at == nil || agenda == nil || !at.After(*agenda) {
		return
	}
	r, ok := n.count(*at, papers.ClockAgenda)
	if !ok {
		return
	}
	row.Badge = &page.Badge{Says: "Added " + page.Near(*at, n.now, n.zone), Detail: daysOf(r)}
	if !r.OnTime {
		row.Badge.Look, row.Badge.Says = "late", "Added late"
		row.Late = n.late(holdsItem(row.ID))
	}
}

func holdsItem(id string) func(papers.Publication) bool {
	return func(p papers.Publication) bool { return slices.Contains(p.Items, id) }
}

func holdsVersion(r papers.VersionRef) func(papers.Publication) bool {
	return func(p papers.Publication) bool { return slices.Contains(p.Versions, r) }
}

// paper adds a paper to its item. It is late or in time by its first publication; a later version
// says its own clear days.
func (n *given) paper(p *page.Meeting, item *page.MeetingItem, paper papers.Paper) {
	row, ok := page.NewPaperRow(paper, p.Zone)
	if !ok {
		return
	}
	p.Papers++
	first, current := publications(paper)
	if first.PublishedAt != nil {
		if r, ok := n.count(*first.PublishedAt, papers.ClockReports); ok && !r.OnTime {
			p.LatePapers++
			if late := (page.LateItem{Item: item.ID, Number: item.Number}); !slices.Contains(p.Late, late) {
				p.Late = append(p.Late, late)
			}
			row.Badge = page.TimeBadge(r, *first.PublishedAt, n.now, p.Zone)
			row.Late = n.late(holdsVersion(first.Ref()))
		}
	}
	if !row.ChangedAt.IsZero() && current.PublishedAt != nil {
		if r, ok := n.count(*current.PublishedAt, papers.ClockReports); ok {
			row.Clear = "It came with " + page.Count(r.Clear, "clear day", "clear days")
		}
	}
	item.Papers = append(item.Papers, row)
}

// publications are the version of a paper that came out first, and the current one.
func publications(p papers.Paper) (first, current papers.Version) {
	for _, v := range p.Versions {
		if v.PublishedAt != nil && (first.PublishedAt == nil || v.PublishedAt.Before(*first.PublishedAt)) {
			first = v
		}
	}
	current, _ = p.Current()
	return first, current
}

// fill says how the meeting stands with its notice, by which clocks, and what came out when.
func (n *given) fill(p *page.Meeting) {
	m := n.meeting
	p.Timeline = n.timeline()
	if m.Off() {
		return
	}
	r, ok := n.s.reportsNotice(m, n.board)
	if !ok {
		p.Badge = n.s.papersBadge(m, n.board, n.now)
		p.Due = n.s.dueSentence(m, n.board, n.now)
		return
	}
	p.Days = page.NewDays(r, notice.DateOf(n.now, p.Zone))
	word, rest, _ := strings.Cut(r.String(), ": ")
	p.Badge, p.Rule = &page.Badge{Says: word + ": " + rest}, r.Rule.Name+": "+r.Rule.Source
	switch {
	case r.Meeting.Before(r.Published):
		p.Badge = &page.Badge{Look: "wait", Says: "Published after the meeting", Detail: page.Near(*m.PublishedAt, n.now, p.Zone)}
		return
	case !r.Covered:
		p.Badge.Look = "wait"
		return
	case !r.OnTime:
		p.Badge.Look = "late"
		p.LateWhy = n.late(func(pub papers.Publication) bool { return pub.PublishedAt.Equal(*m.PublishedAt) })
	}
	p.Counting, p.Holidays = counting(r.Rule.Mode, profileOf(n.board).CutOff), r.Holidays
	p.Clocks = n.clocks()
}

// counting says which days count (N-28 to N-31).
func counting(mode notice.Mode, cutOff string) string {
	says := map[notice.Mode]string{
		notice.Working:  "A clear day is a working day between publication and the meeting. The day of publication, the day of the meeting, weekends and bank holidays do not count.",
		notice.NALC:     "A clear day is a day from Monday to Saturday between publication and the meeting. The day of publication, the day of the meeting, Sundays and bank holidays do not count.",
		notice.Calendar: "A clear day is any day between publication and the meeting. The day of publication and the day of the meeting do not count.",
	}[mode]
	if cutOff != "" {
		at, _ := time.Parse("15:04", cutOff) // a profile is checked before it is stored
		says += " What comes out after " + page.Clock(at, time.UTC) + " counts from the next day."
	}
	return says
}

// clocks says how the rules of the board's profile were kept, each in a sentence; where a rule asks for
// the offices, what hung there is counted by itself.
func (n *given) clocks() []string {
	var out []string
	for _, c := range []struct {
		clock papers.Clock
		at    *time.Time
	}{{papers.ClockNotice, n.meeting.AnnouncedAt}, {papers.ClockAgenda, n.meeting.PublishedAt}, {papers.ClockReports, n.meeting.PublishedAt}, {papers.ClockTarget, n.meeting.PublishedAt}} {
		if c.at == nil {
			continue
		}
		r, ok := n.count(*c.at, c.clock)
		if !ok {
			continue
		}
		says := r.Rule.Name + ". " + r.String() + ". " + r.Rule.Source + "."
		if r.Rule.Posting != notice.OnSite {
			says += " " + n.atOffices(c.clock)
		}
		out = append(out, says)
	}
	return out
}

func (n *given) atOffices(clock papers.Clock) string {
	for _, p := range n.postings {
		if p.Clock != clock {
			continue
		}
		says := fmt.Sprintf("At the offices: %s, %s", p.Place, page.Moment(p.PostedAt, n.zone))
		if r, ok := n.count(p.PostedAt, clock); ok {
			says += ". " + r.String()
		}
		return says + "."
	}
	return "The rule is of a notice at the offices as well: none is recorded here."
}

func (s *Server) dueSentence(m papers.Meeting, b papers.Board, now time.Time) string {
	day, passed := s.due(m, b, now)
	switch {
	case m.ArchivedAt != nil:
		return "These papers were public elsewhere before. They were brought in from an archive on " + m.ArchivedAt.In(m.Location()).Format("2 January 2006") +
			", so nothing is said here about whether they came in time."
	case now.After(m.StartsAt):
		return "No agenda or paper of this meeting was published here."
	case m.PapersFrom >= now.In(m.Location()).Format(time.DateOnly):
		return "The agenda and the papers are expected on " + page.LongDate(m.PapersFrom) + "."
	case day == "":
		return "The agenda and the papers will stand here as soon as they come out."
	case passed:
		return "The agenda and the papers were due by " + day + ". They are late, and this page will say by how much."
	}
	return "The agenda and the papers come out by " + day + ", so that there are " + strconv.Itoa(profileOf(b).Reports.Days) + " clear days to read them."
}
