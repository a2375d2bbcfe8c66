package server

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/papers/packs"
	"clearday/search"
	"clearday/server/auth"
	"clearday/server/page"
	"clearday/static"
)

// The members' area: the public and private papers of a member's boards, to be read on a tablet. What a
// member opened there is kept on the device by a service worker (static/member/worker.js), never by the
// browser's own cache: its answers stay no-store.

// keptAfter is how long after a meeting its papers stay on the devices of members.
const keptAfter = 7 * 24 * time.Hour

// keptUntil is when the papers of a meeting go from the devices of members.
func keptUntil(m papers.Meeting) time.Time { return m.EndsAt.Add(keptAfter) }

// keeper is the header that lets the service worker keep an answer: for whom, and until when.
const keeper = "Clearday-Keep"

// mayKeep lets the device keep the answer, as long as papers of the meeting are kept at all.
func (c *call) mayKeep(until time.Time) {
	if until.After(c.s.Now()) {
		c.Set(keeper, c.keepKey()+" "+strconv.FormatInt(until.UnixMilli(), 10))
	}
}

// keepKey stands for the person on their device, so that nobody reads there what another one opened.
func (c *call) keepKey() string { return auth.HashSecret("keep " + c.person.ID)[:16] }

// memberMeetings answers GET /desk/member/meetings.
func (s *Server) memberMeetings(c *call) error {
	base, err := c.base("Your meetings", "member")
	if err != nil {
		return err
	}
	list, err := s.meetingsOfMember(c, s.Now().AddDate(0, 0, -60))
	if err != nil {
		return err
	}
	p := page.MemberMeetings{Base: base}
	for _, m := range list {
		row := page.NewMeetingRow(m)
		row.URL = "/desk/member/meetings/" + m.Slug
		if over(m, s.Now()) {
			p.Past = append(p.Past, row)
		} else {
			p.Coming = append(p.Coming, row)
		}
	}
	slices.Reverse(p.Past)
	c.mayKeep(s.Now().Add(keptAfter))
	return c.render(fiber.StatusOK, p)
}

// meetingsOfMember are the meetings that begin after a moment, of the boards whose private papers the
// person reads, in order.
func (s *Server) meetingsOfMember(c *call, from time.Time) ([]papers.Meeting, error) {
	boards, err := s.boardsFor(c, auth.SeePrivate)
	if err != nil {
		return nil, err
	}
	var all []papers.Meeting
	for _, b := range boards {
		list, _, err := s.Record.Meetings(c.ctx, c.audience(), papers.MeetingFilter{Board: b.Slug, From: from, Limit: 200})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b papers.Meeting) int { return a.StartsAt.Compare(b.StartsAt) })
	return all, nil
}

// memberMeeting answers GET /desk/member/meetings/:slug.
func (s *Server) memberMeeting(c *call) error {
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	base, err := c.base(m.NameAndDay(), "member")
	if err != nil {
		return err
	}
	p := page.MemberMeeting{Base: base, Meeting: m, Zone: m.Location(), Keep: s.keep(m)}
	if err := c.fillPrivatePack(&p); err != nil {
		return err
	}
	ranges, err := s.Record.PackRanges(c.ctx, m.Slug, papers.PrivateSeries)
	if err != nil {
		return err
	}
	items, err := s.Record.Items(c.ctx, c.audience(), m.Slug)
	if err != nil {
		return err
	}
	list, err := s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: m.Slug})
	if err != nil {
		return err
	}
	conflicts, err := s.Record.Conflicts(c.ctx, m.Slug)
	if err != nil {
		return err
	}
	for _, i := range items {
		row := page.MemberItem{Item: i, Withheld: withheldSays(conflicts, c.person.ID, i.ID)}
		for _, paper := range list {
			if v, ok := paper.Current(); ok && paper.Item == i.ID && v.State != papers.VersionWithdrawn {
				row.Papers = append(row.Papers, memberPaper(paper, v, ranges))
				p.Papers++
			}
		}
		p.Items = append(p.Items, row)
	}
	c.mayKeep(keptUntil(m))
	return c.render(fiber.StatusOK, p)
}

func (s *Server) keep(m papers.Meeting) page.Keep {
	k := page.Keep{Zone: m.Location()}
	if until := keptUntil(m); until.After(s.Now()) {
		k.Until = until
	}
	return k
}

// fillPrivatePack offers the private papers in one file: without those that are withheld from this member.
func (c *call) fillPrivatePack(p *page.MemberMeeting) error {
	found, err := c.s.Packs.Find(c.ctx, c.audience(), packs.Which{Meeting: p.Meeting.Slug, Series: papers.PrivateSeries})
	if papers.CodeOf(err) == papers.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	link := page.NewPackLink("/desk/member/meetings/"+p.Meeting.Slug+"/private.pdf", "Private pack", found)
	p.Pack = &link
	return nil
}

// memberPack answers GET /desk/member/meetings/:slug/private.pdf: the private papers in one file, each page
// numbered in the series R and marked (N-6), made for what this member may read.
func (s *Server) memberPack(c *call) error {
	w := packs.Which{Meeting: c.Params("slug"), Series: papers.PrivateSeries}
	found, err := s.Packs.Find(c.ctx, c.audience(), w)
	if err != nil {
		return err
	}
	if err := c.sendPack(found, w, c.audience()); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return nil
}

func memberPaper(p papers.Paper, v papers.Version, ranges []papers.PackRange) page.MemberPaper {
	m := page.MemberPaper{URL: memberAddress(v.Ref()), Title: p.Title, Facts: page.FileFacts(v), Private: p.Private || v.Private}
	if first := firstPage(ranges, v.Ref()); first > 0 {
		m.Pages = fmt.Sprintf("R%d to R%d", first, first+v.Pages-1)
		if v.Pages == 1 {
			m.Pages = fmt.Sprintf("R%d", first)
		}
	}
	return m
}

// firstPage is the number of the first page of a version in a pack, or 0.
func firstPage(ranges []papers.PackRange, ref papers.VersionRef) int {
	for _, k := range ranges {
		if k.Ref() == ref {
			return k.First
		}
	}
	return 0
}

func memberAddress(r papers.VersionRef) string { return "/desk/member" + versionAddress(r) }

// withheldSays tells a member what of an item is not here for them, and why. It names no paper.
func withheldSays(conflicts []papers.Conflict, person, item string) []string {
	var says []string
	for _, k := range conflicts {
		if k.Item != item || !k.Keeps(person) {
			continue
		}
		what := "The private matter of this item is"
		if k.Paper != "" {
			what = "A paper of this item is"
		}
		says = append(says, what+" withheld from you, because you declared an interest ("+k.CategorySays()+"). If that is wrong, tell the board secretary.")
	}
	return says
}

// memberPaperShow answers GET /desk/member/papers/:id/v/:n: the whole paper on one page.
func (s *Server) memberPaperShow(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	texts, err := s.Record.Texts(c.ctx, f.Version.Ref())
	if err != nil {
		return fmt.Errorf("reading the text of a paper: %w", err)
	}
	base, err := c.base(f.Paper.Title, "member")
	if err != nil {
		return err
	}
	p := page.MemberPaperShow{Base: base, Zone: f.Meeting.Location(), Meeting: f.Meeting, Item: f.Item, Paper: f.Paper, Version: f.Version,
		Keep: s.keep(f.Meeting), Ratio: page.NewRatio(f.Version)}
	first := 0
	if private(f) {
		p.Mark = exemption.Mark(groundsOf(f))
		if err := s.Record.NumberPack(c.ctx, f.Meeting.Slug, papers.PrivateSeries); err != nil {
			return err
		}
		ranges, err := s.Record.PackRanges(c.ctx, f.Meeting.Slug, papers.PrivateSeries)
		if err != nil {
			return err
		}
		first = firstPage(ranges, f.Version.Ref())
	}
	for n := 1; n <= f.Version.Pages; n++ {
		leaf := page.Leaf{N: n, Image: fmt.Sprintf("%s/pages/%d.jpg?w=1200", memberAddress(f.Version.Ref()), n)}
		if first > 0 {
			leaf.Label = fmt.Sprintf("R%d", first+n-1)
		}
		if n <= len(texts) {
			leaf.Text = page.Readable(texts[n-1], search.Query{})
		}
		p.Leaves = append(p.Leaves, leaf)
	}
	c.mayKeep(keptUntil(f.Meeting))
	return c.render(fiber.StatusOK, p)
}

// private tells that the version is for members only.
func private(f papers.Found) bool {
	return f.Paper.Private || f.Version.Private || f.Item.Private && f.Paper.ReleasedAt == nil
}

// groundsOf are those of the paper itself, else of its item.
func groundsOf(f papers.Found) papers.Grounds {
	if f.Paper.Grounds.Chosen() {
		return f.Paper.Grounds
	}
	return f.Item.Grounds
}

// memberImage answers GET /desk/member/papers/:id/v/:n/pages/:p.jpg.
func (s *Server) memberImage(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if err := s.paperImage(c); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.mayKeep(keptUntil(f.Meeting))
	return nil
}

// memberKept answers GET /desk/member/kept: what the person's device may keep now. The service worker
// asks at every contact, and lets go of everything else: what was withdrawn, or is withheld since.
func (s *Server) memberKept(c *call) error {
	var answer struct {
		Person string   `json:"person"`
		Keep   []string `json:"keep"` // addresses, each with all below it
	}
	answer.Person, answer.Keep = c.keepKey(), []string{}
	list, err := s.meetingsOfMember(c, s.Now().Add(-keptAfter-24*time.Hour))
	if err != nil {
		return err
	}
	for _, m := range list {
		if !keptUntil(m).After(s.Now()) {
			continue
		}
		answer.Keep = append(answer.Keep, "/desk/member/meetings/"+m.Slug)
		all, err := s.Record.Papers(c.ctx, c.audience(), papers.PaperFilter{Meeting: m.Slug})
		if err != nil {
			return err
		}
		for _, p := range all {
			for _, v := range p.Versions {
				if v.State != papers.VersionWithdrawn {
					answer.Keep = append(answer.Keep, memberAddress(v.Ref()))
				}
			}
		}
	}
	return c.ok(fiber.StatusOK, answer)
}

// memberWorker answers GET /desk/member/worker.js. Its address is its scope: it never sees a request of
// a page outside the members' area.
func (s *Server) memberWorker(c *call) error {
	address, ok := static.Asset("worker.js")
	if !ok {
		return fiber.ErrNotFound
	}
	content, _ := static.File(address)
	return sendAsset(c, content, "no-cache")
}
