package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers"
	"clearday/papers/packs"
	"clearday/server/servertest"
)

// packOf waits for the pack of a meeting and answers its bytes.
func packOf(t *testing.T, s *servertest.Site, address string) []byte {
	t.Helper()
	var a servertest.Answer
	servertest.Eventually(t, "the pack is made", func() bool {
		a = s.Browser(t).Get(t, address)
		return a.StatusCode == http.StatusOK
	})
	return []byte(a.Text)
}

// stamps gives, by page number, the text of each page of a pack that has one, and checks that the file is sound.
func stamps(t *testing.T, pack []byte) map[string]string {
	t.Helper()
	for _, name := range []string{"qpdf", "pdftotext"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing", name)
			}
			t.Skipf("%s is missing", name)
		}
	}
	path := filepath.Join(t.TempDir(), "pack.pdf")
	if err := os.WriteFile(path, pack, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v\n%s", err, out)
	}
	text, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for i, page := range strings.Split(string(text), "\f") {
		label := fmt.Sprintf("front %d", i+1)
		if _, after, ok := strings.Cut(page, " - Page "); ok {
			label, _, _ = strings.Cut(after, " of ")
		}
		if strings.TrimSpace(page) != "" {
			pages[label] = page
		}
	}
	return pages
}

// TestPack walks a pack from the first publication through a supplement and a new version to a withdrawal: no
// page ever moves, and nothing is in it a moment longer than it is public.
func TestPack(t *testing.T) {
	s, m, token := aBoardMeets(t)
	path := "/meetings/" + m.Slug
	address := path + "/pack.pdf"
	money := aPaper(t, s, token, m.Slug, "Money of the month", "Finance report")
	aPaper(t, s, token, m.Slug, "People", "Staff report")
	must(t, s, token, "POST", path+"/announce", struct{}{})
	if a := s.Browser(t).Get(t, address); a.StatusCode != http.StatusNotFound {
		t.Fatalf("before the publication the pack answers %d", a.StatusCode)
	}
	must(t, s, token, "POST", path+"/publish", struct{}{})

	waiting := s.Browser(t).Get(t, address)
	if waiting.StatusCode != http.StatusServiceUnavailable || waiting.Header.Get("Retry-After") == "" || !strings.Contains(waiting.Text, "Finance report") {
		t.Errorf("while it is made the pack answers %d and %q", waiting.StatusCode, waiting.Text)
	}
	first := stamps(t, packOf(t, s, address))
	want := map[string]string{"1": "Money of the month", "2": "page one", "3": "page two", "4": "People", "5": "page one", "6": "page two"}
	for n, text := range want {
		if !strings.Contains(first[n], text) {
			t.Errorf("page %s is %q, want %q in it", n, first[n], text)
		}
	}
	if !strings.Contains(first["6"], "Item 2 - Page 6 of 6") || !strings.Contains(first["front 1"], "Contents") {
		t.Errorf("page 6 is %q, the front sheet %q", first["6"], first["front 1"])
	}
	servertest.Eventually(t, "the page offers the pack with its size", func() bool {
		return strings.Contains(said(look(t, s, path+"?new"), ".cd-links"), "All papers in one PDF") &&
			strings.Contains(said(look(t, s, path+"?new"), ".cd-links"), "kB, 6 pages")
	})

	t.Run("parts of it and the same again", func(t *testing.T) {
		whole := s.Browser(t).Get(t, address)
		if a := s.Browser(t).Get(t, address, "Range", "bytes=0-4"); a.StatusCode != http.StatusPartialContent || a.Text != "%PDF-" {
			t.Errorf("a part is %d %q", a.StatusCode, a.Text)
		}
		if a := s.Browser(t).Get(t, address, "If-None-Match", whole.Header.Get("ETag")); a.StatusCode != http.StatusNotModified {
			t.Errorf("the same again is %d", a.StatusCode)
		}
	})

	// A supplement: two more pages under the first item, and a new version of the staff report.
	var p struct{ ID, State string }
	items, err := s.Record.Items(context.Background(), papers.Insider, m.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := s.APIUpload(t, token, "/items/"+items[0].ID+"/papers", "annex.pdf", servertest.PDF(t, "Annex", "annex one"), &p, "title", "Annex to the finance report"); status >= 300 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	if status, text := s.APIUpload(t, token, "/papers/"+money+"/versions", "v2.pdf", servertest.PDF(t, "Finance report", "better one", "better two", "better three"), nil, "reason", "A figure was wrong"); status >= 300 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	servertest.Eventually(t, "both are read", func() bool {
		list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Meeting: m.Slug})
		ready := 0
		for _, paper := range list {
			if v, _ := paper.Newest(); v.State == papers.VersionReady {
				ready++
			}
		}
		return err == nil && ready == 2
	})
	must(t, s, token, "POST", path+"/publish", struct{}{})
	second := stamps(t, packOf(t, s, address))
	for n, text := range first {
		if strings.HasPrefix(n, "front") {
			continue
		}
		if was, _, _ := strings.Cut(text, "\n"); !strings.HasPrefix(second[n], was) {
			t.Errorf("page %s was %q and is %q", n, text, second[n])
		}
	}
	for n, text := range map[string]string{"2": "Superseded: see page 8", "3": "Superseded: see page 8", "7": "Supplement 1", "8": "better one", "10": "better three", "11": "annex one"} {
		if !strings.Contains(second[n], text) {
			t.Errorf("page %s is %q, want %q in it", n, second[n], text)
		}
	}
	if contents := second["front 1"]; strings.Count(contents, "Finance report") < 2 || !strings.Contains(contents, "Version 2") || !strings.Contains(contents, "Superseded: see page 8") {
		t.Errorf("the contents do not list both versions: %q", contents)
	}
	supplement := stamps(t, packOf(t, s, address+"?supplement=1"))
	if !strings.Contains(supplement["8"], "better one") || supplement["2"] != "" || !strings.Contains(supplement["front 1"], "Supplement 1") {
		t.Errorf("the pack of the supplement is %q", supplement)
	}
	if a := s.Browser(t).Get(t, address+"?supplement=2"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a supplement that never was answers %d", a.StatusCode)
	}

	// From the moment of the withdrawal no pack holds it.
	must(t, s, token, "POST", "/papers/"+money+"/withdraw", map[string]any{"reason": "A name was in it", "version": 1})
	if a := s.Browser(t).Get(t, address); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("right after the withdrawal the pack answers %d", a.StatusCode)
	}
	third := packOf(t, s, address)
	pages := stamps(t, third)
	if strings.Contains(pages["2"], "page one") || !strings.Contains(pages["2"], "Withdrawn") || !strings.Contains(pages["2"], "A name was in it") || pages["3"] != "" {
		t.Errorf("in the place of the withdrawn version stands %q", pages["2"])
	}
	if !strings.Contains(pages["4"], "People") || !strings.Contains(pages["11"], "annex one") {
		t.Errorf("the others moved: %q", pages)
	}
	left, err := filepath.Glob(filepath.Join(s.Dir, "packs", m.Slug, "*"))
	if err != nil || len(left) > 2 {
		t.Errorf("on the disk are %q, %v: want the pack and its supplement", left, err)
	}

	t.Run("wiped and followed again, the bytes are the same", func(t *testing.T) {
		s.Stop(t)
		if err := os.RemoveAll(filepath.Join(s.Dir, "packs")); err != nil {
			t.Fatal(err)
		}
		s = s.Again(t)
		servertest.Eventually(t, "the follower makes it without being asked", func() bool {
			left, err := filepath.Glob(filepath.Join(s.Dir, "packs", m.Slug, "*.pdf"))
			return err == nil && len(left) == 2
		})
		if again := packOf(t, s, address); !bytes.Equal(again, third) {
			t.Error("the same papers gave other bytes")
		}
	})
}

// A pack whose making was cut short is no pack.
func TestPack_cutShort(t *testing.T) {
	s, m, token := aBoardMeets(t)
	aPaper(t, s, token, m.Slug, "Money of the month", "Finance report")
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/publish", struct{}{})
	whole := packOf(t, s, "/meetings/"+m.Slug+"/pack.pdf")
	s.Stop(t)
	files, err := filepath.Glob(filepath.Join(s.Dir, "packs", m.Slug, "*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("on the disk are %q, %v", files, err)
	}
	if err := os.Rename(files[0], files[0]+".making"); err != nil { // as a kill in the middle leaves it
		t.Fatal(err)
	}
	if err := os.Truncate(files[0]+".making", 1000); err != nil {
		t.Fatal(err)
	}
	s = s.Again(t)
	if again := packOf(t, s, "/meetings/"+m.Slug+"/pack.pdf"); !bytes.Equal(again, whole) {
		t.Error("after a start anew the pack is another")
	}
}

// The private pack is for those who see private matter; nothing of it is in the public one.
func TestPack_private(t *testing.T) {
	s, m, token := aBoardMeets(t)
	aPaper(t, s, token, m.Slug, "Money of the month", "Finance report")
	i, err := s.Record.AddItem(context.Background(), papers.Item{Meeting: m.Slug, Number: "2", Title: "The secretcanary deal", Private: true,
		PublicTitle: "A private matter", Exemption: "The public will be asked to leave.",
		Grounds: papers.Grounds{Regime: "LGA-VA", Paras: []string{"3"}}}, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ ID, State string }
	if status, text := s.APIUpload(t, s.Token(t, "secretary"), "/items/"+i.ID+"/papers", "deal.pdf", servertest.PDF(t, "Deal", "papercanary"), &p, "title", "Titlecanary", "private", "true"); status >= 300 {
		t.Fatalf("uploading: %d %s", status, text)
	}
	servertest.Eventually(t, "it is read", func() bool {
		list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Item: i.ID})
		if err != nil || len(list) == 0 {
			return false
		}
		v, _ := list[0].Newest()
		return v.State == papers.VersionReady
	})
	must(t, s, token, "POST", "/meetings/"+m.Slug+"/publish", struct{}{})
	public := packOf(t, s, "/meetings/"+m.Slug+"/pack.pdf")
	pages := stamps(t, public)
	all := fmt.Sprint(pages)
	for _, canary := range []string{"secretcanary", "papercanary", "Titlecanary"} {
		if strings.Contains(all, canary) || bytes.Contains(public, []byte(canary)) {
			t.Errorf("the public pack holds %q", canary)
		}
	}
	if !strings.Contains(all, "A private matter") || !strings.Contains(all, "asked to leave") {
		t.Errorf("the contents do not name the private item: %q", pages["front 1"])
	}

	member := papers.Audience{Private: []string{m.Board}}
	which := packs.Which{Meeting: m.Slug, Series: papers.PrivateSeries}
	var found packs.Pack
	servertest.Eventually(t, "the private pack is made", func() bool {
		if found, err = s.Packs.Find(context.Background(), member, which); err != nil {
			t.Fatal(err)
		}
		if found.File == "" {
			s.Packs.Begin(found)
		}
		return found.File != ""
	})
	private, err := os.ReadFile(found.File)
	if err != nil {
		t.Fatal(err)
	}
	pages = stamps(t, private)
	if !strings.Contains(pages["R2"], "papercanary") || !strings.Contains(pages["R2"], "Not for publication: paragraph 3") || !strings.Contains(pages["R1"], "Not for publication") {
		t.Errorf("the private pack is %q", pages)
	}
	for _, a := range []papers.Audience{papers.Public, {Drafts: []string{papers.EveryBoard}}, {Private: []string{"another-board"}}} {
		if _, err := s.Packs.Find(context.Background(), a, which); !errors.Is(err, papers.ErrNotFound) {
			t.Errorf("%+v finds the private pack: %v", a, err)
		}
	}
}
