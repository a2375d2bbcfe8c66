package preflight

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
)

// packed writes an Office file of some parts.
func packed(t *testing.T, parts map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for part, body := range parts {
		w, err := z.Create(part)
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func types(main, kind string) string {
	return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/` + main + `" ContentType="application/vnd.openxmlformats-officedocument.` + kind + `.main+xml"/></Types>`
}

// What the readers of a converted Office file might get blocks it; what stays in the original is told (rules.md 5.6).
func TestOffice(t *testing.T) {
	word, sheet := types("word/document.xml", "wordprocessingml.document"), types("xl/workbook.xml", "spreadsheetml.sheet")
	slides := types("ppt/presentation.xml", "presentationml.presentation")
	const text, table = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
	for name, c := range map[string]struct {
		parts  map[string]string
		want   string
		blocks bool
	}{
		"plain":           {parts: map[string]string{"[Content_Types].xml": word, "word/document.xml": `<w:document><w:vanish w:val="0"/><w:instrText/></w:document>`}},
		"tracked":         {map[string]string{"[Content_Types].xml": word, "word/document.xml": `<w:del w:id="1">x</w:del>`}, "tracked_changes", true},
		"comments":        {map[string]string{"[Content_Types].xml": word, "word/document.xml": "<a/>", "word/comments.xml": `<w:comment w:id="0"/>`}, "office_comments", true},
		"hidden text":     {map[string]string{"[Content_Types].xml": word, "word/document.xml": "<w:rPr><w:vanish/></w:rPr>"}, "hidden_text", true},
		"workbook inside": {map[string]string{"[Content_Types].xml": word, "word/document.xml": "<a/>", "word/embeddings/b.xlsx": "x"}, "embedded", false},
		"hidden sheet":    {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": `<sheet name="Staff" state="veryHidden"/>`}, "hidden_sheets", false},
		"hidden column":   {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": `<col min="1" hidden="1"/>`}, "hidden_rows", false},
		"pivot cache":     {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/pivotCache/pivotCacheRecords1.xml": "x"}, "pivot_cache", false},
		"inserted":        {map[string]string{"[Content_Types].xml": word, "word/document.xml": `<w:ins w:id="1">x</w:ins>`}, "tracked_changes", true},
		"hidden row":      {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": `<row r="2" hidden="1"/>`}, "hidden_rows", false},
		"cell comments":   {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/comments1.xml": `<comment ref="A1"/>`}, "office_comments", true},
		"threads":         {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/threadedComments/threadedComment1.xml": "x"}, "office_comments", true},
		"external links":  {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/externalLinks/externalLink1.xml": "x"}, "external_links", false},
		"data model":      {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/model/item.data": "x"}, "data_model", false},
		"connections":     {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/connections.xml": "x"}, "data_connections", false},
		"macros":          {map[string]string{"[Content_Types].xml": sheet, "xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"}, "macros", false},
		"slide comments":  {map[string]string{"[Content_Types].xml": slides, "ppt/presentation.xml": "<a/>", "ppt/comments/comment1.xml": "x"}, "office_comments", true},
		"speaker notes":   {map[string]string{"[Content_Types].xml": slides, "ppt/presentation.xml": "<a/>", "ppt/notesSlides/notesSlide1.xml": "<a:t>Do not say</a:t>"}, "speaker_notes", true},
		"no notes":        {parts: map[string]string{"[Content_Types].xml": slides, "ppt/presentation.xml": "<a/>", "ppt/notesSlides/notesSlide1.xml": "<a:t></a:t>"}},
		"hidden slide":    {map[string]string{"[Content_Types].xml": slides, "ppt/presentation.xml": "<a/>", "ppt/slides/slide1.xml": `<p:sld xmlns:p="p" show="0">`}, "hidden_slides", false},
		"odt changes":     {map[string]string{"mimetype": text, "content.xml": `<text:tracked-changes><text:changed-region/></text:tracked-changes>`}, "tracked_changes", true},
		"odt comment":     {map[string]string{"mimetype": text, "content.xml": `<office:annotation office:name="1">`}, "office_comments", true},
		"odt hidden text": {map[string]string{"mimetype": text, "content.xml": `<style:text-properties text:display="none"/>`}, "hidden_text", true},
		"ods hidden":      {map[string]string{"mimetype": table, "content.xml": `<table:table-row table:visibility="collapse"/>`}, "hidden_sheets", false},
	} {
		list, err := (&Checker{}).Office(packed(t, c.parts))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.want == "" && len(list) > 0 || c.want != "" && (len(list) != 1 || list[0].Code != c.want || list[0].Blocks != c.blocks) {
			t.Errorf("%s gives %+v, want %q", name, list, c.want)
		}
	}
}
