package server

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// desk is what the desk of one meeting is made of, read once for a page.
type desk struct {
	meeting      papers.Meeting
	board        papers.Board
	profile      notice.Profile
	holidays     notice.Holidays
	now          time.Time
	items        []papers.Item
	papers       []papers.Paper
	beside       []papers.Paper // renditions and background papers of them
	publications []papers.Publication
	failed       map[string]string // by "paper/version": why reading failed last
	zone         *time.Location
	commissions  []papers.Commission
}

func (s *Server) readDesk(c *call, m papers.Meeting) (*desk, error) {
	d := &desk{meeting: m, zone: m.Location(), failed: map[string]string{}}
	b, err := s.Record.Board(c.ctx, m.Board)
	if err != nil {
		return nil, err
	}
	d.board, d.profile, d.holidays, d.now = b, profileOf(b), s.holidays(), s.Now()
	if d.items, err = s.Record.Items(c.ctx, c.audience(), m.Slug); err != nil {
		return nil, err
	}
	all, err := s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: m.Slug, Renditions: true})
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.IsRendition() {
			d.beside = append(d.beside, p)
		} else {
			d.papers = append(d.papers, p)
		}
	}
	if d.publications, err = s.Record.Publications(c.ctx, m.Slug); err != nil {
		return nil, err
	}
	if d.commissions, err = s.Record.Commissions(c.ctx, m.Slug); err != nil {
		return nil, err
	}
	works, err := s.Record.FailedWorks(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range works {
		d.failed[w.Subject] = w.Error
	}
	return d, nil
}

// troubles says what keeps papers from publication, one sentence a kind.
func (d *desk) troubles() []string {
	count, failed := map[papers.VersionState]int{}, 0
	for _, p := range d.papers {
		v, ok := p.Newest()
		if !ok {
			continue
		}
		count[v.State]++
		if v.State == papers.VersionChecking && d.failed[workOf(v)] != "" {
			failed++
		}
	}
	var says []string
	if n := count[papers.VersionBlocked]; n > 0 {
		says = append(says, page.Count(n, "paper is blocked", "papers are blocked")+" by what was found.")
	}
	if failed > 0 {
		says = append(says, page.Count(failed, "paper", "papers")+" could not be read yet.")
	}
	if n := count[papers.VersionChecking] - failed; n > 0 {
		says = append(says, page.Count(n, "paper is", "papers are")+" being read.")
	}
	return says
}

func workOf(v papers.Version) string { return fmt.Sprintf("%s/%d", v.Paper, v.N) }

// file says where the newest version of a paper stands.
func (d *desk) file(p papers.Paper, v papers.Version) page.DeskFile {
	f := page.DeskFile{Paper: p, Version: v}
	switch v.State {
	case papers.VersionChecking:
		f.State, f.Badge, f.Busy = "Checking", "cd-badge cd-badge--wait", true
		var doing string
		doing, f.Done, f.All = progress(v)
		f.Says = []string{doing}
		if why := d.failed[workOf(v)]; why != "" {
			f.Class, f.Says, f.Busy = "cd-file--warn", []string{why}, false
		}
	case papers.VersionBlocked:
		f.State, f.Badge, f.Class = "Blocked: will not be published", "cd-badge cd-badge--stop", "cd-file--stop"
	case papers.VersionReady:
		f.State, f.Badge = "Ready", "cd-badge"
		if r, ok := d.count(d.now, papers.ClockReports); ok && !r.OnTime && neverPublic(p) {
			f.Says = append(f.Says, "It would be late now: "+daysOf(r)+".")
		}
	case papers.VersionScheduled:
		f.State, f.Badge = "Scheduled", "cd-state cd-state--primary"
		if v.ScheduledAt != nil {
			f.Says = []string{"Public from " + page.Moment(*v.ScheduledAt, d.zone)}
		}
	case papers.VersionPublished:
		f.State, f.Badge = "Public", "cd-state cd-state--good"
		if v.PublishedAt != nil {
			f.Says = []string{"Since " + page.Moment(*v.PublishedAt, d.zone)}
		}
	case papers.VersionSuperseded:
		f.State, f.Badge = "Superseded", "cd-state"
	case papers.VersionWithdrawn:
		f.State, f.Badge = "Withdrawn", "cd-state cd-state--stop"
		f.Says = []string{"Why: " + v.WithdrawnWhy}
	}
	if scans := recognisedPages(v); scans != "" {
		f.Says = append(f.Says, scans)
	}
	f.Blocks, f.Warns, f.Notes = foundIn(v)
	if len(f.Warns) > 0 && v.State == papers.VersionReady {
		f.Class, f.Badge, f.State = "cd-file--warn", "cd-badge cd-badge--late", "Ready: look at it"
	}
	if same := d.sameFile(p, v); same != "" {
		f.Says = append(f.Says, same)
	}
	return f
}

// sameFile says when an earlier paper of the meeting has the same bytes.
func (d *desk) sameFile(p papers.Paper, v papers.Version) string {
	for _, other := range d.papers {
		if other.ID == p.ID {
			return ""
		}
		for _, o := range other.Versions {
			if o.Original == v.Original && o.State != papers.VersionWithdrawn {
				return fmt.Sprintf("This is the same file as “%s” of item %s.", other.Title, d.itemNumber(other.Item))
			}
		}
	}
	return ""
}

func (d *desk) itemNumber(id string) string {
	for _, i := range d.items {
		if i.ID == id {
			return i.Number
		}
	}
	return ""
}

// frozen tells whether a scheduled publication holds the item.
func (d *desk) frozen(item string) bool {
	return slices.ContainsFunc(d.publications, func(p papers.Publication) bool {
		return p.State == papers.PublicationScheduled && (slices.Contains(p.Items, item) || slices.ContainsFunc(p.Releases, func(r papers.Release) bool { return r.Item == item }))
	})
}

// rows are the items of the agenda with their papers.
func (d *desk) rows(may page.DeskMay, now time.Time) []page.DeskItem {
	list, starts := make([]page.DeskItem, len(d.items)), papers.Starts(d.meeting, d.items)
	for n, i := range d.items {
		list[n] = page.DeskItem{Item: i, First: n == 0, Last: n == len(d.items)-1, Frozen: d.frozen(i.ID)}
		list[n].CanEdit = may.Edit && !list[n].Frozen
		list[n].Name = itemName(i)
		for _, co := range d.commissions {
			if co.Item == i.ID {
				list[n].Asked = &page.DeskAsked{Says: commissionSays(co, d.zone, now), Class: commissionClass(co, now), Open: may.Approve}
			}
		}
		if list[n].CanEdit {
			list[n].Quick = quickForm(i)
		}
		if starts != nil && i.Kind != papers.KindSection {
			list[n].Start = page.Clock(starts[n], d.zone)
		}
		for _, p := range d.papers {
			if v, ok := p.Newest(); ok && p.Item == i.ID {
				list[n].Files = append(list[n].Files, d.file(p, v))
				list[n].Files = append(list[n].Files, d.filesBeside(p)...)
			}
		}
	}
	return list
}

// plan says in words what a publication makes public.
func (d *desk) plan(pub papers.Publication, now time.Time) page.DeskPlan {
	p := page.DeskPlan{ID: pub.ID, Clock: d.clock(pub.ScheduledAt, now), When: page.Moment(pub.ScheduledAt, d.zone), Failure: pub.Failure}
	if pub.PublishedAt != nil {
		p.When = page.Moment(*pub.PublishedAt, d.zone)
	}
	if pub.Announces {
		p.Lines = append(p.Lines, "the notice of the meeting: date, place and how to watch")
	}
	p.Lines = append(append(p.Lines, d.planItems(pub)...), d.releasedLines(pub)...)
	for _, ref := range pub.Versions {
		line, act := d.planPaper(ref)
		p.Papers, p.Act = append(p.Papers, line), max(p.Act, act)
	}
	if n := len(pub.Versions); n > 0 {
		p.Lines = append(p.Lines, page.Count(n, "paper", "papers"))
	}
	for _, out := range pub.LeftOut {
		title := "A paper that is gone, or withheld from you"
		if d.shows(out.Paper) {
			title = out.Title
		}
		p.Out = append(p.Out, title+": "+strings.TrimSuffix(out.Reason, "."))
	}
	return p
}

// shows tells whether the paper is for the person at this desk.
func (d *desk) shows(paper string) bool {
	is := func(p papers.Paper) bool { return p.ID == paper }
	return slices.ContainsFunc(d.papers, is) || slices.ContainsFunc(d.beside, is)
}

func (d *desk) planItems(pub papers.Publication) []string {
	var lines, private, numbers []string
	for _, i := range papers.Heard(d.items) {
		if !slices.Contains(pub.Items, i.ID) {
			continue
		}
		numbers = append(numbers, i.Number)
		if i.Private {
			private = append(private, fmt.Sprintf("item %s as “%s”, with the reason why it is private", i.Number, i.PublicTitle))
		}
	}
	switch {
	case len(numbers) == 0:
	case len(numbers) == len(papers.Heard(d.items)):
		lines = append(lines, "the agenda of "+page.Count(len(numbers), "item", "items"))
	default:
		lines = append(lines, fmt.Sprintf("%s of the agenda: %s", page.Count(len(numbers), "item", "items"), strings.Join(numbers, ", ")))
	}
	return append(lines, private...)
}

func (d *desk) planPaper(ref papers.VersionRef) (line string, act int64) {
	for _, p := range slices.Concat(d.papers, d.beside) {
		if p.ID != ref.Paper {
			continue
		}
		line = fmt.Sprintf("Item %s: %s", d.itemNumber(p.Item), p.Title)
		for _, v := range p.Versions {
			if v.N == ref.N {
				line += ", " + page.Count(v.Pages, "page", "pages")
				act = v.Act
			}
		}
		if ref.N > 1 {
			line += fmt.Sprintf(", version %d", ref.N)
		}
		return line, act
	}
	return "A paper that was removed since", 0
}

// said stands for everything that a plan was shown to say: it differs when anything of it does.
func (d *desk) said(p page.DeskPlan) string {
	sum := sha256.New()
	for _, lines := range [][]string{p.Lines, p.Papers, p.Out} {
		fmt.Fprintf(sum, "%q", lines)
	}
	for _, i := range d.items {
		fmt.Fprintf(sum, "%s %d %q %q;", i.ID, i.Revision, i.Number, i.Title)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func (c *call) deskMay() page.DeskMay {
	return page.DeskMay{Edit: c.person.May(auth.EditAgenda, c.board), Approve: c.person.May(auth.Approve, c.board),
		Upload:  c.person.May(auth.Upload, c.board),
		Publish: c.person.May(auth.Publish, c.board), Moderate: c.person.May(auth.Moderate, c.board), Rules: c.person.May(auth.EditBoard, c.board)}
}

// meetingDesk answers the desk of the meeting that the address names. A form that failed puts
// itself into the page by mend.
func (s *Server) meetingDesk(c *call, status int, mend func(*page.DeskMeeting)) error {
	return s.deskOf(c, c.Params("slug"), status, mend)
}

// deskOf answers the desk of a meeting.
func (s *Server) deskOf(c *call, slug string, status int, mend func(*page.DeskMeeting)) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), slug)
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	now := s.Now()
	base, err := c.base(m.NameAndDay(), "desk")
	if err != nil {
		return err
	}
	p := page.DeskMeeting{Base: base, Meeting: m, Zone: d.zone, Flash: deskFlash[base.Saved], May: c.deskMay(),
		When: page.Clock(m.StartsAt, d.zone) + " to " + page.Clock(m.EndsAt, d.zone)}
	p.State, p.Class = meetingState(m)
	if m.PublishedAt != nil {
		p.Notice = d.notice(*m.PublishedAt)
	}
	if m.StartsAt.After(now) && !m.Off() {
		p.Clocks = d.clocks(now)
	}
	p.Items = d.rows(p.May, now)
	if p.Agenda, err = c.agendaTools(d); err != nil {
		return err
	}
	p.Facts = factsOf(m)
	p.Facts = withBase(p.Facts, p.Facts.Values, factFields)
	p.Facts.Prefix, p.Item.Prefix = "facts-", "item-"
	p.AskItem = base.Saved == "item" || base.Saved == "meeting"
	if p.Upload, err = s.uploadPanel(c, d); err != nil {
		return err
	}
	p.Publish, err = s.publishPanel(c, d, p.May)
	if err != nil {
		return err
	}
	if p.Move, err = c.movePanel(m, d.publications); err != nil {
		return err
	}
	if p.Posting, err = s.postingPanel(c, d, p.May); err != nil {
		return err
	}
	if mend != nil {
		mend(&p)
	}
	p.Item.Private = d.private(papers.Grounds{})
	return c.render(status, p)
}

// choices are the items that the audience may put papers under: into a private one only those who
// see it afterwards.
func (d *desk) choices(a papers.Audience) []papers.Item {
	return slices.DeleteFunc(slices.Clone(d.items), func(i papers.Item) bool {
		return !i.Heard() || i.Private && !a.SeesPrivate(d.meeting.Board)
	})
}
