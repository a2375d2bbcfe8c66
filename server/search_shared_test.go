package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"clearday/search/meili/meilitest"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestSearchShared: a Meilisearch answers searches; while it is lost this machine's own search answers, the
// page and the desk say so, and nothing that is withdrawn is found whatever it still holds. It heals alone.
func TestSearchShared(t *testing.T) {
	shared := meilitest.New(t)
	s := servertest.StartWithMeili(t, shared.URL, meilitest.MasterKey)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 20)
	id := publishPaper(t, s, m.Slug, "Lights", "The lighthouse is dark.", "Another lighthouse.")
	desk := s.SignedIn(t, auth.Secretary)
	const onPage, atDesk = "main search is away", "shared search engine is away"
	says := func() (page, home bool) {
		p := s.Browser(t).Get(t, "/search?q=lighthouse").Text
		if !strings.Contains(p, "/papers/"+id) {
			t.Fatal("the paper is not found")
		}
		return strings.Contains(p, onPage), strings.Contains(desk.Get(t, "/desk").Text, atDesk)
	}
	asked := func() (n int) { shared.Do(func() { n = len(shared.Tokens) }); return n }
	servertest.Eventually(t, "the shared engine answers", func() bool {
		before := asked()
		page, home := says()
		return asked() > before && !page && !home
	})
	a := s.Browser(t).Get(t, "/api/v1/search?q=another+lighthouse")
	var found struct {
		Total int
		Hits  []struct{ Pages []struct{ Page int } }
	}
	if err := json.Unmarshal([]byte(a.Text), &found); err != nil || found.Total != 1 || found.Hits[0].Pages[0].Page != 2 {
		t.Errorf("the answer is %s, %v", a.Text, err)
	}

	shared.Do(func() {
		shared.Intercept = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	})
	if page, home := says(); !page || !home {
		t.Errorf("the loss is said on the page: %t, at the desk: %t", page, home)
	}
	second := publishPaper(t, s, s.Meeting(t, "partnership-board", 30).Slug, "Meanwhile", "A lighthouse while nobody was there.")
	servertest.Eventually(t, "what is published meanwhile is found", func() bool {
		return strings.Contains(s.Browser(t).Get(t, "/search?q=lighthouse").Text, second)
	})

	shared.Do(func() { shared.Intercept = nil })
	s.Clock.Advance(time.Minute)
	servertest.Eventually(t, "the shared engine answers again, with what it missed", func() bool {
		page, home := says()
		return !page && !home && strings.Contains(s.Browser(t).Get(t, "/search?q=nobody").Text, second)
	})

	shared.Do(func() { // it takes no more batches, and goes on answering with what it holds
		shared.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/indexes") {
				w.WriteHeader(http.StatusBadGateway)
				return true
			}
			return false
		}
	})
	if status, text := s.API(t, s.Token(t, auth.Secretary), "POST", "/papers/"+id+"/withdraw", map[string]string{"reason": "It names somebody"}, nil); status != http.StatusOK {
		t.Fatalf("withdrawing: %d %s", status, text)
	}
	if text := s.Browser(t).Get(t, "/search?q=dark").Text; strings.Contains(text, "/papers/"+id) || strings.Contains(text, "is dark") {
		t.Error("what is withdrawn is found")
	}
	shared.Do(func() {
		for _, token := range shared.Tokens {
			if token == meilitest.MasterKey {
				t.Error("a search was made with the master key")
			}
		}
		if slices.Contains(shared.Tokens, "") {
			t.Error("a search was made without a key")
		}
	})
}
