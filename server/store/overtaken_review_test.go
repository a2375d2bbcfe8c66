package store_test

import (
	"slices"
	"testing"
	"time"

	"clearday/papers"
)

// A version that waited for its moment while a later one was published does not take its place.
func TestPublishOvertaken(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.meeting(r.board("finance").Slug)
		i := r.item(m.Slug, "Finance")
		r.publish(m.Slug)
		p := r.paper(i.ID, "Finance report")
		at := r.clock().Add(time.Hour)
		waiting, err := r.publisher().PublishPaper(r.ctx, p.ID, papers.Wish{At: &at}, secretary)
		r.must(err)
		v2, err := r.AddVersion(r.ctx, p.ID, papers.Version{File: hash("2"), Reason: "better"}, by())
		r.must(err)
		r.ready(v2.Ref())
		_, err = r.publisher().PublishPaper(r.ctx, p.ID, papers.Wish{}, secretary)
		r.must(err)
		before := len(r.acts())

		r.pass(2 * time.Hour)
		superseded := papers.Act{Kind: papers.ActPaperSuperseded, Subject: "papers/" + p.ID + "/v/2"}
		published := papers.Act{Kind: papers.ActPaperPublished, Subject: "papers/" + p.ID + "/v/1"}
		done, err := r.Publish(r.ctx, waiting.ID, by(superseded, published))
		r.must(err)
		if done.State != papers.PublicationDone {
			t.Errorf("the publication is %s", done.State)
		}
		kept, err := r.Publications(r.ctx, m.Slug)
		r.must(err)
		kept = slices.DeleteFunc(kept, func(p papers.Publication) bool { return p.ID != waiting.ID })
		left := []papers.LeftOut{{Paper: p.ID, Title: "Finance report", Reason: "a later version was published before its time."}}
		for _, pub := range append(kept, done) {
			if len(pub.Versions) != 0 || !slices.Equal(pub.LeftOut, left) {
				t.Errorf("the publication holds %+v and left out %+v", pub.Versions, pub.LeftOut)
			}
		}
		got, err := r.Paper(r.ctx, papers.Public, p.ID)
		r.must(err)
		if len(got.Versions) != 1 || got.Versions[0].N != 2 || got.Versions[0].State != papers.VersionPublished {
			t.Errorf("the public sees %+v, want version 2 only", got.Versions)
		}
		if acts := r.acts(); len(acts) != before {
			t.Errorf("acts that did not happen: %+v", acts[before:])
		}
	})
}
