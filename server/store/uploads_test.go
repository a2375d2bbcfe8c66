package store_test

import (
	"testing"
	"time"

	"clearday/papers"
)

// TestUploads: an upload moves only from where it stands, is added once, and keeps to the limits of its person.
func TestUploads(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		item := r.item(m.Slug, "Finance")
		most := papers.UploadLimits{Files: 2, Bytes: 1000}
		begin := func(size int64) (papers.Upload, error) {
			return r.AddUpload(r.ctx, papers.Upload{ID: papers.NewID(), Meeting: m.Slug, Board: "pb", Person: "ann", FileHint: papers.FileHint{Name: "1 a.pdf", Size: size}}, most)
		}
		u, err := begin(600)
		r.must(err)
		_, err = begin(600)
		r.wantCode(err, papers.CodeTooMany)
		r.must(r.MoveUpload(r.ctx, u.ID, 0, 400))
		r.wantCode(r.MoveUpload(r.ctx, u.ID, 0, 400), papers.CodeConflict)
		r.must(r.MoveUpload(r.ctx, u.ID, 400, 600))
		got, err := r.Upload(r.ctx, u.ID)
		r.must(err)
		if !got.Whole() || got.Name != "1 a.pdf" || got.Person != "ann" {
			t.Errorf("the upload is %+v", got)
		}
		add := func() error {
			_, err := r.AddPaper(r.ctx, papers.Paper{Item: item.ID, Title: "A"}, papers.Version{Original: hash("a"), FileName: "1 a.pdf", Upload: u.ID}, by())
			return err
		}
		r.must(add())
		r.wantCode(add(), papers.CodeConflict)
		list, err := r.Papers(r.ctx, papers.Insider, papers.PaperFilter{Meeting: m.Slug})
		r.must(err)
		if len(list) != 1 {
			t.Errorf("added %d times", len(list))
		}
		same, err := r.SameFile(r.ctx, papers.Insider, "pb", []string{hash("a"), hash("b")})
		r.must(err)
		if len(same) != 1 || len(same[hash("a")]) != 1 {
			t.Errorf("the same file: %+v", same)
		}
		if open, err := r.Uploads(r.ctx, "ann", m.Slug); err != nil || len(open) != 0 {
			t.Errorf("%d are on the way still, %v", len(open), err)
		}
		r.pass(time.Hour)
		stale, err := r.StaleUploads(r.ctx, r.clock())
		r.must(err)
		if len(stale) != 1 {
			t.Errorf("%d are stale", len(stale))
		}
		r.must(r.DropUpload(r.ctx, u.ID))
	})
}

// TestBeside: what belongs to a paper is seen by the public only while that is public, and goes with it; an exempt
// background paper is never listed (rules.md N-8).
func TestBeside(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		m := r.meeting("pb")
		item := r.item(m.Slug, "Finance")
		p := r.paper(item.ID, "Report")
		easy, err := r.AddPaper(r.ctx, papers.Paper{Item: item.ID, Title: "Easy", RenditionOf: p.ID, Rendition: papers.EasyRead}, papers.Version{Original: hash("e"), File: hash("e")}, by())
		r.must(err)
		r.ready(easy.Versions[0].Ref())
		_, err = r.AddPaper(r.ctx, papers.Paper{Item: item.ID, Title: "Twice", RenditionOf: easy.ID, Rendition: papers.EasyRead}, papers.Version{Original: hash("f")}, by())
		r.wantCode(err, papers.CodeInvalid)
		for _, l := range []papers.PaperLink{{Paper: p.ID, Kind: papers.BSL, URL: "https://example.org/v"}, {Paper: p.ID, Kind: papers.Background, Title: "Secret", Exempt: true}} {
			_, err := r.AddPaperLink(r.ctx, l, by())
			r.must(err)
		}
		public := func() (seen int) {
			t.Helper()
			if _, err := r.Paper(r.ctx, papers.Public, easy.ID); err == nil {
				seen++
			}
			links, err := r.PaperLinks(r.ctx, papers.Public, []string{p.ID})
			r.must(err)
			return seen + len(links)
		}
		if n := public(); n != 0 {
			t.Errorf("before publication the public sees %d things beside the paper", n)
		}
		_, err = r.publisher().PublishPaper(r.ctx, easy.ID, papers.Wish{}, secretary)
		r.wantCode(err, papers.CodeConflict)
		r.publish(m.Slug)
		if n := public(); n != 2 {
			t.Errorf("after it the public sees %d things, want the rendition and the video", n)
		}
		if list, err := r.Papers(r.ctx, papers.Public, papers.PaperFilter{Meeting: m.Slug}); err != nil || len(list) != 1 {
			t.Errorf("lists hold %d papers, %v", len(list), err)
		}
		_, err = r.AddPaperLink(r.ctx, papers.PaperLink{Paper: p.ID, Kind: papers.Background, Title: "Survey"}, by())
		r.wantCode(err, papers.CodeConflict) // public now, and no act says so
		paper, err := r.Paper(r.ctx, papers.Insider, p.ID)
		r.must(err)
		rendition, err := r.Paper(r.ctx, papers.Insider, easy.ID)
		r.must(err)
		w := papers.Withdrawal{Paper: p.ID, Role: "secretary", Reason: "Wrong"}
		r.must(r.Withdraw(r.ctx, w, by(append(w.Acts(paper), w.Acts(rendition)...)...)))
		if got, err := r.Paper(r.ctx, papers.Public, easy.ID); err != nil || got.Versions[0].State != papers.VersionWithdrawn || got.Versions[0].File != "" {
			t.Errorf("the rendition after the withdrawal: %+v, %v", got, err)
		}
		if links, err := r.PaperLinks(r.ctx, papers.Public, []string{p.ID}); err != nil || len(links) != 0 {
			t.Errorf("links after the withdrawal: %+v, %v", links, err)
		}
		r.wantActsDense()
	})
}

// TestFormatRequests: who asks is readable for the desk only until it is erased, and the numbers stay.
func TestFormatRequests(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		r.board("pb")
		p := r.paper(r.item(r.meeting("pb").Slug, "Finance").ID, "Report")
		q, err := r.AskFormat(r.ctx, papers.FormatRequest{Paper: p.ID, Kind: "audio", DueOn: "2026-04-20", Asker: papers.FormatAsker{Contact: "ann@example.org"}}, by())
		r.must(err)
		got, err := r.FormatRequests(r.ctx, []string{"pb"})
		r.must(err)
		if len(got) != 1 || got[0].Asker.Contact != "ann@example.org" || got[0].DueOn != "2026-04-20" || got[0].State != papers.FormatAsked {
			t.Errorf("the desk reads %+v", got)
		}
		if other, err := r.FormatRequests(r.ctx, []string{"other"}); err != nil || len(other) != 0 {
			t.Errorf("another board reads %d, %v", len(other), err)
		}
		r.must(r.MoveFormat(r.ctx, q.ID, papers.FormatDeclined, "No such language", by()))
		n, err := r.EraseEndedAskers(r.ctx, r.clock().AddDate(0, 0, 29))
		r.must(err)
		more, err := r.EraseEndedAskers(r.ctx, r.clock().AddDate(0, 0, 31))
		r.must(err)
		got, err = r.FormatRequests(r.ctx, []string{"pb"})
		r.must(err)
		if n != 0 || more != 1 || got[0].Asker != (papers.FormatAsker{}) || got[0].Reason != "No such language" {
			t.Errorf("erased %d, then %d: %+v", n, more, got)
		}
		counts, err := r.CountFormats(r.ctx)
		r.must(err)
		if counts[papers.FormatDeclined] != 1 {
			t.Errorf("the counts are %v", counts)
		}
	})
}
