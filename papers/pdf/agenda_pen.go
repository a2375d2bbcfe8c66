package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// printable leaves out of every string what gofpdf cannot draw: control characters, and those beyond the basic plane, for which it
// would read past its table.
func printable(doc AgendaDoc) AgendaDoc {
	for _, s := range []*string{&doc.Organisation, &doc.Board, &doc.Title, &doc.When, &doc.Where, &doc.Note, &doc.Address} {
		*s = printableText(*s)
	}
	items := make([]AgendaItem, len(doc.Items))
	for i, item := range doc.Items {
		for _, s := range []*string{&item.Number, &item.Title, &item.Purpose, &item.Lead, &item.Time, &item.Exemption, &item.Follows} {
			*s = printableText(*s)
		}
		lines := strings.Split(item.Recommendation, "\n")
		for j := range lines {
			lines[j] = printableText(lines[j])
		}
		item.Recommendation = strings.Join(lines, "\n")
		papers := make([]AgendaPaper, len(item.Papers))
		for j, p := range item.Papers {
			papers[j] = AgendaPaper{printableText(p.Title), p.Pages, printableText(p.Size)}
		}
		item.Papers = papers
		items[i] = item
	}
	doc.Items = items
	return doc
}

func printableText(s string) string {
	s = strings.ReplaceAll(s, "{pages}", "{ pages }") // the mark that the number of pages replaces
	return strings.Map(func(r rune) rune {
		if r >= 0xfffe {
			return '\u25a1'
		}
		return r
	}, cleanText([]byte(s)))
}

// setLanguage puts /Lang, and that viewers show the title instead of the file's name, into the catalogue of a PDF as gofpdf writes
// it: it offers no call for either. The catalogue is the last object before the table of offsets, so only the offset of that table moves.
func setLanguage(pdf []byte, language string) ([]byte, error) {
	catalogue := bytes.LastIndex(pdf, []byte("/Type /Catalog\n"))
	start := bytes.LastIndex(pdf, []byte("startxref\n"))
	if catalogue < 0 || start < catalogue || !bytes.HasPrefix(pdf, []byte("%PDF-1.3")) {
		return nil, errors.New("finding the catalogue")
	}
	number, rest, _ := bytes.Cut(pdf[start+len("startxref\n"):], []byte("\n"))
	offset, err := strconv.Atoi(string(number))
	if err != nil {
		return nil, fmt.Errorf("reading the offset of the table: %w", err)
	}
	extra := "/Lang (" + language + ")\n/ViewerPreferences << /DisplayDocTitle true >>\n"
	var out bytes.Buffer
	out.WriteString("%PDF-1.4") // both came with 1.4
	out.Write(pdf[len("%PDF-1.3"):catalogue])
	out.WriteString(extra)
	out.Write(pdf[catalogue:start])
	fmt.Fprintf(&out, "startxref\n%d\n", offset+len(extra))
	out.Write(rest)
	return out.Bytes(), nil
}
