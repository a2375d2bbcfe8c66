package servertest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"
)

// DOCX makes a Word document. A line that begins with # is a heading, one with | a row of a table (the lines next to each other are
// one table), any other a paragraph.
func DOCX(t testing.TB, lines ...string) []byte {
	t.Helper()
	const space = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	var body strings.Builder
	para := func(style, text string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + html.EscapeString(text) + `</w:t></w:r></w:p>`
	}
	table := false
	for _, line := range lines {
		row := strings.HasPrefix(line, "|")
		if row != table {
			body.WriteString(map[bool]string{true: `<w:tbl><w:tblPr/><w:tblGrid/>`, false: `</w:tbl>`}[row])
		}
		switch table = row; {
		case row:
			body.WriteString(`<w:tr>`)
			for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
				body.WriteString(`<w:tc><w:tcPr/>` + para("Normal", cell) + `</w:tc>`)
			}
			body.WriteString(`</w:tr>`)
		case strings.HasPrefix(line, "#"):
			body.WriteString(para("Heading1", strings.TrimPrefix(line, "#")))
		default:
			body.WriteString(para("Normal", line))
		}
	}
	if table {
		body.WriteString(`</w:tbl>`)
	}
	return archive(t,
		[2]string{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`},
		[2]string{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		[2]string{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
		[2]string{"word/styles.xml", `<w:styles` + space + `><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>`},
		[2]string{"word/document.xml", `<w:document` + space + `><w:body>` + body.String() + `</w:body></w:document>`})
}

// XLSX makes a workbook of two sheets: one that is seen, and one that is hidden. Cells are words, or numbers where they look like one.
func XLSX(t testing.TB, shown, hidden [][]string) []byte {
	t.Helper()
	const (
		main   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
		space  = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
		places = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	)
	sheet := func(rows [][]string) string {
		var b strings.Builder
		for _, row := range rows {
			b.WriteString(`<row>`)
			for _, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err == nil {
					b.WriteString(`<c><v>` + cell + `</v></c>`)
					continue
				}
				b.WriteString(`<c t="inlineStr"><is><t>` + html.EscapeString(cell) + `</t></is></c>`)
			}
			b.WriteString(`</row>`)
		}
		return `<worksheet` + space + `><sheetData>` + b.String() + `</sheetData></worksheet>`
	}
	return archive(t,
		[2]string{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="` + main + `sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + main + `worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="` + main + `worksheet+xml"/></Types>`},
		[2]string{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + places + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + places + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + places + `worksheet" Target="worksheets/sheet2.xml"/></Relationships>`},
		[2]string{"xl/workbook.xml", `<workbook` + space + `><sheets><sheet name="Budget" sheetId="1" r:id="r1"/><sheet name="Staff" sheetId="2" state="hidden" r:id="r2"/></sheets></workbook>`},
		[2]string{"xl/worksheets/sheet1.xml", sheet(shown)},
		[2]string{"xl/worksheets/sheet2.xml", sheet(hidden)})
}

// archive packs the parts of an Office file, name and XML.
func archive(t testing.TB, parts ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range parts {
		f, err := w.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, `<?xml version="1.0" encoding="UTF-8"?>`+part[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Scan makes a PDF whose pages are pictures of pages with these words; a page that begins with = keeps its words as text.
func Scan(t testing.TB, pages ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "typed.pdf")
	if err := os.WriteFile(path, PDF(t, "Scan", pages...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-jpeg", "-r", "200", path, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("drawing pages: %v: %s", err, out)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "page-*.jpg"))
	if err != nil || len(pictures) != len(pages) {
		t.Fatalf("%d pictures of %d pages: %v", len(pictures), len(pages), err)
	}
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetFont("Helvetica", "", 12)
	for i, text := range pages {
		f.AddPage()
		if typed, ok := strings.CutPrefix(text, "="); ok {
			f.MultiCell(0, 7, typed, "", "L", false)
			continue
		}
		f.ImageOptions(pictures[i], 0, 0, 210, 297, false, gofpdf.ImageOptions{ImageType: "JPG"}, 0, "")
		f.Text(150, 10, fmt.Sprintf("Page %d", 30+i)) // stamped, as packs are
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Need skips the test where a program is not installed, and fails it in CI.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", p)
		} else if err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}
