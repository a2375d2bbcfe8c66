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
