package livestream

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clearday/papers"
)

// WordLists are the words that each board has marked for its moderators.
type WordLists interface {
	// Words of the board; those of the site, whose board is "", until it has its own. own tells which.
	Words(ctx context.Context, board string) (w Words, own bool, err error)
	// SetWords changes them; nil lets a board follow the site.
	SetWords(ctx context.Context, board string, w *Words, c papers.Change) error
}

// Words are what a board wants pointed out in what people write.
type Words struct {
	Names  []string `json:"names"`  // of staff and other people
	Look   []string `json:"look"`   // that deserve a second look
	Urgent []string `json:"urgent"` // that put a contribution into the urgent queue
}

// The kinds of mark that listed words make, and their bounds.
const (
	MarkName   = "name"
	MarkLook   = "look"
	MarkUrgent = "urgent"

	maxWords = 500 // of one kind
	maxWord  = 80
)

// Tidy checks a list as entered: one word or phrase each, no doubles.
func (w *Words) Tidy() error {
	for _, list := range []*[]string{&w.Names, &w.Look, &w.Urgent} {
		kept, seen := []string{}, map[string]bool{}
		for _, word := range *list {
			word = strings.Join(strings.Fields(word), " ")
			if low := strings.ToLower(word); word != "" && !seen[low] {
				seen[low] = true
				kept = append(kept, word)
			}
			if utf8.RuneCountInString(word) > maxWord {
				return papers.Errorf(papers.CodeInvalid, "“%.20s…” is longer than %d characters. List words and short phrases.", word, maxWord)
			}
		}
		if len(kept) > maxWords {
			return papers.Errorf(papers.CodeInvalid, "A list can hold %d words. This one has %d.", maxWords, len(kept))
		}
		*list = kept
	}
	return nil
}

// Finder looks for the listed words in texts.
type Finder struct{ kinds []finderKind }

type finderKind struct {
	kind    string
	pattern *regexp.Regexp
}

// Finder makes one of the lists.
func (w Words) Finder() Finder {
	var f Finder
	for _, l := range []struct {
		kind string
		list []string
	}{{MarkUrgent, w.Urgent}, {MarkName, w.Names}, {MarkLook, w.Look}} {
		var parts []string
		for _, word := range l.list {
			if fields := strings.Fields(word); len(fields) > 0 {
				for i, f := range fields {
					fields[i] = apostrophes.ReplaceAllString(regexp.QuoteMeta(f), `['’]`)
				}
				parts = append(parts, strings.Join(fields, `\s+`))
			}
		}
		if len(parts) == 0 {
			continue
		}
		slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // the longest of those that begin alike
		f.kinds = append(f.kinds, finderKind{l.kind, regexp.MustCompile(`(?i)(?:` + strings.Join(parts, "|") + `)`)})
	}
	return f
}

var apostrophes = regexp.MustCompile(`['’]`)

// Marks are where listed words stand in the text, as whole words, in its order.
func (f Finder) Marks(text string) []papers.Mark {
	var list []papers.Mark
	for _, k := range f.kinds {
		for _, at := range k.pattern.FindAllStringIndex(text, -1) {
			if !whole(text, at[0], at[1]) || slices.ContainsFunc(list, func(m papers.Mark) bool { return at[0] < m.To && m.From < at[1] }) {
				continue
			}
			list = append(list, papers.Mark{From: at[0], To: at[1], Kind: k.kind})
		}
	}
	slices.SortFunc(list, func(a, b papers.Mark) int { return a.From - b.From })
	return list
}

func whole(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !letter(before) && !letter(after)
}

func letter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// SetWords changes the listed words of a board, or of the site, whose board is ""; nil lets a board
// follow the site.
func (h *Hub) SetWords(ctx context.Context, board string, w *Words, by papers.Actor) error {
	h.init()
	if w != nil {
		if err := w.Tidy(); err != nil {
			return err
		}
	}
	if err := h.Store.SetWords(ctx, board, w, papers.Change{By: by}); err != nil {
		return fmt.Errorf("keeping the listed words: %w", err)
	}
	return nil
}
