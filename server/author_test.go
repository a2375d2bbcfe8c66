package server_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

type values = url.Values

var uploadLink = regexp.MustCompile(`value="[^"]*(/upload/[A-Za-z0-9_-]{43})"`)

// ask asks for the paper of an item and gives the author's link.
func (d *deskSite) ask(t *testing.T, item string) string {
	t.Helper()
	due := d.Clock.Now().AddDate(0, 0, 7).Format(time.DateOnly)
	wants(t, d.Post(t, "/desk/items/"+item+"/commission", "author", "Ann Lode", "email", "ann.lode@example.org", "approver", "Director of Finance", "due", due, "time", "12:00"), http.StatusSeeOther)
	page := d.Post(t, "/desk/items/"+item+"/link")
	wants(t, page, http.StatusOK, "it is not shown again")
	m := uploadLink.FindStringSubmatch(page.Text)
	if m == nil {
		t.Fatal("the page holds no link")
	}
	return m[1]
}

// send uploads by a link as a browser without scripts does.
func send(t *testing.T, b *servertest.Browser, link, name string, file []byte, fields ...string) servertest.Answer {
	t.Helper()
	body, kind := servertest.Multipart(t, name, file, fields...)
	return b.Do(t, http.MethodPost, link, kind, body)
}

func TestAuthorLink(t *testing.T) {
	d := newDesk(t)
	item := d.items[1]
	link := d.ask(t, item.ID)
	ann := d.Browser.Site.Browser(t)

	page := ann.Get(t, link)
	wants(t, page, http.StatusOK, "Send a paper for item 2", "Finance report of the month", "Ann Lode", "Director of Finance", "Asked for")
	if page.Header.Get("Cache-Control") != "no-store" || page.Header.Get("Referrer-Policy") != "strict-origin" || !strings.Contains(page.Header.Get("X-Robots-Tag"), "noindex") {
		t.Errorf("the page of a secret link is sent with %v", page.Header)
	}
	wants(t, send(t, ann, link, "notes.txt", []byte("no paper")), http.StatusUnprocessableEntity, "mend")
	wants(t, send(t, ann, link, "Finance.pdf", servertest.PDF(t, "Finance", "The money")), http.StatusSeeOther)
	list, err := d.Record.Papers(t.Context(), papers.Insider, papers.PaperFilter{Meeting: d.meeting.Slug})
	if err != nil || len(list) != 1 || list[0].Item != item.ID {
		t.Fatalf("the papers are %+v, %v", list, err)
	}
	paper := list[0].ID
	d.waitReady(t, paper)
	wants(t, ann.Get(t, link), http.StatusOK, "What you sent", "Finance", "Ready", "In, to be looked at")
	wants(t, ann.Get(t, "/papers/"+paper), http.StatusNotFound)
	wants(t, ann.Get(t, d.path), http.StatusSeeOther) // to the sign-in page
	wants(t, d.Get(t, d.path), http.StatusOK, "for Director of Finance to approve")

	wants(t, d.Post(t, "/desk/items/"+item.ID+"/decide", "decision", "back"), http.StatusUnprocessableEntity, "Say what has to change")
	wants(t, d.Post(t, "/desk/items/"+item.ID+"/decide", "decision", "back", "words", "Page two lacks the table."), http.StatusSeeOther)
	wants(t, ann.Get(t, link), http.StatusOK, "Sent back", "Page two lacks the table.")
	wants(t, send(t, ann, link, "Finance v2.pdf", servertest.PDF(t, "Finance", "The money", "and the table"), "paper", paper), http.StatusSeeOther)
	d.waitReady(t, paper)
	chair := d.SignedIn(t, auth.Chair, d.meeting.Board)
	wants(t, chair.Get(t, "/desk/items/"+item.ID), http.StatusOK, "Approve")
	wants(t, chair.Post(t, "/desk/items/"+item.ID+"/decide", "decision", "yes"), http.StatusSeeOther)
	wants(t, ann.Get(t, link), http.StatusOK, "Approved", "Version 2")
	author := d.SignedIn(t, auth.Author, d.meeting.Board)
	wants(t, author.Post(t, "/desk/items/"+item.ID+"/decide", "decision", "yes"), http.StatusForbidden)
	rows, err := d.Record.Audit(t.Context(), "papers/"+paper, 10)
	if err != nil || rows[0].Who != "Ann Lode" || rows[0].Role != "author" {
		t.Errorf("the audit says %+v, %v", rows, err)
	}
	if n := len(rows); n == 0 {
		t.Error("uploads by a link leave no trace")
	}
}

// TestAuthorLetter: the link reaches the author by letter where a mail server is set, and by the
// secretary's own mail program anywhere; what the mail server refuses is said, and the link is still there.
func TestAuthorLetter(t *testing.T) {
	box := servertest.Mail(t)
	s := servertest.StartWithMail(t, box.URL)
	board := s.Board(t, "Partnership Board")
	d := &deskSite{Site: s, Browser: s.SignedIn(t, auth.Secretary, board), meeting: s.Meeting(t, board, 20)}
	item := s.Item(t, d.meeting.Slug, "Finance report")
	d.ask(t, item.ID)
	byHand := d.Post(t, "/desk/items/"+item.ID+"/link")
	wants(t, byHand, http.StatusOK, `href="mailto:ann.lode@example.org?subject=Paper%20for%20item%201`, "Send ann.lode@example.org a new link")
	if n := len(box.Letters()); n != 0 {
		t.Fatalf("%d letters went out unasked", n)
	}
	page := d.Post(t, "/desk/items/"+item.ID+"/link", "send", "yes")
	wants(t, page, http.StatusOK, "Sent to ann.lode@example.org.")
	link := uploadLink.FindStringSubmatch(page.Text)[1]
	letters := box.To("ann.lode@example.org")
	if len(letters) != 1 || !strings.Contains(strings.ReplaceAll(letters[0].Body, "=\r\n", ""), s.URL+link) || letters[0].Header.Get("List-Unsubscribe") != "" {
		t.Fatalf("the author got %+v", letters)
	}
	for _, want := range []string{"Ann Lode, you are asked", "item 1, Finance report"} {
		if body := strings.ReplaceAll(letters[0].Body, "=\r\n", ""); !strings.Contains(body, want) {
			t.Errorf("the letter does not say %q: %s", want, body)
		}
	}
	wants(t, s.Browser(t).Get(t, link), http.StatusOK, "Send a paper for item 1")
	box.Refuse(&smtp.SMTPError{Code: 550, Message: "no such mailbox"})
	refused := d.Post(t, "/desk/items/"+item.ID+"/link", "send", "yes")
	wants(t, refused, http.StatusOK, "The letter did not leave", "no such mailbox")
	if uploadLink.FindStringSubmatch(refused.Text) == nil {
		t.Error("the link is not shown when its letter is refused")
	}
}

// A link does one thing for one item, as long as it lasts.
func TestAuthorLink_attacker(t *testing.T) {
	d := newDesk(t)
	link := d.ask(t, d.items[1].ID)
	mallory := d.Browser.Site.Browser(t)
	pdf := func(words string) []byte { return servertest.PDF(t, words, words) }

	others := d.ready(t, "3 Beds.pdf", "The beds")
	wants(t, send(t, mallory, link, "x.pdf", pdf("other paper"), "paper", others.ID), http.StatusUnprocessableEntity, "not a paper of yours")
	wants(t, send(t, mallory, link, "x.pdf", pdf("other item"), "item", d.items[2].ID), http.StatusSeeOther)
	mine, err := d.Record.CommissionPapers(t.Context(), d.items[1].ID)
	if err != nil || len(mine) != 1 {
		t.Fatalf("the author's papers are %v, %v", mine, err)
	}
	if p, err := d.Record.Paper(t.Context(), papers.Insider, mine[0]); err != nil || p.Item != d.items[1].ID {
		t.Errorf("a field of the form chose the item: %+v, %v", p, err)
	}
	if page := mallory.Get(t, link); strings.Contains(page.Text, others.ID) || strings.Contains(page.Text, "3 Beds") {
		t.Error("the link shows papers that did not come by it")
	}
	wants(t, mallory.Get(t, link[:len(link)-1]+"A"), http.StatusNotFound, "This link does not work")
	wants(t, mallory.Get(t, "/upload/x"), http.StatusNotFound, "This link does not work")

	t.Run("after publication", func(t *testing.T) {
		d.waitReady(t, mine[0])
		if _, err := d.Publisher.PublishPaper(t.Context(), mine[0], papers.Wish{}, papers.Program); err != nil {
			t.Fatal(err)
		}
		wants(t, send(t, mallory, link, "x.pdf", pdf("after publication"), "paper", mine[0]), http.StatusUnprocessableEntity, "goes by the board secretary")
	})
	t.Run("in place of an older one", func(t *testing.T) {
		again := uploadLink.FindStringSubmatch(d.Post(t, "/desk/items/"+d.items[1].ID+"/link").Text)[1]
		wants(t, mallory.Get(t, link), http.StatusNotFound)
		wants(t, mallory.Get(t, again), http.StatusOK)
		link = again
	})
	t.Run("a large file without a link", func(t *testing.T) {
		large := append(pdf("large"), bytes.Repeat([]byte("%"), 1<<20)...)
		if a := send(t, mallory, "/upload/guess", "x.pdf", large); a.StatusCode < 400 {
			t.Errorf("a stranger's large body is %d", a.StatusCode)
		}
		wants(t, send(t, mallory, link, "large.pdf", large), http.StatusSeeOther)
	})
	t.Run("from another site", func(t *testing.T) {
		body, kind := servertest.Multipart(t, "x.pdf", pdf("elsewhere"))
		a := mallory.Do(t, http.MethodPost, link, kind, body, "Origin", "https://evil.example")
		wants(t, a, http.StatusForbidden)
	})
	t.Run("too often", func(t *testing.T) {
		last := 0
		for range 40 {
			if last = send(t, mallory, link, "x.txt", []byte("x")).StatusCode; last == http.StatusTooManyRequests {
				return
			}
		}
		t.Errorf("forty files in a row end with %d", last)
	})
	t.Run("once the meeting has begun", func(t *testing.T) {
		d.Clock.Set(d.meeting.StartsAt.Add(time.Second))
		wants(t, mallory.Get(t, link), http.StatusNotFound, "This link does not work")
		wants(t, send(t, mallory, link, "x.pdf", pdf("too late")), http.StatusNotFound)
	})
}

// The secret of a link is kept by its hash only, and names are sealed.
func TestAuthorLink_kept(t *testing.T) {
	d := newDesk(t)
	link := d.ask(t, d.items[1].ID)
	secret := strings.TrimPrefix(link, "/upload/")
	d.Stop(t)
	for _, word := range []string{secret, "Ann Lode", "ann.lode@example.org", "Director of Finance"} {
		if at := holds(t, d.Dir, word); at != "" {
			t.Errorf("%q stands in %s", word, at)
		}
	}
}

// holds gives a file of a folder in which a word stands.
func holds(t *testing.T, dir, word string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && bytes.Contains(body, []byte(word)) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
