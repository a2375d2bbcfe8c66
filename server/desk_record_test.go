package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestDeskRecord holds that all that was done for a meeting is listed with who, before and after, also
// of what was removed, and that nobody outside the desk reads it.
func TestDeskRecord(t *testing.T) {
	s := servertest.Start(t)
	board, other := s.Board(t, "Board"), s.Board(t, "Other")
	m := s.Meeting(t, board, 20)
	desk := s.SignedIn(t, auth.Secretary, board)
	path := "/desk/meetings/" + m.Slug + "/record"
	desk.Post(t, "/desk/meetings/"+m.Slug+"/items", "title", "Budget", "purpose", "decision")
	items, err := s.Record.Items(t.Context(), papers.Insider, m.Slug)
	if err != nil || len(items) != 1 {
		t.Fatalf("items: %v, %v", items, err)
	}
	if a := desk.Post(t, "/desk/items/"+items[0].ID, "title", "Budget of the year", "purpose", "decision", "revision", "1"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("changing the item: %d %s", a.StatusCode, a.Text)
	}
	desk.Post(t, "/desk/items/"+items[0].ID+"/remove")
	rows := document(t, desk.Get(t, path).Text).Find(".cd-done")
	text := rows.Text()
	for _, want := range []string{"Test secretary", "added an item", "“Budget of the year”", "removed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	changed := false
	document(t, desk.Get(t, path).Text).Find("tr").Each(func(_ int, row *goquery.Selection) {
		changed = changed || strings.Join(strings.Fields(row.Text()), " ") == "title Budget Budget of the year" || strings.Contains(row.Text(), "titleBudgetBudget of the year")
	})
	if !changed {
		t.Error("the record does not say what the title was before and after")
	}
	for who, b := range map[string]*servertest.Browser{"an author": s.SignedIn(t, auth.Author, board), "another board's secretary": s.SignedIn(t, auth.Secretary, other), "an administrator": s.SignedIn(t, auth.Admin)} {
		if a := b.Get(t, path); a.StatusCode == http.StatusOK {
			t.Errorf("%s reads it", who)
		}
	}
	if a := s.SignedIn(t, auth.Admin).Get(t, "/desk/site/record"); a.StatusCode != http.StatusOK || strings.Contains(a.Text, "Budget") {
		t.Errorf("the record of the site: %d", a.StatusCode)
	}
}

// TestDeskDue holds that the first page says what is due, by whom, and what is late.
func TestDeskDue(t *testing.T) {
	s := servertest.Start(t)
	board := s.Board(t, "Board")
	m := s.Meeting(t, board, 5)
	i := s.Item(t, m.Slug, "Finance report")
	i.Lead, i.ToFollow = "Director of Finance", s.Clock.Now().AddDate(0, 0, -1).Format("2006-01-02")
	if _, err := s.Record.ChangeItem(t.Context(), i, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
	due := document(t, s.SignedIn(t, auth.Secretary, board).Get(t, "/desk").Text).Find(".cd-due")
	late := due.Find(".cd-due--late").Text()
	if !strings.Contains(late, "Finance report") || !strings.Contains(late, "by Director of Finance") {
		t.Errorf("late: %q", late)
	}
	if !strings.Contains(due.Text(), "by the board secretary") {
		t.Errorf("due: %q", due.Text())
	}
}
