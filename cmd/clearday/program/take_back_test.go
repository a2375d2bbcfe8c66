package program_test

import (
	"net/http"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestTakeBackOnEveryProgram takes a paper back at one of two programs on one PostgreSQL: the other one
// clears it by itself too, and the report names both.
func TestTakeBackOnEveryProgram(t *testing.T) {
	database := servertest.Schema(t)
	clock := &servertest.Clock{}
	one, two := start(t, database, clock.Now), start(t, database, clock.Now)
	m := one.Meeting(t, one.Board(t, "Board"), 20)
	i := one.Item(t, m.Slug, "One")
	token := one.Token(t, auth.Secretary)
	var p struct{ ID string }
	if status, text := one.APIUpload(t, token, "/items/"+i.ID+"/papers", "1 A.pdf", servertest.PDF(t, "a", "the name of somebody"), &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	if status, text := one.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, text)
	}
	finds := func() bool { return strings.Contains(two.Browser(t).Get(t, "/api/v1/search?q=somebody").Text, p.ID) }
	servertest.Eventually(t, "the other program finds it", finds)
	if status, text := one.API(t, token, "POST", "/papers/"+p.ID+"/withdraw", map[string]any{"reason": "It names somebody.", "take_back": true}, nil); status != http.StatusOK {
		t.Fatalf("taking back: %d %s", status, text)
	}
	servertest.Eventually(t, "the other program shows it withdrawn", func() bool {
		return two.Browser(t).Get(t, "/papers/"+p.ID).StatusCode == http.StatusGone && !finds()
	})
	servertest.Eventually(t, "both programs said what they cleared", func() bool {
		list, err := two.Record.Clearings(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]bool{}
		for _, c := range list {
			if c.Part == "search" {
				by[c.Program] = true
			}
		}
		return len(by) == 2
	})
	if texts, err := two.Record.Texts(t.Context(), papers.VersionRef{Paper: p.ID, N: 1}); err == nil && len(texts) > 0 {
		t.Errorf("its words are still on the record: %q", texts)
	}
}
