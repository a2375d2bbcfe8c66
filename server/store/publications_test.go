package store_test

import (
	"testing"

	"clearday/papers"
)

func TestPublish(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		i := r.item(m.Slug, "Finance")
		p := r.paper(i.ID, "Finance report")
		if _, err := r.Paper(r.ctx, papers.Public, p.ID); papers.CodeOf(err) != papers.CodeNotFound {
			t.Fatalf("the public sees an unpublished paper: %v", err)
		}
		pub := r.publish(m.Slug)
		if pub.State != papers.PublicationDone || pub.PublishedAt == nil {
			t.Fatalf("Publish = %+v, want it done", pub)
		}
		got, err := r.Paper(r.ctx, papers.Public, p.ID)
		r.must(err)
		v, _ := got.Current()
		if v.State != papers.VersionPublished || v.FileName != "" || v.Findings != nil || !v.PublishedAt.Equal(*pub.PublishedAt) {
			t.Fatalf("the public sees %+v", v)
		}
		acts := r.acts()
		if len(acts) != 3 || v.Act != acts[2].Number || acts[2].Kind != papers.ActPaperPublished || acts[2].Facts["sha256"] != v.File {
			t.Fatalf("version names act %d; acts are %+v", v.Act, acts)
		}
	})
}
