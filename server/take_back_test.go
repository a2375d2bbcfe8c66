package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestTakePaperBack takes back a paper whose text and title hold a name that must not be anywhere.
func TestTakePaperBack(t *testing.T) {
	const name = "Xanthippe"
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	i := s.Item(t, m.Slug, "Complaints")
	token := s.Token(t, auth.Secretary)
	var p struct{ ID string }
	file := servertest.PDF(t, "Complaint of "+name, "The complaint of "+name+" was upheld.")
	if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", "1 Complaint of "+name+".pdf", file, &p); status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, text)
	}
	s.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
	reader, member := s.Browser(t), s.SignedIn(t, auth.Member)
	found := func() bool { return strings.Contains(reader.Get(t, "/api/v1/search?q="+name).Text, p.ID) }
	servertest.Eventually(t, "the paper is found", found)
	pack := "/meetings/" + m.Slug + "/pack.pdf"
	if text := fmt.Sprint(stamps(t, packOf(t, s, pack))); !strings.Contains(text, name) {
		t.Fatalf("the pack lacks the paper: %s", text)
	}
	for _, path := range []string{"/papers/" + p.ID, "/papers/" + p.ID + "/pages/1.jpg", "/papers/" + p.ID + "/file", "/feed.atom", "/meetings/" + m.Slug} {
		if a := reader.Get(t, path); a.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", path, a.StatusCode)
		}
	}
	member.Get(t, "/papers/"+p.ID+"/file")
	member.Get(t, "/papers/"+p.ID+"/file")

	// A second version waits for its time: it must not bring the name back.
	if status, text := s.APIUpload(t, token, "/papers/"+p.ID+"/versions", "b.pdf", servertest.PDF(t, "b", name+" again"), nil, "reason", "Corrected"); status != http.StatusCreated {
		t.Fatalf("second version: %d %s", status, text)
	}
	at := s.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	if status, text := s.API(t, token, "POST", "/papers/"+p.ID+"/publish", map[string]string{"at": at}, nil); status != http.StatusOK {
		t.Fatalf("scheduling: %d %s", status, text)
	}

	desk := s.SignedIn(t, auth.Secretary)
	if a := reader.Post(t, "/desk/papers/"+p.ID+"/take-back"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger's attempt: %d", a.StatusCode)
	}
	a := desk.Post(t, "/desk/papers/"+p.ID+"/take-back", "title", "A paper that was taken back")
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("taking back: %d %s", a.StatusCode, a.Text)
	}

	t.Run("it is nowhere when the button answers", func(t *testing.T) {
		for _, path := range []string{"/papers/" + p.ID, "/papers/" + p.ID + "/v/1/pages/1.jpg", "/papers/" + p.ID + "/v/1/file", "/papers/" + p.ID + "/v/1/text",
			"/feed.atom", "/meetings/" + m.Slug, "/search?q=" + name, "/api/v1/search?q=" + name, "/api/v1/papers/" + p.ID, "/sitemap.xml", "/api/v1/log/entries"} {
			got := reader.Get(t, path)
			if strings.Contains(got.Text, "Complaint of") || strings.Contains(got.Text, "was upheld") {
				t.Errorf("GET %s: %d, and its words are still there", path, got.StatusCode)
			}
		}
		if found() {
			t.Error("search still finds the paper")
		}
		if got := reader.Get(t, "/papers/"+p.ID+"/v/1"); got.StatusCode != http.StatusGone || !strings.Contains(got.Text, "It held something that must not be public.") {
			t.Errorf("the page that stays: %d", got.StatusCode)
		}
	})
	t.Run("no pack holds it, and a page keeps its numbers", func(t *testing.T) {
		text := fmt.Sprint(stamps(t, packOf(t, s, pack)))
		if strings.Contains(text, name) || !strings.Contains(text, "Withdrawn") {
			t.Errorf("the pack reads %s", text)
		}
	})
	t.Run("its bytes are gone from the disk", func(t *testing.T) {
		if holds := holding(t, filepath.Join(s.Dir, "files"), file); len(holds) > 0 {
			t.Errorf("files that hold it: %v", holds)
		}
		if left, _ := filepath.Glob(filepath.Join(s.Dir, "images", "*", "*.jpg")); len(left) > 0 {
			t.Errorf("images left: %v", left)
		}
	})
	t.Run("acts cannot be linked to the words any more", func(t *testing.T) {
		acts, err := s.Record.Acts(t.Context(), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range acts {
			if !strings.HasPrefix(act.Subject, "papers/"+p.ID) || act.Kind == papers.ActPaperWithdrawn {
				continue
			}
			if salts, err := s.Record.Salts(t.Context(), act.Number); err != nil || len(salts) > 0 {
				t.Errorf("act %d %s keeps salts of %d texts, %v", act.Number, act.Kind, len(salts), err)
			}
		}
	})
	t.Run("the report says what was cleared and who had it", func(t *testing.T) {
		got := desk.Get(t, a.Header.Get("Location"))
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", a.Header.Get("Location"), got.StatusCode, got.Text)
		}
		report := document(t, got.Text).Text()
		for _, want := range []string{"taken back with its bytes", "gone from the disk", "Search holds nothing of it", "Page images", "3 downloads, from 2 places", "Signed in: Test member"} {
			if !strings.Contains(report, want) {
				t.Errorf("the report does not say %q", want)
			}
		}
		if a := s.SignedIn(t, auth.Author).Get(t, "/desk/papers/"+p.ID+"/cleared"); a.StatusCode != http.StatusForbidden {
			t.Errorf("an author reads the report: %d", a.StatusCode)
		}
	})
	t.Run("the planned version is taken out", func(t *testing.T) {
		s.Clock.Advance(2 * time.Hour)
		pubs, err := s.Record.Publications(t.Context(), m.Slug)
		if err != nil {
			t.Fatal(err)
		}
		for _, pub := range pubs {
			if pub.State == papers.PublicationScheduled && len(pub.Versions) > 0 {
				t.Errorf("a publication still holds %v", pub.Versions)
			}
		}
		if got := reader.Get(t, "/papers/"+p.ID+"/v/2"); got.StatusCode != http.StatusNotFound {
			t.Errorf("version 2: %d", got.StatusCode)
		}
	})
}

// TestTakePaperBackGoesOn holds that a program that ended between the commit and the clearing clears when
// it starts again, and that bytes another paper needs stay.
func TestTakePaperBackGoesOn(t *testing.T) {
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Board"), 20)
	i := s.Item(t, m.Slug, "One")
	token := s.Token(t, auth.Secretary)
	shared, lone := servertest.PDF(t, "a", "needed elsewhere"), servertest.PDF(t, "b", "needed nowhere else")
	ids := map[string]string{}
	for name, file := range map[string][]byte{"1 Shared.pdf": shared, "2 Lone.pdf": lone, "3 Other.pdf": shared} {
		var p struct{ ID string }
		if status, text := s.APIUpload(t, token, "/items/"+i.ID+"/papers", name, file, &p); status != http.StatusCreated {
			t.Fatalf("upload: %d %s", status, text)
		}
		s.API(t, token, "POST", "/papers/"+p.ID+"/publish", nil, nil)
		ids[name] = p.ID
	}
	s.Stop(t)
	record, err := program.OpenRecord(t.Context(), s.Config, s.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{ids["1 Shared.pdf"], ids["2 Lone.pdf"]} {
		p, err := record.Paper(t.Context(), papers.Insider, id)
		if err != nil {
			t.Fatal(err)
		}
		w := papers.Withdrawal{Paper: id, Role: "secretary", Reason: "It names somebody.", TakeBack: true}
		if err := record.Withdraw(t.Context(), w, papers.Change{By: papers.Program, Acts: w.Acts(p)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := record.Close(); err != nil {
		t.Fatal(err)
	}
	again := s.Again(t)
	servertest.Eventually(t, "the lone file is gone", func() bool { return len(holding(t, filepath.Join(s.Dir, "files"), lone)) == 0 })
	if a := again.Browser(t).Get(t, "/papers/"+ids["3 Other.pdf"]+"/file"); a.StatusCode != http.StatusOK {
		t.Errorf("the other paper with the same bytes: %d", a.StatusCode)
	}
}

// holding lists the files below dir that hold one of the parts.
func holding(t *testing.T, dir string, parts ...[]byte) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil // scratch that goes while we look
		}
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		for _, part := range parts {
			if bytes.Contains(b, part) {
				list = append(list, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
