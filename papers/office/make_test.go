package office

import (
	"strings"
	"testing"
)

// These make small documents of each kind, by hand: what is in them is seen at a glance.

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>`

const wordSpace = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`

func overrides(types ...string) entry {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	for i := 0; i < len(types); i += 2 {
		b.WriteString(`<Override PartName="` + types[i] + `" ContentType="application/vnd.openxmlformats-officedocument.` + types[i+1] + `+xml"/>`)
	}
	return entry{"[Content_Types].xml", b.String() + `</Types>`}
}

const relationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// relations lists id, kind and target, three by three. A target with a colon is outside the document.
func relations(part string, rels ...string) entry {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := 0; i < len(rels); i += 3 {
		b.WriteString(`<Relationship Id="` + rels[i] + `" Type="` + relationSpace + rels[i+1] + `" Target="` + rels[i+2] + `"`)
		if strings.Contains(rels[i+2], ":") {
			b.WriteString(` TargetMode="External"`)
		}
		b.WriteString(`/>`)
	}
	return entry{part, b.String() + `</Relationships>`}
}

// docx makes a Word document of a body in WordprocessingML, with a heading style, comments and whatever links the body needs.
func docx(t testing.TB, body string, rels ...string) []byte {
	styles := xmlHead + `<w:styles` + wordSpace + `><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>`
	comments := xmlHead + `<w:comments` + wordSpace + `><w:comment w:id="1" w:author="Ruth" w:date="2026-01-01T00:00:00Z"><w:p><w:r><w:t>COMMENTED</w:t></w:r></w:p></w:comment></w:comments>`
	return archive(t,
		overrides("/word/document.xml", "wordprocessingml.document.main", "/word/styles.xml", "wordprocessingml.styles", "/word/comments.xml", "wordprocessingml.comments"),
		relations("_rels/.rels", "r1", "officeDocument", "word/document.xml"),
		relations("word/_rels/document.xml.rels", append([]string{"s1", "styles", "styles.xml", "c1", "comments", "comments.xml"}, rels...)...),
		entry{"word/styles.xml", styles}, entry{"word/comments.xml", comments},
		entry{"word/document.xml", xmlHead + `<w:document` + wordSpace + `><w:body>` + body + `</w:body></w:document>`})
}

func wordPara(text string) string {
	return `<w:p><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

func wordHeading(level, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="Heading` + level + `"/></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
}

// xlsx makes a workbook of sheets, each its state ("" is visible) and the rows of SheetML.
func xlsx(t testing.TB, sheets ...[2]string) []byte {
	types := []string{"/xl/workbook.xml", "spreadsheetml.sheet.main"}
	var rels []string
	var list strings.Builder
	var parts []entry
	for i, s := range sheets {
		n := string(rune('1' + i))
		types = append(types, "/xl/worksheets/sheet"+n+".xml", "spreadsheetml.worksheet")
		rels = append(rels, "r"+n, "worksheet", "worksheets/sheet"+n+".xml")
		list.WriteString(`<sheet name="Sheet` + n + `" sheetId="` + n + `" r:id="r` + n + `"`)
		if s[0] != "" {
			list.WriteString(` state="` + s[0] + `"`)
		}
		list.WriteString(`/>`)
		parts = append(parts, entry{"xl/worksheets/sheet" + n + ".xml", xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + s[1] + `</worksheet>`})
	}
	return archive(t, append([]entry{overrides(types...), relations("_rels/.rels", "r1", "officeDocument", "xl/workbook.xml"), relations("xl/_rels/workbook.xml.rels", rels...),
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` + list.String() + `</sheets></workbook>`}}, parts...)...)
}

func sheetRow(cells ...string) string {
	var b strings.Builder
	b.WriteString(`<row>`)
	for _, c := range cells {
		b.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
	}
	return b.String() + `</row>`
}

const odfSpace = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"`

// odf makes an OpenDocument file of a kind ("text", "presentation", "spreadsheet") with automatic styles and a body.
func odf(t testing.TB, kind, styles, body string) []byte {
	return archive(t, entry{"mimetype", "application/vnd.oasis.opendocument." + kind},
		entry{"META-INF/manifest.xml", xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.` + kind + `"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`},
		entry{"content.xml", xmlHead + `<office:document-content` + odfSpace + `><office:automatic-styles>` + styles + `</office:automatic-styles><office:body><office:` + kind + `>` + body + `</office:` + kind + `></office:body></office:document-content>`})
}

func slide(style, text, notes string) string {
	return `<draw:page draw:style-name="` + style + `" draw:name="p` + text + `"><draw:frame svg:width="20cm" svg:height="5cm" svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>` + text + `</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame svg:width="15cm" svg:height="5cm" svg:x="2cm" svg:y="15cm" presentation:class="notes"><draw:text-box><text:p>` + notes + `</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>`
}
