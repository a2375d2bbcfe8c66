package papers_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

var someday = time.Date(2026, 4, 8, 8, 30, 0, 0, time.UTC)

// paper makes a paper whose newest version is in the state; earlier ones follow, newest first.
func paper(id string, states ...papers.VersionState) papers.Paper {
	p := papers.Paper{ID: id, Item: "item-" + id, Meeting: "board-2026-04-08", Title: "Title of " + id}
	for i, s := range states {
		n := len(states) - i
		p.Versions = append(p.Versions, papers.Version{Paper: id, N: n, State: s, Original: strings.Repeat("0", 63) + strconv.Itoa(n),
			File: strings.Repeat(string(rune('a'+n)), 64), Size: int64(n * 1000), Pages: n})
	}
	return p
}

func TestPlanMeeting(t *testing.T) {
	private := paper("private", papers.VersionReady)
	private.Private = true
	all := []papers.Paper{
		paper("ready", papers.VersionReady), private, paper("checking", papers.VersionChecking), paper("blocked", papers.VersionBlocked),
		paper("scheduled", papers.VersionScheduled), paper("public", papers.VersionPublished), paper("withdrawn", papers.VersionWithdrawn),
		paper("revised", papers.VersionReady, papers.VersionPublished), paper("empty"),
	}
	items := []papers.Item{{ID: "i1"}, {ID: "i2", PublishedAt: &someday}, {ID: "i3", Private: true}}

	got := papers.PlanMeeting(papers.Meeting{Slug: "board-2026-04-08"}, items, all)
	want := papers.Publication{
		Meeting: "board-2026-04-08", Announces: true, Agenda: true, Items: []string{"i1", "i3"},
		Versions: []papers.VersionRef{{Paper: "ready", N: 1}, {Paper: "revised", N: 2}},
		LeftOut: []papers.LeftOut{
			{Paper: "private", Title: "Title of private", Reason: "it is private."},
			{Paper: "checking", Title: "Title of checking", Reason: "it is still being read."},
			{Paper: "blocked", Title: "Title of blocked", Reason: "it is blocked by what was found in it."},
			{Paper: "scheduled", Title: "Title of scheduled", Reason: "it is part of another publication already."},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("PlanMeeting gave\n%+v, want\n%+v", got, want)
	}

	t.Run("nothing new", func(t *testing.T) {
		m := papers.Meeting{Slug: "x", AnnouncedAt: &someday}
		if p := papers.PlanMeeting(m, items[1:2], []papers.Paper{paper("public", papers.VersionPublished)}); !p.Empty() || len(p.LeftOut) != 0 {
			t.Errorf("a meeting that is all public gives the plan %+v", p)
		}
	})
}

func TestPlanPaper(t *testing.T) {
	m, item := papers.Meeting{Slug: "board-2026-04-08"}, papers.Item{ID: "i1"}
	got, err := papers.PlanPaper(m, item, paper("p", papers.VersionReady, papers.VersionPublished))
	want := papers.Publication{Meeting: m.Slug, Announces: true, Items: []string{"i1"}, Versions: []papers.VersionRef{{Paper: "p", N: 2}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("PlanPaper = %+v, %v, want %+v", got, err, want)
	}
	m.AnnouncedAt, item.PublishedAt = &someday, &someday
	if got, err := papers.PlanPaper(m, item, paper("p", papers.VersionReady)); err != nil || got.Announces || len(got.Items) != 0 {
		t.Errorf("a paper of a public item brings more with it: %+v, %v", got, err)
	}
	secret := paper("p", papers.VersionReady)
	secret.Private = true
	for name, c := range map[string]struct {
		paper papers.Paper
		code  papers.Code
		says  string
	}{
		"public already": {paper("p", papers.VersionPublished), papers.CodeConflict, "Version 1 of this paper is public already."},
		"private":        {secret, papers.CodeConflict, "it is private."},
		"being read":     {paper("p", papers.VersionChecking, papers.VersionPublished), papers.CodeConflict, "still being read"},
		"blocked":        {paper("p", papers.VersionBlocked), papers.CodeConflict, "blocked"},
		"scheduled":      {paper("p", papers.VersionScheduled), papers.CodeConflict, "another publication"},
		"withdrawn":      {paper("p", papers.VersionWithdrawn), papers.CodeConflict, "Upload a new version"},
		"no version":     {paper("p"), papers.CodeNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := papers.PlanPaper(m, item, c.paper)
			if papers.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("PlanPaper = %v, want %q with %q", err, c.code, c.says)
			}
		})
	}
}

// TestPublicationActs holds that acts name what became public, by hash, and hold no title.
func TestPublicationActs(t *testing.T) {
	m := papers.Meeting{Slug: "board-2026-04-08", Board: "board", BoardName: "Partnership Board", StartsAt: someday, LocalTime: "2026-04-08T09:30",
		Zone: "Europe/London", Mode: papers.Hybrid, Venue: "Town Hall"}
	items := []papers.Item{{ID: "i1", Number: "1", Title: "Welcome"}, {ID: "i2", Number: "2", Title: "Contract with Smith Ltd", Private: true, PublicTitle: "A contract"}}
	p := paper("p", papers.VersionScheduled, papers.VersionPublished, papers.VersionSuperseded)
	pub := papers.Publication{Meeting: m.Slug, Announces: true, Agenda: true, Items: []string{"i1", "i2"}, Versions: []papers.VersionRef{{Paper: "p", N: 3}}}
	found := []papers.Found{{Paper: p, Version: p.Versions[0], Item: items[0], Meeting: m}}

	got := pub.Acts(m, items, found, nil)
	want := []papers.Act{
		{Kind: papers.ActMeetingAnnounced, Subject: "meetings/board-2026-04-08",
			Facts: map[string]string{"starts_at": "2026-04-08T08:30:00Z", "local_time": "2026-04-08T09:30", "zone": "Europe/London", "mode": "hybrid"},
			Texts: map[string]string{"title": "Partnership Board", "venue": "Town Hall"}},
		{Kind: papers.ActAgendaPublished, Subject: "meetings/board-2026-04-08/agenda", Facts: map[string]string{"items": "2"},
			Texts: map[string]string{"item i1": "1 Welcome", "item i2": "2 A contract"}},
		{Kind: papers.ActPaperSuperseded, Subject: "papers/p/v/2", Facts: map[string]string{"by": "3", "sha256": p.Versions[1].File}},
		{Kind: papers.ActPaperPublished, Subject: "papers/p/v/3",
			Facts: map[string]string{"sha256": p.Versions[0].File, "original_sha256": p.Versions[0].Original, "bytes": "3000", "pages": "3", "item": "i1"}, Texts: map[string]string{"title": "Title of p"}},
	}
	for i := range want {
		want[i].Board, want[i].Meeting = "board", m.Slug
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Acts gave\n%+v, want\n%+v", got, want)
	}
	for _, a := range got {
		for name, fact := range a.Facts {
			if strings.Contains(fact, "Title") || strings.Contains(fact, "Smith") {
				t.Errorf("the fact %s of %s holds a text: %s", name, a.Kind, fact)
			}
		}
	}
	if acts := (papers.Publication{Meeting: m.Slug, Announces: true}).Acts(m, nil, nil, nil); len(acts) != 1 || acts[0].Kind != papers.ActMeetingAnnounced {
		t.Errorf("an announcement alone gives %+v", acts)
	}
}

func TestCurrentVersion(t *testing.T) {
	for name, c := range map[string]struct {
		paper papers.Paper
		want  int
	}{
		"the published one before a newer draft": {paper("p", papers.VersionReady, papers.VersionPublished, papers.VersionSuperseded), 2},
		"the newest when none is published":      {paper("p", papers.VersionReady, papers.VersionWithdrawn), 2},
		"none":                                   {paper("p"), 0},
	} {
		v, ok := c.paper.Current()
		if v.N != c.want || ok != (c.want > 0) {
			t.Errorf("%s: Current = %d, %v, want %d", name, v.N, ok, c.want)
		}
	}
}
