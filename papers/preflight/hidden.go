package preflight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"

	"clearday/papers"
	"clearday/papers/pdf"
)

const (
	glance    = 36  // dots an inch at which every page is drawn
	stare     = 108 // and those where something seems hidden
	atOnce    = 40  // pages drawn before they are compared
	atHand    = 3   // pages apart that are drawn in one go, since each go costs as much as a page or two
	leastPage = 20  // words of a scanned page
	leastWord = 4   // letters that tell somebody something
	leastGap  = 6.0 // points: the gaps between letters are smaller
)

// hidden is a word that a program can copy and nobody sees.
type hidden struct {
	page int
	word pdf.Word
	how  cover
}

type cover int

const (
	covered  cover = iota // something is drawn over it
	sameInk               // it has the colour of what is behind it
	darkScan              // recognised text under a black area of a scan
)

// sight draws a file with and without its text. What looks the same both ways where a word stands does not
// show that word, whatever the reason: a box, a picture or a pattern drawn over it, a layer, its colour
// (rules.md 5.4: Lichfield 2023).
type sight struct {
	*Checker
	path     string
	bare     string           // path of the file without its text
	pages    []pdf.Page       // with the words of each page
	quiet    map[string]quiet // the streams that hide nothing
	contents [][]string       // the streams of each page
	scan     []map[place]bool // words that are invisible by themselves, by page; nil when there are none
}

// place tells words of one page apart, to a point.
type place struct{ x, y int }

func placeOf(w pdf.Word) place { return place{int(math.Round(w.XMin)), int(math.Round(w.YMin))} }

// hidden finds the hidden words of the file, on the pages where there can be any.
func (s *sight) hidden(ctx context.Context, o *objects) (all []hidden, err error) {
	need := quietPages(o, s.contents, s.quiet, s.pages)
	for i, quiet := range need {
		need[i] = !quiet && len(s.pages[i].Words) > 0
	}
	for first := 1; first <= len(need); first++ {
		if !need[first-1] {
			continue
		}
		last := first
		for n := first + 1; n <= len(need) && n < first+atOnce && n <= last+atHand; n++ {
			if need[n-1] {
				last = n
			}
		}
		found, err := s.compare(ctx, first, last)
		if err != nil {
			return nil, err
		}
		all, first = append(all, found...), last
	}
	return all, nil
}

// undress writes the file without its text, and finds the words that are left: those of scans.
func (s *sight) undress(ctx context.Context) error {
	to, err := os.CreateTemp("", "clearday-bare-*.pdf")
	if err != nil {
		return fmt.Errorf("keeping a file without text: %w", err)
	}
	s.bare = to.Name()
	seen, err := s.strip(ctx, to)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	s.quiet = seen.quiet
	if s.contents, err = s.Tools.Contents(ctx, s.bare); err != nil || !seen.invisible {
		return err
	}
	s.scan = []map[place]bool{}
	return s.Tools.AllWords(ctx, s.bare, func(_ int, p pdf.Page) error {
		if len(s.scan) == maxPages {
			return nil
		}
		words := map[place]bool{}
		for _, w := range p.Words {
			words[placeOf(w)] = true
		}
		s.scan = append(s.scan, words)
		return nil
	})
}

func (s *sight) strip(ctx context.Context, to io.Writer) (stripped, error) {
	from, feed := io.Pipe()
	var group errgroup.Group
	group.Go(func() error {
		err := s.Tools.Plain(ctx, s.path, feed)
		feed.CloseWithError(err)
		return err
	})
	seen, err := removeText(from, to)
	from.CloseWithError(err)
	return seen, errors.Join(group.Wait(), err)
}

// draw draws some pages twice: as they are, and without their text.
func (s *sight) draw(ctx context.Context, first, last, dpi int, colour bool) (with, without []pdf.Raster, err error) {
	group, ctx := errgroup.WithContext(ctx)
	one := func(path string, to *[]pdf.Raster) {
		group.Go(func() error {
			return s.Tools.Draw(ctx, path, first, last, dpi, colour, func(_ int, p pdf.Raster) error {
				*to = append(*to, p)
				return nil
			})
		})
	}
	one(s.path, &with)
	one(s.bare, &without)
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	if len(with) != last-first+1 || len(without) != len(with) {
		return nil, nil, &papers.Unreadable{Sentence: "Some pages of this PDF cannot be drawn, so nobody can check them. Make it again from the original document and upload the new copy."}
	}
	return with, without, nil
}

// compare glances at some pages, and stares at those where something seems hidden.
func (s *sight) compare(ctx context.Context, first, last int) (all []hidden, err error) {
	with, without, err := s.draw(ctx, first, last, glance, false)
	if err != nil {
		return nil, err
	}
	for i := range with {
		n := first + i
		v := view{with: with[i], without: without[i], dpi: glance}
		if len(s.unseen(n, v)) == 0 {
			continue
		}
		close, bare, err := s.draw(ctx, n, n, stare, true)
		if err != nil {
			return nil, err
		}
		all = append(all, s.unseen(n, view{with: close[0], without: bare[0], dpi: stare})...)
	}
	return all, nil
}

// unseen gives the words of a page that do not show in the view. Where nearly every word is behind a
// picture the page is a scan, whose picture shows what the words say: there only words count that lie
// behind a dark area.
func (s *sight) unseen(n int, v view) []hidden {
	var list []hidden
	words, behind := 0, 0
	for _, w := range s.pages[n-1].Words {
		if letters(w.Text) == 0 {
			continue
		}
		words++
		ground := v.ground(w)
		switch {
		case s.isScan(n, w):
			if ground.plain && ground.dark {
				list = append(list, hidden{n, w, darkScan})
			}
		case v.shows(w):
		case ground.plain && v.isPaper(ground):
			list = append(list, hidden{n, w, sameInk})
		default:
			if !ground.plain {
				behind++
			}
			list = append(list, hidden{n, w, covered})
		}
	}
	if words < leastPage || behind*10 < words*8 {
		return list
	}
	kept := list[:0]
	for _, h := range list {
		if g := v.ground(h.word); g.plain && g.dark {
			kept = append(kept, hidden{n, h.word, darkScan})
		}
	}
	return kept
}

func (s *sight) isScan(n int, w pdf.Word) bool {
	return n <= len(s.scan) && s.scan[n-1][placeOf(w)]
}

// letters counts the letters and digits of a word.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// hiddenSays are the sentences, by how words are hidden. They never repeat the words.
var hiddenSays = map[cover]struct{ code, one, more, rest string }{
	covered:  {"covered_text", "A word that is covered can still be read.", "%d words that are covered can still be read.", "Anybody can select and copy what lies under the cover: a box on top does not redact. The words are not shown here or kept. Remove them in the original document, then make the PDF again."},
	sameInk:  {"unseen_text", "A word has the colour of the paper and can still be read.", "%d words have the colour of the paper and can still be read.", "Nobody sees them, but anybody can select and copy them. The words are not shown here or kept. Remove them in the original document, then make the PDF again."},
	darkScan: {"scanned_text", "A word under a black area of the scan can still be read.", "%d words under a black area of the scan can still be read.", "They are in the recognised text behind the picture. The words are not shown here or kept. Redact first, then have the text recognised."},
}

// hiddenFindings makes one finding a page and kind, with the boxes of its words joined by lines.
func hiddenFindings(all []hidden) []papers.Finding {
	type key struct {
		page int
		how  cover
	}
	groups := map[key][]pdf.Word{}
	var order []key
	for _, h := range all {
		k := key{h.page, h.how}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], h.word)
	}
	var list []papers.Finding
	for _, k := range order {
		words := groups[k]
		n := 0
		for _, w := range words {
			if !isLabel(w.Text) {
				n += letters(w.Text)
			}
		}
		if n < 2 {
			continue // a stray letter tells nobody anything
		}
		says := hiddenSays[k.how]
		head := says.one
		if len(words) > 1 {
			head = fmt.Sprintf(says.more, len(words))
		}
		level := papers.LevelBlock
		if n < leastWord {
			level = papers.LevelWarn // a stray number of a page, as a rule
		}
		list = append(list, papers.Finding{Code: says.code, Level: level, Blocks: level == papers.LevelBlock, Page: k.page, Boxes: boxes(words),
			Message: head + " " + says.rest})
	}
	return list
}

// isLabel knows the words that tools for redaction write on their boxes, black on black at times.
func isLabel(word string) bool {
	switch strings.ToLower(strings.Trim(word, "()[]., ")) {
	case "redacted", "privilege", "privileged", "confidential", "sealed", "exempt", "withheld":
		return true
	}
	return false
}

// maxBoxes bounds the places of one finding.
const maxBoxes = 100

// boxes gives the places of words, those side by side as one.
func boxes(words []pdf.Word) []papers.Box {
	var list []papers.Box
	for _, w := range words {
		b := papers.Box{XMin: w.XMin, YMin: w.YMin, XMax: w.XMax, YMax: w.YMax}
		if n := len(list); n > 0 {
			last := &list[n-1]
			if math.Abs(last.YMin-b.YMin) < 3 && b.XMin >= last.XMin && b.XMin-last.XMax < 12 {
				last.XMax, last.YMin, last.YMax = max(last.XMax, b.XMax), min(last.YMin, b.YMin), max(last.YMax, b.YMax)
				continue
			}
		}
		if len(list) == maxBoxes {
			break
		}
		list = append(list, b)
	}
	return list
}
