package server

import (
	"context"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/compare"
	"clearday/server/api"
	"clearday/server/page"
)

// paperChanges answers GET /papers/:id/changes?from=1&to=2: what changed between two versions.
func (s *Server) paperChanges(c *call) error {
	old, now, err := c.comparedVersions()
	if err != nil {
		return err
	}
	if gone := firstGone(old, now); gone != nil {
		return c.withdrawn(*gone)
	}
	base, err := c.base("What changed in "+now.Paper.Title, "meetings")
	if err != nil {
		return err
	}
	p := page.Changes{Base: base, Zone: now.Meeting.Location(), Paper: now.Paper, Meeting: now.Meeting, Item: now.Item, Old: old.Version, New: now.Version}
	if err := c.changes(&p); err != nil {
		return err
	}
	if !old.Version.Public() || !now.Version.Public() || now.Paper.Private {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.render(fiber.StatusOK, p)
}

// changes fills the page with the comparison, or with the version that cannot be compared yet.
func (c *call) changes(p *page.Changes) error {
	for _, v := range []papers.Version{p.Old, p.New} {
		if v.State == papers.VersionChecking {
			p.Waiting = v.N
			return nil
		}
	}
	r, err := c.s.compare(c.ctx, p.Old.Ref(), p.New.Ref())
	if err != nil {
		return err
	}
	p.Fill(r)
	return nil
}

// apiPaperChanges answers GET /api/v1/papers/:id/changes?from=1&to=2.
func (s *Server) apiPaperChanges(c *call) error {
	old, now, err := c.comparedVersions()
	if err != nil {
		return err
	}
	if gone := firstGone(old, now); gone != nil {
		return c.withdrawn(*gone)
	}
	for _, f := range []papers.Found{old, now} {
		if f.Version.State == papers.VersionChecking {
			return papers.Errorf(papers.CodeConflict, "Version %d is still being read. Ask again in a moment.", f.Version.N)
		}
	}
	r, err := s.compare(c.ctx, old.Version.Ref(), now.Version.Ref())
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, api.OfChanges(now.Paper.ID, old.Version.N, now.Version.N, r))
}

// comparedVersions finds the two versions that the address names, as the asker may see them: the
// current one and the one before it where it names none.
func (c *call) comparedVersions() (old, now papers.Found, err error) {
	p, err := c.s.Record.Paper(c.ctx, c.audience(), c.Params("id"))
	if err != nil {
		return old, now, err
	}
	to, err := versionAsked(c.Query("to"))
	if err != nil {
		return old, now, err
	}
	from, err := versionAsked(c.Query("from"))
	if err != nil {
		return old, now, err
	}
	if to == 0 {
		v, _ := p.Current()
		to = v.N
	}
	if from == 0 {
		from = before(p, to)
	}
	if from == to || from == 0 {
		return old, now, papers.Errorf(papers.CodeNotFound, "This paper has no other version to compare with. Read it at /papers/%s.", p.ID)
	}
	for n, f := range map[int]*papers.Found{from: &old, to: &now} {
		found, err := c.s.Record.Find(c.ctx, c.audience(), []papers.VersionRef{{Paper: p.ID, N: n}})
		if err != nil {
			return old, now, fmt.Errorf("finding a version: %w", err)
		}
		if len(found) == 0 {
			return old, now, papers.ErrNotFound
		}
		*f = found[0]
	}
	return old, now, nil
}

func versionAsked(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, papers.Errorf(papers.CodeInvalid, "from and to are numbers of versions, such as from=1&to=2.")
	}
	return n, nil
}

// before is the newest version before n that can be read, or 0.
func before(p papers.Paper, n int) int {
	for _, v := range p.Versions {
		if v.N < n && v.State != papers.VersionWithdrawn {
			return v.N
		}
	}
	return 0
}

func firstGone(list ...papers.Found) *papers.Found {
	for _, f := range list {
		if f.Version.State == papers.VersionWithdrawn {
			return &f
		}
	}
	return nil
}

// compare compares the texts of two versions. The caller has checked that the asker may see both.
func (s *Server) compare(ctx context.Context, old, now papers.VersionRef) (compare.Result, error) {
	key := fmt.Sprintf("%s/%d/%d", now.Paper, old.N, now.N)
	return s.compared.get(ctx, key, func(ctx context.Context) (compare.Result, error) {
		var texts [2][]string
		for i, ref := range []papers.VersionRef{old, now} {
			var err error
			if texts[i], err = s.Record.Texts(ctx, ref); err != nil {
				return compare.Result{}, fmt.Errorf("reading the text of a version: %w", err)
			}
		}
		return compare.Texts(texts[0], texts[1]), nil
	})
}

// pageNow is the page of the newer version on which most of a page of this one stands now; the same
// number where that cannot be said.
func (c *call) pageNow(v papers.Version, newer, page int) int {
	r, err := c.s.compare(c.ctx, v.Ref(), papers.VersionRef{Paper: v.Paper, N: newer})
	if err != nil {
		if c.ctx.Err() == nil {
			c.s.Log.Warn("finding a page in a newer version", "paper", v.Paper, "err", err)
		}
		return page
	}
	return max(1, r.PageNow(page))
}
