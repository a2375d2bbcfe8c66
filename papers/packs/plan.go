package packs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"clearday/papers"
	"clearday/papers/exemption"
	"clearday/papers/pdf"
)

// Which names a pack: the papers of a meeting in one series, or what came with one supplement.
type Which struct {
	Meeting    string
	Series     papers.Series
	Supplement int // 0 is the whole
}

// format is part of what a pack is known by: a change of it makes all packs again.
const format = 1

// planned is a pack with its own first and last page numbers and the supplements that are part of it.
type planned struct {
	pdf.Pack
	first, last int
	supplements []int
}

// plan says what the pack holds now for an audience, as the record has it. It is papers.ErrNotFound while
// there is nothing in it.
func (p *Packs) plan(ctx context.Context, a papers.Audience, w Which) (planned, error) {
	r, err := p.read(ctx, a, w)
	if err != nil {
		return planned{}, err
	}
	pack := planned{}
	pack.Pack = pdf.Pack{
		Organisation: r.site.Name, Board: r.meeting.BoardName, Title: r.meeting.Name(), Where: r.meeting.Venue,
		When:    day(r.meeting.StartsAt, r.zone) + ", " + clock(r.meeting.StartsAt, r.zone) + " to " + clock(r.meeting.EndsAt, r.zone),
		Name:    "Public pack: the papers of the meeting in one file",
		Address: p.Address + "/meetings/" + r.meeting.Slug, Series: string(w.Series), Notes: notes(r.meeting, w),
	}
	if w.Series == papers.PrivateSeries {
		pack.Name, pack.Warning = "Private pack, for members of the board", "Not for publication"
	}
	for _, k := range r.ranges {
		if w.Supplement == 0 || k.Supplement == w.Supplement {
			r.place(&pack.Pack, k)
			pack.first, pack.last = cmp.Or(pack.first, k.First), k.First+k.Count-1
		}
		if k.Supplement > 0 && !slices.Contains(pack.supplements, k.Supplement) {
			pack.supplements = append(pack.supplements, k.Supplement)
		}
		pack.Pages = k.First + k.Count - 1
	}
	if len(pack.Parts) == 0 {
		return planned{}, papers.ErrNotFound
	}
	if w.Supplement > 0 {
		pack.Name = pack.Parts[0].Title
		pack.Parts[0].Title = ""
	}
	r.contents(&pack.Pack, w)
	pack.Made = r.made
	return pack, nil
}

func notes(m papers.Meeting, w Which) []string {
	var list []string
	switch m.State {
	case papers.MeetingCancelled:
		list = append(list, "This meeting is cancelled.")
	case papers.MeetingPostponed:
		list = append(list, "This meeting is postponed.")
	}
	list = append(list, "Page numbers stay with their pages for ever: what comes later is added at the end.")
	if w.Supplement > 0 {
		list = append(list, "The page numbers continue those of the whole pack.")
	}
	return list
}

// keyOf is what a pack is known by: all that it holds. What the record says differently later is another.
func keyOf(pack pdf.Pack) (string, error) {
	words, err := json.Marshal(struct {
		Format int
		Pack   pdf.Pack
	}{format, pack})
	if err != nil {
		return "", fmt.Errorf("naming a pack: %w", err)
	}
	sum := sha256.Sum256(words)
	return hex.EncodeToString(sum[:]), nil
}

// reading is what a plan is made of.
type reading struct {
	packs   *Packs
	which   Which
	site    papers.Site
	meeting papers.Meeting
	zone    *time.Location
	items   []papers.Item
	papers  map[string]papers.Paper
	ranges  []papers.PackRange
	made    time.Time // of the latest thing that shows in the pack
}

func (p *Packs) read(ctx context.Context, a papers.Audience, w Which) (*reading, error) {
	r := &reading{packs: p, which: w, papers: map[string]papers.Paper{}}
	var err error
	if r.meeting, err = p.Store.Meeting(ctx, a, w.Meeting); err != nil {
		return nil, err
	}
	if w.Series == papers.PrivateSeries && !a.SeesPrivate(r.meeting.Board) {
		return nil, papers.ErrNotFound
	}
	r.zone = r.meeting.Location()
	if r.site, err = p.Store.Site(ctx); err != nil {
		return nil, err
	}
	if err := p.Store.NumberPack(ctx, w.Meeting, w.Series); err != nil {
		return nil, err
	}
	if r.ranges, err = p.Store.PackRanges(ctx, w.Meeting, w.Series); err != nil {
		return nil, err
	}
	if r.items, err = p.Store.Items(ctx, a, w.Meeting); err != nil {
		return nil, err
	}
	list, err := p.Store.Papers(ctx, a, papers.PaperFilter{Meeting: w.Meeting})
	if err != nil {
		return nil, err
	}
	for _, paper := range list {
		r.papers[paper.ID] = paper
	}
	for _, k := range r.ranges { // a paper of which all is withdrawn is not in the list
		if _, ok := r.papers[k.Paper]; ok || k.Paper == "" {
			continue
		}
		paper, err := p.Store.Paper(ctx, a, k.Paper)
		if errors.Is(err, papers.ErrNotFound) || papers.CodeOf(err) == papers.CodeGone {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.papers[paper.ID] = paper
	}
	return r, nil
}

// place puts a range of page numbers where it belongs.
func (r *reading) place(pack *pdf.Pack, k papers.PackRange) {
	r.later(&k.At)
	title := r.partTitle(k)
	if n := len(pack.Parts); n == 0 || pack.Parts[n-1].Title != title {
		pack.Parts = append(pack.Parts, pdf.PackPart{Title: title})
	}
	part := &pack.Parts[len(pack.Parts)-1]
	if k.Paper == "" {
		item := r.item(k.Item)
		part.Sections = append(part.Sections, pdf.PackSection{Item: k.Item, Number: item.Number, Title: item.Title, First: k.First})
		return
	}
	section := &part.Sections[len(part.Sections)-1]
	section.Papers = append(section.Papers, r.paper(k))
}

// partTitle says with what a range came, unless it came first.
func (r *reading) partTitle(k papers.PackRange) string {
	switch {
	case k.Supplement > 0:
		return fmt.Sprintf("Supplement %d, published %s", k.Supplement, day(k.At, r.zone))
	case k.At.Equal(r.ranges[0].At):
		return ""
	case r.which.Series == papers.PrivateSeries:
		return "Added " + day(k.At, r.zone)
	}
	return "Published " + day(k.At, r.zone)
}

func (r *reading) item(id string) papers.Item {
	for _, i := range r.items {
		if i.ID == id {
			return i
		}
	}
	return papers.Item{Title: "An item that is not on the agenda any more"}
}

// paper says what stands at the numbers of a version: its pages, or why they are not there.
func (r *reading) paper(k papers.PackRange) pdf.PackPaper {
	out := pdf.PackPaper{First: k.First, Count: k.Count, Title: "A paper"}
	paper, known := r.papers[k.Paper]
	if known {
		out.Title = paper.Title
	}
	if k.N > 1 {
		out.Note = fmt.Sprintf("Version %d", k.N)
	}
	n := slices.IndexFunc(paper.Versions, func(v papers.Version) bool { return v.N == k.N })
	if !known || n < 0 {
		out.Gone = "This paper is not for you to read, or is not there any more."
		if r.which.Series == papers.PublicSeries {
			out.Gone = "This paper is not public any more."
		}
		return out
	}
	v := paper.Versions[n]
	out.Address = fmt.Sprintf("%s/papers/%s/v/%d", r.packs.Address, v.Paper, v.N)
	switch {
	case v.State == papers.VersionWithdrawn:
		out.Gone = "This paper was withdrawn."
		if v.WithdrawnAt != nil {
			r.later(v.WithdrawnAt)
			out.Gone = "Withdrawn on " + day(*v.WithdrawnAt, r.zone) + "."
		}
		if v.WithdrawnWhy != "" {
			out.Gone += " Why: " + v.WithdrawnWhy
		}
		return out
	case v.File == "" || r.moved(paper, v):
		out.Gone = "This paper is in the other pack of the meeting."
		return out
	}
	out.Path = r.packs.Path(v.File)
	out.Mark = r.mark(paper, v)
	return out
}

// moved tells that a version changed sides since it got its numbers: a private one that was released is
// read in the public pack.
func (r *reading) moved(paper papers.Paper, v papers.Version) bool {
	item := r.item(paper.Item)
	private := paper.Private || v.Private || item.Private && paper.ReleasedAt == nil
	return private != (r.which.Series == papers.PrivateSeries)
}

// mark is what each page of a version says beside its number.
func (r *reading) mark(paper papers.Paper, v papers.Version) string {
	var says []string
	if later := r.supersededBy(v); later > 0 {
		says = append(says, fmt.Sprintf("Superseded: see page %s%d", r.which.Series, later))
	}
	if r.which.Series == papers.PrivateSeries { // rules.md N-6: each copy names what it is withheld for
		grounds := paper.Grounds
		if !grounds.Chosen() {
			grounds = r.item(paper.Item).Grounds
		}
		says = append(says, exemption.Mark(grounds))
	}
	switch len(says) {
	case 0:
		return ""
	case 1:
		return says[0]
	}
	return says[0] + ". " + says[1]
}

// supersededBy is the page where a later version begins that is there to be read, 0 for none.
func (r *reading) supersededBy(v papers.Version) int {
	page := 0
	for _, k := range r.ranges {
		if k.Paper != v.Paper || k.N <= v.N {
			continue
		}
		for _, other := range r.papers[v.Paper].Versions {
			if other.N == k.N && other.State != papers.VersionWithdrawn && other.File != "" {
				page = k.First
			}
		}
	}
	return page
}

// contents lists the agenda: in the public pack all of it, else the items that the pack holds papers of.
func (r *reading) contents(pack *pdf.Pack, w Which) {
	held := map[string]bool{}
	for _, part := range pack.Parts {
		for _, s := range part.Sections {
			held[s.Item] = true
		}
	}
	whole := w.Series == papers.PublicSeries && w.Supplement == 0
	for _, i := range r.items {
		r.later(i.PublishedAt)
		if !held[i.ID] && (!whole || i.PublishedAt == nil) {
			continue
		}
		entry := pdf.PackItem{ID: i.ID, Number: i.Number, Title: i.Title}
		switch {
		case i.Private && w.Series == papers.PublicSeries:
			entry.Note = cmp.Or(i.Exemption, "Private item")
		case !held[i.ID]:
			entry.Note = "No paper"
		}
		pack.Agenda = append(pack.Agenda, entry)
		delete(held, i.ID)
	}
	for _, part := range pack.Parts { // items that were taken off the agenda since
		for _, s := range part.Sections {
			if held[s.Item] {
				pack.Agenda = append(pack.Agenda, pdf.PackItem{ID: s.Item, Number: s.Number, Title: s.Title})
				delete(held, s.Item)
			}
		}
	}
}

// later moves the date of the pack, which is that of the latest thing in it: the same record gives the
// same date.
func (r *reading) later(at *time.Time) {
	if at != nil && at.After(r.made) {
		r.made = *at
	}
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("Monday 2 January 2006") }

func clock(t time.Time, zone *time.Location) string {
	if t = t.In(zone); t.Hour() == 12 && t.Minute() == 0 {
		return "noon"
	}
	return t.Format("3:04pm")
}
