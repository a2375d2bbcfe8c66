package server_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// A spreadsheet is offered as PDF, as a web page and as CSV of what it shows, and never as it was uploaded. Before it is public nobody
// gets its cells; when it is taken back they are gone from the disk.
func TestSpreadsheetPaper(t *testing.T) {
	servertest.Need(t, "soffice")
	const canary, hidden = "qzbudgetcanary", "qzhiddencanary"
	d := servertest.Start(t)
	board := d.Board(t, "Finance Board")
	m := d.Meeting(t, board, 14)
	item := d.Item(t, m.Slug, "Finance")
	token := d.Token(t, auth.Secretary, board)
	file := servertest.XLSX(t, [][]string{{"Hub", "Cost", "Remark"}, {"North", "-120.5", "=1+1"}, {"South", "90", canary}}, [][]string{{"Name", "Salary"}, {hidden, "41000"}})
	var up api.Uploaded
	want(t, 201)(d.APIUpload(t, token, "/items/"+item.ID+"/papers", "budget.xlsx", file, &up, "title", "Budget of the hubs"))
	v := isRead(t, d, up.ID)
	if v.State != papers.VersionReady || v.OriginalKind != "xlsx" || v.HTML == "" {
		t.Fatalf("read as %+v", v)
	}
	paper := "/papers/" + up.ID
	web, cells := paper+"/html", paper+"/v/1/cells.csv?sheet=1"
	nobody, other, desk := d.Browser(t), d.SignedIn(t, auth.Member), d.SignedIn(t, auth.Secretary)
	for name, b := range map[string]*servertest.Browser{"anybody": nobody, "a member": other} {
		for _, path := range []string{paper, web, paper + "/v/1/html", cells, paper + "/v/1/cells.csv"} {
			if got := b.Get(t, path); got.StatusCode != http.StatusNotFound || strings.Contains(got.Text, canary) {
				t.Errorf("before publication, %s gets %d from %s", name, got.StatusCode, path)
			}
		}
	}
	if got := desk.Get(t, cells); got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the desk gets %d, %q", got.StatusCode, got.Header.Get("Cache-Control"))
	}
	want(t, 200)(d.API(t, token, "POST", paper+"/publish", nil, nil))
	servertest.Eventually(t, "the paper is public", func() bool { return nobody.Get(t, paper).StatusCode == http.StatusOK })

	t.Run("what is shown is offered", func(t *testing.T) {
		got := nobody.Get(t, cells)
		if wanted := "Hub,Cost,Remark\r\nNorth,-120.5,'=1+1\r\nSouth,90," + canary + "\r\n"; got.Text != wanted {
			t.Errorf("the CSV is %q, want %q", got.Text, wanted)
		}
		if kind, name := got.Header.Get("Content-Type"), got.Header.Get("Content-Disposition"); kind != "text/csv; charset=utf-8" || !strings.Contains(name, `attachment; filename="budget-of-the-hubs-v1-sheet1.csv"`) {
			t.Errorf("sent as %q, %q", kind, name)
		}
		if again := nobody.Get(t, cells, "If-None-Match", got.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again: %d", again.StatusCode)
		}
		link := document(t, nobody.Get(t, paper).Text).Find(`a[href="` + cells + `"]`)
		if says := strings.Join(strings.Fields(link.Text()), " "); !strings.Contains(says, "Cells of") || !strings.Contains(says, "CSV") || !strings.Contains(says, "3 rows") {
			t.Errorf("the paper offers %q", says)
		}
		doc := document(t, nobody.Get(t, web).Text)
		if doc.Find(".cd-doc table tr").Length() != 3 || doc.Find(".cd-doc th[scope=col]").Length() != 3 {
			t.Errorf("the web page has %d rows and %d heads", doc.Find(".cd-doc table tr").Length(), doc.Find(".cd-doc th").Length())
		}
	})
	t.Run("nothing hidden is", func(t *testing.T) {
		for _, path := range []string{paper, web, cells, paper + "/text", "/api/v1" + paper, "/search?q=budget"} {
			if strings.Contains(nobody.Get(t, path).Text, hidden) {
				t.Errorf("%s holds a hidden cell", path)
			}
		}
		for _, path := range []string{paper + "/v/1/cells.csv?sheet=2", paper + "/v/1/cells.csv?sheet=0", paper + "/v/2/cells.csv", paper + "/v/1/cells.csv?sheet=-1"} {
			if got := nobody.Get(t, path); got.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.StatusCode)
			}
		}
	})
	t.Run("taken back, it is gone", func(t *testing.T) {
		files := filepath.Join(d.Dir, "files")
		if len(holding(t, files, []byte(canary))) == 0 {
			t.Fatal("no file holds the web version: the test looks in the wrong place")
		}
		if a := desk.Post(t, "/desk"+paper+"/take-back", "title", "A paper that was taken back"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("taking back: %d %s", a.StatusCode, a.Text)
		}
		for _, path := range []string{web, paper + "/v/1/html", cells, paper + "/v/1/file"} {
			if got := nobody.Get(t, path); got.StatusCode != http.StatusGone || strings.Contains(got.Text, canary) {
				t.Errorf("%s: %d", path, got.StatusCode)
			}
		}
		servertest.Eventually(t, "no file holds it", func() bool { return len(holding(t, files, []byte(canary), file)) == 0 })
	})
}
