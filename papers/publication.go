package papers

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// PublicationState is where a publication stands.
type PublicationState string

// The states of a publication.
const (
	PublicationScheduled PublicationState = "scheduled"
	PublicationDone      PublicationState = "done"
	PublicationStopped   PublicationState = "stopped"
)

// Publication is what was frozen to become public together, and when. From the moment it is
// scheduled its items cannot be changed and its versions are fixed by hash.
type Publication struct {
	ID          string           `json:"id"`
	Meeting     string           `json:"meeting"`
	State       PublicationState `json:"state"`
	ScheduledAt time.Time        `json:"scheduled_at"` // the moment asked for
	Announces   bool             `json:"announces"`    // makes the meeting itself public
	Agenda      bool             `json:"agenda"`       // is of the agenda as a whole, not of one paper
	Items       []string         `json:"items"`        // ids of the items that become public
	Versions    []VersionRef     `json:"versions"`
	LeftOut     []LeftOut        `json:"left_out"`
	Releases    []Release        `json:"releases,omitempty"` // what of it was private
	CreatedAt   time.Time        `json:"created_at"`
	PublishedAt *time.Time       `json:"published_at,omitempty"` // when it was done
	Failure     string           `json:"failure,omitempty"`      // a sentence for the secretary
	Late        *Late            `json:"late,omitempty"`         // why it comes after its last lawful moment
	// Supplement counts what came out after the agenda, from 1; 0 is the agenda and what came before it.
	Supplement int   `json:"supplement,omitempty"`
	Act        int64 `json:"act,omitempty"` // number of the first act that it made
	// Archive says that it was public elsewhere before: its time here is no notice, in time or late.
	Archive bool `json:"archive,omitempty"`
}

// Empty tells that nothing would become public.
func (p Publication) Empty() bool {
	return !p.Announces && len(p.Items) == 0 && len(p.Versions) == 0 && len(p.Releases) == 0
}

// Outcome says in a sentence what is to be known of a publication that was scheduled and is done; empty
// when it went as planned.
func (p Publication) Outcome() string {
	var says []string
	if late := p.PublishedAt.Sub(p.ScheduledAt); late >= time.Minute {
		says = append(says, "It came out "+minutes(late)+" after its time.")
	}
	for _, out := range p.LeftOut {
		if out.Reason == ReasonOvertaken { // the others were known when it was scheduled
			says = append(says, "Not included: “"+out.Title+"”, because "+out.Reason)
		}
	}
	return strings.Join(says, " ")
}

func minutes(d time.Duration) string {
	switch m := int(d.Round(time.Minute) / time.Minute); {
	case m == 1:
		return "1 minute"
	case m < 120:
		return itoa(m) + " minutes"
	case m < 48*60:
		return itoa(m/60) + " hours"
	default:
		return itoa(m/60/24) + " days"
	}
}

// ReasonOvertaken is why a scheduled version was left out when its time came.
const ReasonOvertaken = "a later version was published before its time."

// Wish is what somebody wants of a publication.
type Wish struct {
	At   *time.Time // when; nil is now
	Late *Late      // why it comes late, where it does
	Only *Choice    // of a meeting, what of it; nil is everything that can be public
}

// Choice narrows what of a meeting becomes public. The items of the chosen papers go with them.
type Choice struct {
	Items  []string // ids; choosing items makes it the agenda's publication
	Papers []string // ids
}

// Narrow keeps what was chosen. It is an Error of CodeConflict when something chosen cannot be public now.
func (p Publication) Narrow(c Choice, all []Paper) (Publication, error) {
	n := p
	n.Items, n.Versions, n.LeftOut = nil, nil, slices.Clone(p.LeftOut)
	n.Agenda = p.Agenda && len(c.Items) > 0
	want := slices.Clone(c.Items)
	for _, paper := range all {
		at := slices.IndexFunc(p.Versions, func(r VersionRef) bool { return r.Paper == paper.ID })
		switch chosen := slices.Contains(c.Papers, paper.ID); {
		case at < 0 && chosen:
			return n, Errorf(CodeConflict, "“%s” cannot be published now. Look at it, then choose again.", paper.Title)
		case at < 0:
		case chosen:
			n.Versions = append(n.Versions, p.Versions[at])
			if slices.Contains(p.Items, paper.Item) {
				want = append(want, paper.Item)
			}
		default:
			n.LeftOut = append(n.LeftOut, LeftOut{Paper: paper.ID, Title: paper.Title, Reason: "it was not chosen."})
		}
	}
	for _, id := range p.Items {
		if slices.Contains(want, id) {
			n.Items = append(n.Items, id)
		}
	}
	for _, id := range c.Items {
		if !slices.Contains(n.Items, id) {
			return n, Errorf(CodeConflict, "An item that you chose is public already, or part of another publication. Choose again.")
		}
	}
	if len(n.Versions) < len(c.Papers) {
		return n, Errorf(CodeConflict, "A paper that you chose is not there any more. Choose again.")
	}
	return n, nil
}

// LeftOut is a paper that a publication does not include, and why.
type LeftOut struct {
	Paper  string `json:"paper"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// PlanMeeting says what publishing the meeting would make public now: its announcement, the items
// not yet public and every ready paper; and what it would leave out, with the reason.
func PlanMeeting(m Meeting, items []Item, all []Paper) Publication {
	p := Publication{Meeting: m.Slug, Announces: m.AnnouncedAt == nil, Agenda: true}
	for _, i := range items {
		if i.PublishedAt == nil {
			p.Items = append(p.Items, i.ID)
		}
	}
	for _, paper := range all {
		v, ok := paper.Newest()
		if !ok || v.State == VersionPublished || v.State == VersionWithdrawn {
			continue
		}
		if why := whyNot(paper, v); why != "" {
			p.LeftOut = append(p.LeftOut, LeftOut{Paper: paper.ID, Title: paper.Title, Reason: why})
			continue
		}
		p.Versions = append(p.Versions, v.Ref())
	}
	p.leaveOrphans(all)
	return p
}

// leaveOrphans leaves out what belongs to a paper that is neither public nor in the publication.
func (p *Publication) leaveOrphans(all []Paper) {
	for _, r := range all {
		parent := slices.IndexFunc(all, func(o Paper) bool { return o.ID == r.RenditionOf })
		at := slices.IndexFunc(p.Versions, func(v VersionRef) bool { return v.Paper == r.ID })
		if at < 0 || !r.IsRendition() {
			continue
		}
		with := slices.ContainsFunc(p.Versions, func(v VersionRef) bool { return v.Paper == r.RenditionOf })
		if !with && (parent < 0 || !slices.ContainsFunc(all[parent].Versions, func(v Version) bool { return v.State == VersionPublished })) {
			p.Versions = slices.Delete(p.Versions, at, at+1)
			p.LeftOut = append(p.LeftOut, LeftOut{Paper: r.ID, Title: r.Title, Reason: "the paper that it belongs to is not public."})
		}
	}
}

// PlanPaper says what publishing one paper would make public: its newest version, and the item
// and the meeting it stands in where they are not public yet.
func PlanPaper(m Meeting, item Item, paper Paper) (Publication, error) {
	v, ok := paper.Newest()
	if !ok {
		return Publication{}, ErrNotFound
	}
	if v.State == VersionPublished {
		return Publication{}, Errorf(CodeConflict, "Version %d of this paper is public already.", v.N)
	}
	if why := whyNot(paper, v); why != "" {
		return Publication{}, Errorf(CodeConflict, "This paper cannot be published: %s", why)
	}
	p := Publication{Meeting: m.Slug, Announces: m.AnnouncedAt == nil, Versions: []VersionRef{v.Ref()}}
	if item.PublishedAt == nil {
		p.Items = []string{item.ID}
	}
	return p, nil
}

func whyNot(p Paper, v Version) string {
	switch {
	case p.Private:
		return "it is private."
	case v.State == VersionChecking:
		return "it is still being read."
	case v.State == VersionBlocked:
		return "it is blocked by what was found in it."
	case v.State == VersionScheduled:
		return "it is part of another publication already."
	case v.State == VersionWithdrawn:
		return "it was withdrawn. Upload a new version."
	}
	return ""
}

// Counted is how one clock stands for a publication at its moment. It becomes part of the acts, so that
// anybody can explain the count again when rules, bank holidays or the meeting have changed (N-32).
type Counted struct {
	Covered  bool // else the bank holidays do not reach, and nothing is claimed
	Clear    int
	Needed   int
	Mode     string
	Holidays string // hash of the bank holidays it was counted with
}

// facts adds the count to the facts of an act.
func (c Counted) facts(to map[string]string) {
	if c.Needed == 0 {
		return
	}
	to["days_needed"], to["days_counted_as"], to["holidays_sha256"] = itoa(c.Needed), c.Mode, c.Holidays
	if c.Covered {
		to["clear_days"] = itoa(c.Clear)
	}
}

// Acts describes what the publication makes public, from the frozen record: the announcement, the
// agenda or added items, and each paper with the hash of its file; each with its count of clear days.
func (p Publication) Acts(m Meeting, items []Item, found []Found, counts map[Clock]Counted) []Act {
	var acts []Act
	act := func(kind Kind, subject string, facts, texts map[string]string) {
		clock, counted := map[Kind]Clock{ActMeetingAnnounced: ClockNotice, ActAgendaPublished: ClockAgenda, ActPaperPublished: ClockReports}[kind]
		if counted {
			counts[clock].facts(facts)
		}
		if counted && p.Late != nil {
			facts["late"] = string(p.Late.Ground)
			texts["late"] = p.Late.Reason
		}
		if p.Archive {
			facts["archive"] = "yes"
		}
		acts = append(acts, Act{Kind: kind, Subject: subject, Board: m.Board, Meeting: m.Slug, Facts: facts, Texts: texts})
	}
	if p.Announces {
		a := m.Act(ActMeetingAnnounced)
		act(a.Kind, a.Subject, a.Facts, a.Texts)
	}
	if len(p.Items) > 0 {
		texts := map[string]string{}
		for _, i := range items {
			i = i.ForPublic()
			texts["item "+i.ID] = i.Number + " " + i.Title
		}
		act(ActAgendaPublished, "meetings/"+m.Slug+"/agenda", map[string]string{"items": itoa(len(p.Items))}, texts)
	}
	for _, f := range found {
		for _, old := range f.Paper.Versions {
			if old.State == VersionPublished && old.N != f.Version.N {
				act(ActPaperSuperseded, VersionSubject(old.Ref()), map[string]string{"by": itoa(f.Version.N), "sha256": old.File}, nil)
			}
		}
		facts, texts := map[string]string{
			"sha256": f.Version.File, "original_sha256": f.Version.Original, "bytes": itoa(int(f.Version.Size)), "pages": itoa(f.Version.Pages), "item": f.Item.ID,
		}, map[string]string{"title": f.Paper.Title}
		if r, ok := p.releases(f.Paper.ID); ok {
			facts["released"], texts["reason"] = "yes", r.Reason
		}
		act(ActPaperPublished, VersionSubject(f.Version.Ref()), facts, texts)
	}
	return acts
}

func itoa(n int) string { return strconv.Itoa(n) }

// VersionSubject is how acts and counts name a version.
func VersionSubject(v VersionRef) string { return "papers/" + v.Paper + "/v/" + itoa(v.N) }

// VersionOf is the version that the subject of an act names.
func VersionOf(subject string) (v VersionRef, ok bool) {
	paper, n, cut := strings.Cut(strings.TrimPrefix(subject, "papers/"), "/v/")
	v.Paper = paper
	v.N, _ = strconv.Atoi(n)
	return v, cut && v.N > 0
}

// PackSubject is how counts name the pack of a meeting.
func PackSubject(meeting string) string { return "meetings/" + meeting + "/pack" }
