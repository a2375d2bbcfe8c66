// Package preflight finds what must not be published by accident, and makes the copy that is published.
//
// It looks at the very bytes that readers get: where a program can copy words that nobody sees on the page, the
// page is drawn with and without its text (hidden.go); what is left out of the public copy is in clean.go; numbers
// and addresses of persons are in person.go; what keeps some people from reading is in access.go. The incidents that
// each check would have caught are in rules.md 5.4, the list of checks in 5.6.
//
// Files are hostile: they are taken apart by qpdf and drawn by poppler, as children with limits (papers/pdf); what those
// answer is read here in one pass, each time with a bound.
package preflight

import (
	"context"
	"os"

	"golang.org/x/sync/errgroup"

	"clearday/papers"
	"clearday/papers/pdf"
)

// Checker runs the checks.
type Checker struct {
	Tools *pdf.Tools
}

// About is what is known of a paper beside its bytes.
type About struct {
	Title    string   // of the paper
	FileName string   // as uploaded
	Official []string // contacts of the partnership, which are no persons
}

// Look checks the very bytes that are to be published. What it answers names page and place.
func (c *Checker) Look(ctx context.Context, path string, about About) ([]papers.Finding, error) {
	s := &sight{Checker: c, path: path}
	defer func() { _ = os.Remove(s.bare) }() // temporary: nothing depends on it
	o, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	unseen, err := s.hidden(ctx, o)
	if err != nil {
		return nil, err
	}
	list, pages := append(layers(o), leftOver(o)...), s.pages
	list = append(list, hiddenFindings(unseen)...)
	list = append(list, persons(pages, about.Official)...)
	list = append(list, access(o, pages)...)
	for i, f := range list {
		if f.Page > 0 && f.Page <= len(pages) {
			list[i].Width, list[i].Height = pages[f.Page-1].Width, pages[f.Page-1].Height
		}
	}
	return list, nil
}

// open reads what the checks look at, side by side: the objects of the file, its words, and its pages without them.
func (s *sight) open(ctx context.Context) (o *objects, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return s.Tools.AllWords(ctx, s.path, func(_ int, p pdf.Page) error {
			if len(s.pages) < maxPages {
				s.pages = append(s.pages, p)
			}
			return nil
		})
	})
	group.Go(func() (err error) {
		if o, err = s.objects(ctx, s.path); err != nil {
			return err
		}
		return s.undress(ctx)
	})
	err = group.Wait()
	return o, err
}

func (c *Checker) objects(ctx context.Context, path string) (*objects, error) {
	text, err := c.Tools.Objects(ctx, path)
	if err != nil {
		return nil, err
	}
	o, err := readObjects(text)
	if err != nil {
		return nil, &papers.Unreadable{Sentence: "This PDF is damaged: its parts cannot be read one by one, so nobody can check it. Make it again from the original document and upload the new copy."}
	}
	return o, nil
}

// leftOver makes sure that nothing of what Clean takes out is in the bytes that are published.
func leftOver(o *objects) []papers.Finding {
	s := scrub{objects: o, count: map[string]int{}, drop: map[string]bool{}}
	s.each(func(_ string, v any, _ bool) { s.clean(v, new(bool)) })
	if info := o.dict(o.trailer, "/Info"); len(s.count) == 0 && len(info) <= 1 {
		return nil
	}
	return []papers.Finding{{Code: "not_clean", Level: papers.LevelBlock, Blocks: true,
		Message: "The file could not be cleaned: it still holds attachments, scripts or notes about its maker. Make it again from the original document and upload the new copy."}}
}
