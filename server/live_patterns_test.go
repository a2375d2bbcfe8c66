package server_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestUnusualSupport: supports that came in an unusual pattern are shown to the moderator, who says what they
// are; what is stated stands with its count beside the question on every page and in the API.
func TestUnusualSupport(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 5)
	s.Item(t, m.Slug, "Buses")
	if _, err := s.Publisher.PublishMeeting(t.Context(), m.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	c, err := s.Hub.Ask(t.Context(), livestream.Ask{Meeting: m.Slug, Device: auth.HashSecret("asker"), Key: "k", Text: "When do the buses come?"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Hub.Decide(t.Context(), livestream.Decision{Number: c.Number, To: livestream.Published}, papers.Program); err != nil {
		t.Fatal(err)
	}
	var batch []livestream.Support
	for i := range 300 {
		batch = append(batch, livestream.Support{Meeting: m.Slug, Question: c.Number, Device: auth.HashSecret(fmt.Sprint("fake ", i)), From: "192.0.2.66"})
	}
	if _, err := s.Record.Support(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	list, err := s.Record.Arrivals(t.Context(), m.Slug, s.Clock.Now().Add(-time.Minute), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record.NoteBursts(t.Context(), m.Slug, []livestream.Burst{{Question: c.Number, Kind: livestream.OnePlace, Place: list[0].Place, Arrivals: list}}); err != nil {
		t.Fatal(err)
	}
	live := "/desk/meetings/" + m.Slug + "/live"
	if axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js")); err == nil {
		p := startChromium(t).person(t, s, "the moderator", wide)
		p.signIn(auth.Moderator)
		p.open(live)
		p.looks("live desk with unusual support")
		for _, width := range []int64{phone, wide} {
			p.resize(width)
			for _, fault := range p.axe(string(axe)) {
				t.Errorf("at %d: %s", width, fault)
			}
		}
	}
	desk := s.SignedIn(t, auth.Moderator)
	page := desk.Get(t, live).Text
	if !strings.Contains(page, "<b>300 supports</b>") || strings.Contains(page, "192.0.2.66") {
		t.Fatal("the desk does not show the pattern, or shows where it came from")
	}
	patterns, err := s.Record.Patterns(t.Context(), m.Slug)
	if err != nil || len(patterns) != 1 {
		t.Fatalf("patterns are %v, %v", patterns, err)
	}
	path := "/desk/questions/" + c.Number + "/patterns/" + patterns[0].ID
	if a := s.SignedIn(t, auth.Member).Post(t, path, "state", "left_out"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a member decides about a pattern: %d", a.StatusCode)
	}
	if a := desk.Post(t, path, "state", "left_out"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("deciding answered %d %s", a.StatusCode, a.Text)
	}
	const note = "300 more came in an unusual pattern. They are not counted."
	for _, public := range []string{"/questions/" + c.Number, "/meetings/" + m.Slug + "/questions", "/meetings/" + m.Slug + "/live", "/api/v1/meetings/" + m.Slug + "/questions"} {
		servertest.Eventually(t, public+" states it", func() bool { return strings.Contains(s.Browser(t).Get(t, public).Text, note) })
	}
}
