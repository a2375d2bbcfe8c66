package papers_test

import (
	"encoding/csv"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

var agenda = []papers.Item{
	{ID: "welcome", Number: "1", Title: "Welcome and apologies"},
	{ID: "minutes", Number: "2", Title: "Minutes of the last meeting"},
	{ID: "place", Number: "5", Title: "Place partnership update"},
	{ID: "winter", Number: "5.1", Title: "Winter plan"},
	{ID: "finance", Number: "6", Title: "Finance report"},
	{ID: "data", Number: "7", Title: "Local public data panel progress"},
	{ID: "risk", Number: "12", Title: "Corporate risk register"},
	{ID: "old", Number: "275/19", Title: "Footpaths"},
}

// TestMatchFile holds which item a file finds by its name and folder, and when somebody is asked.
func TestMatchFile(t *testing.T) {
	for _, c := range []struct {
		folder, name, item string
		sure               bool
	}{
		{"", "Item 06 - Finance report v3 FINAL.pdf", "finance", true},
		{"", "06 Finance.pdf", "finance", true},
		{"", "6.pdf", "finance", true},
		{"", "Item 5.1 Winter plan.pdf", "winter", true},
		{"", "5.2 Place dashboard.pdf", "place", true},
		{"", "5c Appendix.docx", "place", true},
		{"", "101020_LOCAL PUBLIC DATA PANEL PROGRESS REPORT.doc", "data", true},
		{"", "Corporate-Risk-Register-2025.pdf", "risk", true},
		{"Board papers/Item 6", "Appendix A.pdf", "finance", true},
		{"Board papers/06 Finance", "2. Appendix.pdf", "finance", true}, // the folder counts its own files
		{"Item 12/Appendices", "1 heat map.pdf", "risk", true},
		{"Board papers 2025", "Item 2 - Minutes.pdf", "minutes", true},
		{"", "24-00108 - PROD.pdf", "", false},
		{"", "Report.pdf", "", false},
		{"", "Item 99 - Any other business.pdf", "", false},
		{"", "9 January 2025 - Notes.pdf", "", false},
		{"", "6 Local public data panel progress.pdf", "finance", false}, // number and words are at odds
	} {
		m := papers.MatchFile(papers.FileHint{Name: c.name, Folder: c.folder}, agenda, nil)
		if m.Item != c.item || m.Sure != c.sure {
			t.Errorf("%s/%s: item %q with %d (sure %t), want %q (sure %t)", c.folder, c.name, m.Item, m.Score, m.Sure, c.item, c.sure)
		}
	}
}

// TestMatchVersions: of several versions in a folder the newest is suggested, and a file with the name
// of a paper is offered as its new version.
func TestMatchVersions(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 4, n, 9, 0, 0, 0, time.UTC) }
	files := []papers.FileHint{
		{Name: "Item 06 - Finance report v2.docx", Modified: day(9)},
		{Name: "Item 06 - Finance report v10 FINAL.docx", Modified: day(3)},
		{Name: "Item 06 - Finance report v3 FINAL.docx", Modified: day(4)},
		{Name: "Item 06 - Finance appendix v1.docx"},
		{Name: "Item 12 - Risk register (1).pdf", Modified: day(2)},
		{Name: "Item 12 - Risk register.pdf", Modified: day(1)},
		{Name: "2 Minutes draft.pdf"},
		{Name: "2 Minutes FINAL.pdf"},
	}
	there := []papers.Paper{
		{ID: "p1", Item: "finance", Title: "Finance report"},
		{ID: "p2", Item: "risk", Title: "Risks as they stand", Versions: []papers.Version{{FileName: "Item 12 - Risk register.pdf"}}},
	}
	got := papers.MatchFiles(files, agenda, there)
	for i, want := range []struct {
		newer int
		paper string
	}{{1, "p1"}, {-1, "p1"}, {1, "p1"}, {-1, ""}, {-1, "p2"}, {4, "p2"}, {7, ""}, {-1, ""}} {
		if got[i].Newer != want.newer || got[i].Paper != want.paper {
			t.Errorf("%s: newer %d, paper %q, want %d, %q", files[i].Name, got[i].Newer, got[i].Paper, want.newer, want.paper)
		}
	}
}

func TestSkipFile(t *testing.T) {
	for name, skipped := range map[string]bool{"~$Item 6.docx": true, ".~lock.Item 6.odt#": true, ".DS_Store": true, "Thumbs.db": true, "desktop.ini": true,
		"._Item 6.pdf": true, "Item 6.pdf": false, "~Item 6.pdf": false} {
		if got := papers.SkipFile(name); (got != "") != skipped {
			t.Errorf("SkipFile(%q) = %q", name, got)
		}
	}
}

// TestMatchCorpus holds over the names of real papers that nothing is put under an item for sure unless
// its name or its folder holds the item's number or two words of its title.
func TestMatchCorpus(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "shared", "corpus", "MANIFEST.csv"))
	if err != nil {
		t.Skip("the corpus of real papers is not beside the project: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	council := []papers.Item{
		{ID: "minutes", Number: "3", Title: "Minutes of the meeting"}, {ID: "budget", Number: "5", Title: "Revenue and capital budget monitoring"},
		{ID: "care", Number: "6", Title: "Adoption of Integrated Care Strategy delivery plan"}, {ID: "education", Number: "7", Title: "Commissioning Plan for Education Provision"},
	}
	sure := map[string]string{}
	n := 0
	for _, r := range rows[1:] {
		if r[0] != "papers" {
			continue
		}
		n++
		name := path.Base(r[3])
		if m := papers.MatchFile(papers.FileHint{Name: name}, council, nil); m.Sure {
			sure[name] = m.Item
		}
	}
	for name, item := range map[string]string{
		"24-00096 - Commissioning Plan for Education Provision in Kent 2025-29 - Report.pdf": "education",
		"24-00108 - Revenue and Capital Budget Monitoring Report November 2024-25.pdf":       "budget",
		"24-00115 - Adoption of Integrated Care Strategy delivery plan - Report.pdf":         "care",
		"24-00096 - EQIA.pdf": "", "24-00108 - PROD.pdf": "",
	} {
		if sure[name] != item {
			t.Errorf("%s goes to %q, want %q", name, sure[name], item)
		}
	}
	t.Logf("%d names of real papers, %d sure of an item of this agenda", n, len(sure))
}

func FuzzMatchFiles(f *testing.F) {
	f.Add("Item 6 - Finance v3.pdf", "Item 6")
	f.Add("(1).pdf", "5.2.")
	f.Add("v.v1 (9)", "///")
	f.Fuzz(func(t *testing.T, name, folder string) {
		hint := papers.FileHint{Name: name, Folder: folder}
		other := papers.FileHint{Name: strings.ToUpper(name), Folder: folder}
		for _, m := range papers.MatchFiles([]papers.FileHint{hint, other}, agenda, nil) {
			if m.Sure && m.Item == "" || m.Score < 0 || m.Score > 100 || m.Newer > 1 {
				t.Errorf("%q in %q: %+v", name, folder, m)
			}
		}
	})
}
