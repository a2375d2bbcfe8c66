package preflight

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"clearday/papers"
	"clearday/papers/office"
)

// maxPart bounds what is read of one part of an Office file.
const maxPart = 64 << 20

// trace is something in an Office file that its reader does not see at once.
type trace struct {
	code   string
	part   string         // pattern of the names of parts, as path.Match knows them
	marks  *regexp.Regexp // what to find in such a part; nil: that there is one is enough
	blocks bool
	says   string
}

// traces are looked for by their marks, which stand in these places and nowhere else (rules.md 5.6; 5.4: PSNI 2023,
// Southend 2023, Blackpool 2014).
var traces = []trace{
	{"tracked_changes", "word/*.xml", regexp.MustCompile(`<w:(ins|del|moveFrom|moveTo) `), true, "The document holds tracked changes. Accept or reject all of them, then upload the new copy."},
	{"tracked_changes", "content.xml", regexp.MustCompile(`<text:changed-region`), true, "The document holds tracked changes. Accept or reject all of them, then upload the new copy."},
	{"office_comments", "word/comments*.xml", regexp.MustCompile(`<w:comment `), true, "The document holds comments. Delete all of them, then upload the new copy."},
	{"office_comments", "xl/comments*.xml", regexp.MustCompile(`<comment `), true, "The workbook holds comments. Delete all of them, then upload the new copy."},
	{"office_comments", "xl/threadedComments/*.xml", nil, true, "The workbook holds comments. Delete all of them, then upload the new copy."},
	{"office_comments", "ppt/comments/*.xml", nil, true, "The presentation holds comments. Delete all of them, then upload the new copy."},
	{"office_comments", "content.xml", regexp.MustCompile(`<office:annotation[ >]`), true, "The document holds comments. Delete all of them, then upload the new copy."},
	{"hidden_text", "word/*.xml", regexp.MustCompile(`<w:vanish(/>|>| w:val="(1|true|on)")`), true, "The document holds hidden text. Show it, delete it, then upload the new copy."},
	{"hidden_text", "content.xml", regexp.MustCompile(`text:display="none"`), true, "The document holds hidden text. Show it, delete it, then upload the new copy."},
	{"speaker_notes", "ppt/notesSlides/*.xml", regexp.MustCompile(`<a:t>[^<]`), true, "The presentation holds notes for the speaker. Delete them, then upload the new copy."},
	{"hidden_sheets", "xl/workbook.xml", regexp.MustCompile(`state="(hidden|veryHidden)"`), false, "The workbook holds hidden sheets."},
	{"hidden_rows", "xl/worksheets/*.xml", regexp.MustCompile(`<(row|col) [^>]*hidden="(1|true)"`), false, "The workbook holds hidden rows or columns."},
	{"hidden_sheets", "content.xml", regexp.MustCompile(`table:(display="false"|visibility="collapse")`), false, "The workbook holds hidden sheets, rows or columns."},
	{"hidden_slides", "ppt/slides/*.xml", regexp.MustCompile(`<p:sld [^>]*show="0"`), false, "The presentation holds hidden slides."},
	{"pivot_cache", "xl/pivotCache/*.xml", nil, false, "The workbook holds a pivot table with a copy of all the data behind it."},
	{"external_links", "xl/externalLinks/*.xml", nil, false, "The workbook links to other workbooks and keeps a copy of what it took from them."},
	{"data_model", "xl/model/*", nil, false, "The workbook holds a data model with all the data behind it."},
	{"data_connections", "xl/connections.xml", nil, false, "The workbook says from which databases its data came."},
	{"embedded", "*/embeddings/*", nil, false, "Other files are embedded, such as the workbook behind a chart, with all their data."},
	{"macros", "*/vbaProject.bin", nil, false, "The file holds macros."},
}

// Office looks into an Office file: what would reach the PDF that is made of it, and what stays behind in the original. Of the
// old binary formats only their macros can be seen.
func (c *Checker) Office(file string) (list []papers.Finding, err error) {
	d, err := office.Open(file, office.Limits{})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	seen := map[string]bool{}
	parts := d.Parts()
	for _, t := range traces {
		for _, part := range parts {
			ok, _ := path.Match(t.part, part) // the patterns are ours
			if !ok || seen[t.code] {
				continue
			}
			if t.marks != nil {
				body, err := d.Bytes(part, maxPart)
				if err != nil {
					return nil, fmt.Errorf("looking into an Office file: %w", err)
				}
				if !t.marks.Match(body) {
					continue
				}
			}
			seen[t.code] = true
			list = append(list, t.finding())
		}
	}
	if !seen["macros"] && strings.Contains(strings.Join(parts, "\n"), "VBA/") {
		list = append(list, papers.Finding{Code: "macros", Level: papers.LevelBehind, Message: "The file holds macros."})
	}
	return list, nil
}

func (t trace) finding() papers.Finding {
	if t.blocks {
		return papers.Finding{Code: t.code, Level: papers.LevelBlock, Blocks: true, Message: t.says}
	}
	return papers.Finding{Code: t.code, Level: papers.LevelBehind, Message: t.says}
}
