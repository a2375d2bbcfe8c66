// Package compare says what changed between two versions of a paper: passages that were added,
// removed, changed or moved, each with its page in both. It compares words; pictures and layout it
// does not see.
//
// The way of a comparison: the pages of each version become passages (passage.go), equal passages
// are aligned (align.go), and what is left over on either side is told apart here. Passages know
// their page, so a place in the old version can be found again in the new one although a supplement
// moved every page.
package compare

import "strings"

// Kind is what happened to a passage.
type Kind string

// The kinds of change.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed" // some of its words are new or gone
	Moved   Kind = "moved"   // the same words stand elsewhere
)

// Change is one thing that differs. Old is empty for what was added, New for what was removed.
type Change struct {
	Kind     Kind
	Old, New Passage
	// Spans are the words of a Changed passage in reading order: kept, removed and added ones.
	Spans []Span
}

// Page is where a reader of the new version looks for the change: its page there, else the page
// that came before it.
func (c Change) Page() int { return c.New.Page }

// Span is a run of words with one fate: Added, Removed, or "" for kept.
type Span struct {
	Kind Kind
	Text string
}

// Result is what differs between two versions, in the order of the new one.
type Result struct {
	Changes  []Change
	OldPages int
	NewPages int
	// Unread are the pages without any words, such as scans: they cannot be compared.
	OldUnread, NewUnread []int

	now []int // for each old page, from 1 at index 0, where most of it stands now
}

// PageNow is the page of the new version on which most of an old page stands now; where nothing of
// it is left, the place where it would be. It is 0 for a page that the old version does not have.
func (r Result) PageNow(old int) int {
	if old < 1 || old > len(r.now) {
		return 0
	}
	return r.now[old-1]
}

// Count gives how many changes are of the kind.
func (r Result) Count(k Kind) int {
	n := 0
	for _, c := range r.Changes {
		if c.Kind == k {
			n++
		}
	}
	return n
}

// Bytes is about what the result takes in memory.
func (r Result) Bytes() int {
	n := 8 * len(r.now)
	for _, c := range r.Changes {
		n += 200 + 2*len(c.Old.Text) + 2*len(c.New.Text)
	}
	return n
}

// Pages are the pages of the new version that hold a change, in order.
func (r Result) Pages() []int {
	var pages []int
	for _, c := range r.Changes {
		if n := c.Page(); len(pages) == 0 || pages[len(pages)-1] != n {
			pages = append(pages, n)
		}
	}
	return pages
}

// Texts compares the texts of the pages of two versions; index 0 is page 1.
func Texts(old, new []string) Result {
	c := comparison{old: passages(old), new: passages(new), at: 1}
	c.align()
	c.findMoved()
	c.gaps(func(removed, added []int) { c.pairAlike(removed, added, likeHalf) })
	c.gaps(c.findMovedAndChanged())
	c.gaps(c.tell)
	return Result{Changes: joined(c.changes), OldPages: len(old), NewPages: len(new),
		OldUnread: unread(old), NewUnread: unread(new), now: c.pagesNow(len(old), len(new))}
}

// comparison is one comparison under way.
type comparison struct {
	old, new []Passage
	toNew    []int // for each old passage the new one that it became, or none
	toOld    []int
	moved    []bool // of old passages: found by findMoved
	at       int    // page of the new version that the telling has come to
	changes  []Change
}

const none = -1

func (c *comparison) align() {
	c.toNew, c.toOld, c.moved = filled(len(c.old)), filled(len(c.new)), make([]bool, len(c.old))
	for _, p := range align(keys(c.old), keys(c.new)) {
		c.pair(p[0], p[1])
	}
}

func (c *comparison) pair(o, n int) { c.toNew[o], c.toOld[n] = n, o }

func filled(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = none
	}
	return s
}

// moveWords is the fewest words that make a passage the same one elsewhere: "Noted." is no move.
const moveWords = 6

// findMoved pairs passages that left one place and came to another with all their words.
func (c *comparison) findMoved() {
	gone := map[string][]int{}
	for o, p := range c.old {
		if c.toNew[o] == none && p.words() >= moveWords {
			gone[p.key] = append(gone[p.key], o)
		}
	}
	for n, p := range c.new {
		if left := gone[p.key]; c.toOld[n] == none && len(left) > 0 {
			c.pair(left[0], n)
			c.moved[left[0]] = true
			gone[p.key] = left[1:]
		}
	}
}

// gaps walks along the aligned passages and hands over what lies between them: the old passages that
// are left, and the new ones that were not there.
func (c *comparison) gaps(each func(removed, added []int)) {
	for o, n := 0, 0; o < len(c.old) || n < len(c.new); o, n = o+1, n+1 {
		var removed, added []int
		for ; o < len(c.old) && (c.toNew[o] == none || c.apart(o)); o++ {
			if !c.moved[o] {
				removed = append(removed, o)
			}
		}
		for ; n < len(c.new) && (c.toOld[n] == none || c.apart(c.toOld[n])); n++ {
			added = append(added, n)
		}
		each(removed, added)
		if n < len(c.new) {
			c.at = c.new[n].Page // of the aligned pair that ends the gap
		}
	}
}

// apart tells that an old passage has a partner, but not the same words in the same place.
func (c *comparison) apart(o int) bool { return c.moved[o] || c.old[o].key != c.new[c.toNew[o]].key }

// tell writes the changes of a gap in the order of the new version.
func (c *comparison) tell(removed, added []int) {
	for _, o := range removed {
		n := c.toNew[o]
		if n == none {
			if len(added) > 0 {
				c.at = c.new[added[0]].Page
			}
			c.changes = append(c.changes, Change{Kind: Removed, Old: c.old[o], New: Passage{Page: c.at}})
			continue
		}
		for added[0] <= n {
			c.arrived(added[0])
			if added = added[1:]; len(added) == 0 {
				break
			}
		}
	}
	for _, n := range added {
		c.arrived(n)
	}
}

// arrived tells what a new passage that is not where it was, or as it was, came from.
func (c *comparison) arrived(n int) {
	change := Change{Kind: Added, New: c.new[n]}
	if o := c.toOld[n]; o != none {
		change.Kind, change.Old = Moved, c.old[o]
		if c.old[o].key != c.new[n].key {
			change.Kind, change.Spans = Changed, spans(c.old[o].Text, c.new[n].Text)
		}
	}
	c.at = change.New.Page
	c.changes = append(c.changes, change)
}

// Two passages in one place are one that changed when at least likeHalf of their words are shared,
// in different places likeMost. Past tooMany pairs nothing is tried: then nearly everything is new,
// and pairs would be chance.
const (
	likeHalf = 0.5
	likeMost = 0.8
	tooMany  = 1 << 18
)

// pairAlike pairs the removed and added passages of a gap that share enough of their words, in order.
func (c *comparison) pairAlike(removed, added []int, enough float64) {
	if len(removed)*len(added) > tooMany {
		return
	}
	from := 0
	for _, o := range removed {
		if i := c.mostAlike(o, added[from:], enough); i != none {
			c.pair(o, added[from+i])
			from += i + 1
		}
	}
}

// mostAlike is the index of the new passage without a partner that shares most words with an old
// one, and enough of them; none where there is none.
func (c *comparison) mostAlike(o int, added []int, enough float64) int {
	best, most := none, enough
	for i, n := range added {
		if c.toOld[n] != none {
			continue
		}
		if s := shared(c.old[o], c.new[n]); s >= most && (best == none || s > most) {
			best, most = i, s
		}
	}
	return best
}

// findMovedAndChanged pairs what left one place with what came to another with most of its words.
// It is handed all gaps before it pairs.
func (c *comparison) findMovedAndChanged() func(removed, added []int) {
	var came []int
	for n, p := range c.new {
		if c.toOld[n] == none && p.words() >= moveWords {
			came = append(came, n)
		}
	}
	return func(removed, _ []int) {
		if len(removed)*len(came) > tooMany {
			return
		}
		for _, o := range removed {
			if c.toNew[o] != none || c.old[o].words() < moveWords {
				continue
			}
			if i := c.mostAlike(o, came, likeMost); i != none {
				c.pair(o, came[i])
				c.moved[o] = true
			}
		}
	}
}

// shared is the part of their words that two passages have in common, from 0 to 1.
func shared(a, b Passage) float64 {
	left, both := map[string]int{}, 0
	wa, wb := strings.Fields(a.key), strings.Fields(b.key)
	for _, w := range wa {
		left[w]++
	}
	for _, w := range wb {
		if left[w] > 0 {
			left[w]--
			both++
		}
	}
	return 2 * float64(both) / float64(max(1, len(wa)+len(wb)))
}

// spans cuts a changed passage into kept, removed and added words.
func spans(old, new string) []Span {
	a, b := strings.Fields(old), strings.Fields(new)
	var list []Span
	add := func(k Kind, words []string) {
		if text := strings.Join(words, " "); text != "" {
			list = append(list, Span{Kind: k, Text: text})
		}
	}
	i, j := 0, 0
	kept := 0 // words before i and j that are the same and not yet written
	for _, p := range append(align(a, b), [2]int{len(a), len(b)}) {
		if p[0] > i || p[1] > j {
			add("", b[j-kept:j])
			add(Removed, a[i:p[0]])
			add(Added, b[j:p[1]])
			kept = 0
		}
		i, j, kept = p[0]+1, p[1]+1, kept+1
	}
	if kept--; kept > 0 { // without the pair that stands for the end
		add("", b[len(b)-kept:])
	}
	return list
}

// joined makes one change of neighbours with one fate and one page, as a reader sees them.
func joined(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		if k := len(out) - 1; k >= 0 && c.Kind != Changed && out[k].Kind == c.Kind && out[k].Old.Page == c.Old.Page && out[k].New.Page == c.New.Page {
			out[k].Old.Text = strings.TrimSpace(out[k].Old.Text + "\n" + c.Old.Text)
			out[k].New.Text = strings.TrimSpace(out[k].New.Text + "\n" + c.New.Text)
			continue
		}
		out = append(out, c)
	}
	return out
}

// pagesNow finds for each old page the new page that holds most of its words.
func (c *comparison) pagesNow(oldPages, newPages int) []int {
	votes := make([]map[int]int, oldPages)
	for o, n := range c.toNew {
		if n == none {
			continue
		}
		v := &votes[c.old[o].Page-1]
		if *v == nil {
			*v = map[int]int{}
		}
		(*v)[c.new[n].Page] += c.new[n].words()
	}
	now, last := make([]int, oldPages), min(1, newPages)
	for i, v := range votes {
		most := 0
		for page, n := range v {
			if n > most || n == most && page < last {
				most, last = n, page
			}
		}
		now[i] = last
	}
	return now
}

func unread(pages []string) (list []int) {
	for i, text := range pages {
		if strings.TrimSpace(text) == "" {
			list = append(list, i+1)
		}
	}
	return list
}
