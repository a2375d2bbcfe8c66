package server_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestTakeBackLeavesNoWord holds that after a paper was taken back and got another title, its old words are in
// no row of the record: not in the audit, not in what a planned publication said, not in the names of files on
// their way, and not in the titles of the formats beside it.
func TestTakeBackLeavesNoWord(t *testing.T) {
	const name = "Xanthippe"
	f := newFormats(t)
	token := f.Token(t, auth.Secretary)
	var p struct{ ID string }
	file := servertest.PDF(t, "Complaint", "The complaint of "+name+" was upheld.")
	if status, text := f.APIUpload(t, token, "/items/"+f.items[0].ID+"/papers", "1 Complaint of "+name+".pdf", file, &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	wants(t, f.Post(t, "/desk/papers/"+p.ID, "title", "The complaint of "+name), http.StatusSeeOther)
	wish := papers.Wish{Only: &papers.Choice{Papers: []string{f.draft}}} // leaves the paper out, and says so by its title
	if _, err := f.Publisher.PublishMeeting(t.Context(), f.meeting.Slug, wish, papers.Program); err != nil {
		t.Fatal(err)
	}
	f.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
	second := servertest.PDF(t, "b", name+" again")
	u := begin(t, f.Browser, f.meeting.Slug, "More of "+name+".pdf", second)
	wants(t, finish(t, f.Browser, u, second, map[string]any{"paper": p.ID, "reason": "More of " + name}), http.StatusCreated)
	f.waitReady(t, p.ID)
	f.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
	wants(t, f.add(t, p.ID, "easy.pdf", servertest.PDF(t, "Easy words", "Easy"), "kind", "easy_read"), http.StatusSeeOther)
	easy := f.beside(t, p.ID)
	f.waitReady(t, easy.ID)
	if _, err := f.Publisher.PublishPaper(t.Context(), easy.ID, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	const safe = "A paper that was taken back"
	wants(t, f.Post(t, "/desk/papers/"+p.ID+"/take-back", "title", safe), http.StatusSeeOther)

	wants(t, f.Site.Browser(t).Get(t, "/papers/"+easy.ID), http.StatusGone, safe+": Easy Read")
	if a := f.Get(t, f.path+"/record"); strings.Contains(a.Text, name) {
		t.Error("the record of the meeting at the desk still says the name")
	}
	for _, where := range rowsWith(t, filepath.Join(f.Dir, "record.db"), name) {
		t.Errorf("%s still holds the name", where)
	}
}

// rowsWith lists the columns of a database that hold a word.
func rowsWith(t *testing.T, path, word string) (list []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns, err := db.Query("SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for columns.Next() {
		var table, column string
		if err := columns.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		all = append(all, [2]string{table, column})
	}
	if err := columns.Err(); err != nil || len(all) < 50 {
		t.Fatalf("%d columns, %v", len(all), err)
	}
	for _, c := range all {
		var n int
		if err := db.QueryRow(fmt.Sprintf("SELECT count(*) FROM %q WHERE instr(CAST(%q AS TEXT), ?) > 0", c[0], c[1]), word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			list = append(list, fmt.Sprintf("%d rows of %s.%s", n, c[0], c[1]))
		}
	}
	return list
}

// TestTakeBackWithdrawn holds that what was only withdrawn can still be taken back: its bytes and its title go.
func TestTakeBackWithdrawn(t *testing.T) {
	f := newFormats(t)
	paper := "/desk/papers/" + f.public
	wants(t, f.Post(t, paper+"/withdraw", "reason", "Wrong table"), http.StatusSeeOther)
	p, err := f.Record.Paper(t.Context(), papers.Insider, f.public)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, f.Get(t, paper), http.StatusOK, "Take it back now")
	wants(t, f.Post(t, paper+"/take-back", "title", "Taken back"), http.StatusSeeOther)
	servertest.Eventually(t, "the bytes are gone", func() bool {
		_, err := f.Files.Open(t.Context(), p.Versions[0].File)
		return err != nil
	})
	wants(t, f.Site.Browser(t).Get(t, "/papers/"+f.public), http.StatusGone, "Taken back")
	if a := f.Get(t, paper); strings.Contains(a.Text, "Take it back now") {
		t.Error("it is offered once more")
	}
	if a := f.Post(t, paper+"/take-back"); a.StatusCode < 400 {
		t.Errorf("taking back twice answers %d", a.StatusCode)
	}
}
