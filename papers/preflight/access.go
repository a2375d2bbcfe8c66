package preflight

import (
	"fmt"

	"clearday/papers"
	"clearday/papers/pdf"
)

// bookmarksFrom is the length from which readers need bookmarks to find their way (rules.md A-6).
const bookmarksFrom = 20

// access says what in the file keeps some people from reading it, and how to mend it. Contrast and sense
// are left to people.
func access(o *objects, pages []pdf.Page) []papers.Finding {
	var list []papers.Finding
	advise := func(code, sentence string) {
		list = append(list, papers.Finding{Code: code, Level: papers.LevelAdvice, Message: sentence})
	}
	catalog := o.catalog()
	blank := 0
	for _, p := range pages {
		if len(p.Words) == 0 {
			blank++
		}
	}
	switch {
	case blank == len(pages):
		list = append(list, papers.Finding{Code: "no_text", Level: papers.LevelWarn, Message: "This file holds pictures of pages without text. People who use a screen reader cannot read it, and search cannot find its words. Publish a file made from the original document where there is one."})
	case blank > 0:
		advise("some_no_text", fmt.Sprintf("%s no text: a screen reader says nothing there. Publish a file made from the original document where there is one.", many(blank, "page has", "pages have")))
	}
	if o.text(catalog, "/Lang") == "" {
		advise("no_language", "The file does not say its language, so a screen reader may read it in the wrong voice. In Word: Review, Language, Set Proofing Language; then make the PDF again.")
	}
	if len(pages) > bookmarksFrom && o.dict(o.dict(catalog, "/Outlines"), "/First") == nil {
		advise("no_bookmarks", fmt.Sprintf("The file has %d pages and no bookmarks. In Word: Save As, PDF, Options, Create bookmarks using headings.", len(pages)))
	}
	if o.follow(o.dict(catalog, "/MarkInfo")["/Marked"]) != true || o.dict(catalog, "/StructTreeRoot") == nil {
		advise("not_tagged", "The file has no tags: a screen reader cannot tell headings, lists and tables apart. In Word: Save As, PDF, Options, Document structure tags for accessibility. Do not use Print to PDF.")
		return list
	}
	headings, unnamed := o.structure(catalog)
	if headings == 0 {
		advise("no_headings", "The tags of the file have no headings, so nobody can move from section to section. Use the heading styles of Word, then make the PDF again.")
	}
	if unnamed > 0 {
		advise("no_alt_text", fmt.Sprintf("%s no text that stands for it. In Word: right-click the picture, View Alt Text, and say what it shows or mark it as decorative.", many(unnamed, "picture has", "pictures have")))
	}
	return list
}

// structure counts the headings among the tags, and the pictures that say nothing to whom cannot see them.
func (o *objects) structure(catalog dict) (headings, unnamed int) {
	roles := o.dict(o.dict(catalog, "/StructTreeRoot"), "/RoleMap")
	o.dicts(func(_ string, d dict) {
		tag := name(d["/S"])
		if tag == "" || d["/P"] == nil {
			return
		}
		if as := name(roles[tag]); as != "" {
			tag = as
		}
		switch tag {
		case "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Title":
			headings++
		case "/Figure":
			if o.text(d, "/Alt") == "" && o.text(d, "/ActualText") == "" {
				unnamed++
			}
		}
	})
	return headings, unnamed
}
