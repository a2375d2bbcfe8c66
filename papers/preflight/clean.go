package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"clearday/papers"
)

// Clean writes the public copy of the PDF at path into an empty file: its title set, and nothing in it that a
// reader does not see as the page, its links or its tags. It answers what it left out, and what must not go on.
// The same input gives the same bytes.
func (c *Checker) Clean(ctx context.Context, path string, about About, to *os.File) (list []papers.Finding, err error) {
	straight, err := c.straighten(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(straight)) }()
	o, err := c.objects(ctx, straight)
	if err != nil {
		return nil, err
	}
	s := scrub{objects: o, count: map[string]int{}}
	update, err := json.Marshal(s.update(about.Title))
	if err != nil {
		return nil, fmt.Errorf("writing what to change in a PDF: %w", err)
	}
	if err := c.rewrite(ctx, straight, update, to); err != nil {
		return nil, err
	}
	revisions, err := revisions(path)
	if err != nil {
		return nil, err
	}
	notes, placed, err := clearNotes(to)
	if err != nil {
		return nil, err
	}
	s.count["metadata"] += notes
	list = append(names(o, about), s.findings(revisions)...)
	if placed > 0 {
		list = append(list, placeFinding(placed))
	}
	return list, nil
}

// straighten gives the path of a temporary copy in which each object stands by itself.
func (c *Checker) straighten(ctx context.Context, path string) (string, error) {
	file, err := os.CreateTemp("", "clearday-straight-*.pdf")
	if err != nil {
		return "", fmt.Errorf("keeping a straightened PDF: %w", err)
	}
	if err := errors.Join(c.Tools.Straighten(ctx, path, file), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func (c *Checker) rewrite(ctx context.Context, path string, update []byte, to io.Writer) (err error) {
	file, err := os.CreateTemp("", "clearday-update-*.json")
	if err != nil {
		return fmt.Errorf("keeping what to change in a PDF: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	if _, err := file.Write(update); err != nil {
		return fmt.Errorf("keeping what to change in a PDF: %w", errors.Join(err, file.Close()))
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("keeping what to change in a PDF: %w", err)
	}
	return c.Tools.Rewrite(ctx, path, file.Name(), to)
}

// scrub decides object by object what the public copy is without.
type scrub struct {
	*objects
	drop  map[string]bool // references of annotations that go
	count map[string]int  // what was left out, by kind
}

// Keys that hold what a reader does not see: descriptions of who made the file and how, and what other
// programs attached to it. AA starts actions by itself.
var unseen = map[string]string{
	"/Metadata": "metadata", "/PieceInfo": "metadata", "/LastModified": "metadata", "/Thumb": "metadata", "/SpiderInfo": "metadata",
	"/Perms": "signature", "/DSS": "signature", "/Legal": "signature",
	"/EmbeddedFiles": "attachment", "/AF": "attachment", "/EF": "attachment", "/Collection": "attachment",
	"/JavaScript": "script", "/JS": "script", "/AA": "script", "/XFA": "script",
}

// actions that do more than show another place.
var actions = map[string]string{
	"/JavaScript": "script", "/Launch": "launch", "/ImportData": "script", "/SubmitForm": "script", "/ResetForm": "script",
	"/Rendition": "script", "/Movie": "script", "/Sound": "script", "/GoToE": "attachment", "/RichMediaExecute": "script", "/Hide": "script",
}

// annotations that go: those that hold a file or play something, and notes that open when they are clicked.
var annotations = map[string]string{
	"/FileAttachment": "attachment", "/Sound": "attachment", "/Movie": "attachment", "/Screen": "attachment", "/RichMedia": "attachment", "/3D": "attachment",
	"/Text": "comment", "/Popup": "comment",
}

// marks are annotations that stay on the page as they look, without the words behind them.
var marks = []string{"/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Ink", "/Square", "/Circle", "/Line", "/Polygon", "/PolyLine", "/Caret", "/Stamp", "/FreeText"}

// update gives what is to change in the file, as qpdf reads it.
func (s *scrub) update(title string) any {
	s.drop = map[string]bool{}
	s.each(func(ref string, v any, _ bool) {
		if d, ok := v.(dict); ok && isAnnotation(d) {
			if kind := annotations[name(d["/Subtype"])]; kind != "" {
				s.drop[ref] = true
				if name(d["/Subtype"]) != "/Popup" {
					s.count[kind]++
				}
			}
		}
	})
	changed := map[string]any{}
	root, _ := s.trailer["/Root"].(string)
	s.each(func(ref string, v any, stream bool) {
		touched := false
		v = s.clean(v, &touched)
		if d, ok := v.(dict); ok && ref == root {
			touched = true
			viewer, _ := s.follow(d["/ViewerPreferences"]).(dict)
			if viewer == nil {
				viewer = dict{}
			}
			viewer["/DisplayDocTitle"] = true
			d["/ViewerPreferences"] = viewer
		}
		switch {
		case !touched:
		case stream:
			changed["obj:"+ref] = dict{"stream": dict{"dict": v}}
		default:
			changed["obj:"+ref] = dict{"value": v}
		}
	})
	info := strconv.Itoa(s.maxID+1) + " 0 R"
	changed["obj:"+info] = dict{"value": dict{"/Title": "u:" + title}}
	changed["trailer"] = dict{"value": dict{"/Root": s.trailer["/Root"], "/Info": info, "/Size": s.maxID + 2}}
	return dict{"qpdf": []any{dict{"jsonversion": 2, "pdfversion": "1.7", "maxobjectid": s.maxID + 1}, changed}}
}

// clean takes what must go out of a value, and what stands inside it.
func (s *scrub) clean(v any, touched *bool) any {
	switch v := v.(type) {
	case dict:
		s.cleanDict(v, touched)
		for key, inner := range v {
			v[key] = s.clean(inner, touched)
		}
		return v
	case []any:
		kept := v[:0]
		for _, inner := range v {
			if s.goes(inner) {
				*touched = true
				continue
			}
			kept = append(kept, s.clean(inner, touched))
		}
		return kept
	}
	return v
}

// goes tells whether an element of a list is an annotation that is left out.
func (s *scrub) goes(v any) bool {
	switch v := v.(type) {
	case string:
		return s.drop[v]
	case dict:
		kind := annotations[name(v["/Subtype"])]
		if kind == "" || !isAnnotation(v) {
			return false
		}
		s.count[kind]++
		return true
	}
	return false
}

func (s *scrub) cleanDict(d dict, touched *bool) {
	remove := func(kind string, keys ...string) {
		for _, key := range keys {
			if _, ok := d[key]; ok {
				delete(d, key)
				*touched = true
				s.count[kind]++
			}
		}
	}
	for key, kind := range unseen {
		if kind == "attachment" && key == "/EmbeddedFiles" && s.empty(d[key]) {
			kind = "" // an empty list, which many programs write
		}
		remove(kind, key)
	}
	for _, key := range []string{"/A", "/PA", "/OpenAction", "/Next"} {
		if kind := s.badAction(d[key], 0); kind != "" {
			remove(kind, key)
		}
	}
	if isAnnotation(d) && is(d, "/Subtype", marks...) {
		keys := []string{"/T", "/Subj", "/Popup", "/IRT"}
		if name(d["/Subtype"]) != "/FreeText" { // what that says stands on the page
			keys = append(keys, "/Contents", "/RC")
		}
		before := s.count["comment"]
		if remove("comment", keys...); s.count["comment"] > before {
			s.count["comment"] = before + 1
		}
	}
	if is(d, "/FT", "/Sig") {
		remove("signature", "/V")
	}
}

// empty tells that a tree of names holds nothing.
func (s *scrub) empty(v any) bool {
	d, _ := s.follow(v).(dict)
	return len(s.list(d, "/Names")) == 0 && len(s.list(d, "/Kids")) == 0
}

// badAction gives the kind of an action that does more than show another place, "" for a good one. Of a
// list, and of what follows an action, the first bad one counts.
func (s *scrub) badAction(v any, depth int) string {
	if v == nil || depth > 20 {
		return ""
	}
	switch v := s.follow(v).(type) {
	case dict:
		if kind := actions[name(v["/S"])]; kind != "" {
			return kind
		}
		return s.badAction(v["/Next"], depth+1)
	case []any:
		for _, inner := range v {
			if d, ok := s.follow(inner).(dict); ok && d["/S"] != nil {
				if kind := s.badAction(d, depth+1); kind != "" {
					return kind
				}
			}
		}
	}
	return ""
}

func isAnnotation(d dict) bool { return d["/Rect"] != nil && d["/Subtype"] != nil }

func name(v any) string {
	s, _ := v.(string)
	return s
}

// findings says what was left out.
func (s *scrub) findings(revisions int) []papers.Finding {
	var list []papers.Finding
	said := func(code, sentence string) {
		list = append(list, papers.Finding{Code: code, Level: papers.LevelCleaned, Message: sentence})
	}
	if revisions > 1 {
		said("revisions", fmt.Sprintf("The original keeps %s of itself, which anybody could bring back. The public file holds the last one only.", many(revisions-1, "earlier state", "earlier states")))
	}
	if s.count["attachment"] > 0 {
		said("attachments", "The original holds attached files. The public file does not.")
	}
	if s.count["script"] > 0 {
		said("scripts", "The original holds scripts or forms that act by themselves. The public file does not.")
	}
	if s.count["launch"] > 0 {
		said("launch", "The original starts other programs. The public file does not.")
	}
	if n := s.count["comment"]; n > 0 {
		said("comments", fmt.Sprintf("The original holds %s by reviewers. The public file does not.", many(n, "comment", "comments")))
	}
	if s.count["signature"] > 0 {
		said("signature", "The original is signed electronically. The public file is a copy without the signature.")
	}
	info := s.dict(s.trailer, "/Info")
	if by := s.text(info, "/Author"); by != "" {
		said("author", fmt.Sprintf("The original names its author: “%s”. The public file does not.", short(by)))
	}
	if s.count["metadata"] > 0 || len(info) > 0 {
		said("metadata", "The original says when and with which programs it was made. The public file says its title only.")
	}
	return list
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// short keeps a sentence readable whatever it quotes.
func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}
