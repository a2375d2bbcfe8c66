package papers

import "time"

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
	CreatedAt   time.Time        `json:"created_at"`
	PublishedAt *time.Time       `json:"published_at,omitempty"` // when it was done
	Failure     string           `json:"failure,omitempty"`      // a sentence for the secretary
}

// Empty tells that nothing would become public.
func (p Publication) Empty() bool {
	return !p.Announces && len(p.Items) == 0 && len(p.Versions) == 0
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
	return p
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

// Acts describes what the publication makes public, from the frozen record: the announcement, the
// agenda or added items, and each paper with the hash of its file.
func (p Publication) Acts(m Meeting, items []Item, found []Found) []Act {
	var acts []Act
	act := func(kind Kind, subject string, facts, texts map[string]string) {
		acts = append(acts, Act{Kind: kind, Subject: subject, Board: m.Board, Meeting: m.Slug, Facts: facts, Texts: texts})
	}
	if p.Announces {
		act(ActMeetingAnnounced, "meetings/"+m.Slug, map[string]string{
			"starts_at": m.StartsAt.UTC().Format(time.RFC3339), "local_time": m.LocalTime, "zone": m.Zone, "mode": string(m.Mode),
		}, map[string]string{"title": m.Name(), "venue": m.Venue})
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
				act(ActPaperSuperseded, versionSubject(old.Ref()), map[string]string{"by": itoa(f.Version.N), "sha256": old.File}, nil)
			}
		}
		act(ActPaperPublished, versionSubject(f.Version.Ref()), map[string]string{
			"sha256": f.Version.File, "original_sha256": f.Version.Original, "bytes": itoa(int(f.Version.Size)), "pages": itoa(f.Version.Pages), "item": f.Item.ID,
		}, map[string]string{"title": f.Paper.Title})
	}
	return acts
}
