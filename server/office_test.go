package server_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/api"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// isRead waits until a version was read, and gives it. Child processes on a busy machine take their time.
func isRead(t *testing.T, d *servertest.Site, id string) papers.Version {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		p, err := d.Record.Paper(t.Context(), papers.Insider, id)
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := p.Newest(); v.State != papers.VersionChecking {
			return v
		}
	}
	t.Fatal("the paper was not read")
	return papers.Version{}
}

// saysNoText is what was found of pages without text, or "".
func saysNoText(v papers.Version) string {
	for _, f := range v.Findings {
		if f.Code == "no_text" || f.Code == "some_no_text" {
			return f.Message
		}
	}
	return ""
}

// A Word document is published as a PDF and as a web page; its own bytes stay private.
func TestOfficePaper(t *testing.T) {
	servertest.Need(t, "soffice")
	d := servertest.Start(t)
	board := d.Board(t, "Finance Board")
	m := d.Meeting(t, board, 14)
	item := d.Item(t, m.Slug, "Finance")
	token := d.Token(t, auth.Secretary, board)
	file := servertest.DOCX(t, "#Where the money goes", "The hubs cost less than planned.", "|Hub|Cost|", "|North|120|", "The board is asked to note this.")
	var up api.Uploaded
	want(t, 201)(d.APIUpload(t, token, "/items/"+item.ID+"/papers", "Item 1 Finance.pdf", file, &up)) // the name lies
	v := isRead(t, d, up.ID)
	if v.State != papers.VersionReady || v.OriginalKind != "docx" || v.Pages != 1 || v.File == "" || v.File == v.Original || v.HTML == "" {
		t.Fatalf("read as %+v", v)
	}
	desk := d.SignedIn(t, auth.Secretary).Get(t, "/desk/papers/"+up.ID)
	wants(t, desk, http.StatusOK)
	if !strings.Contains(desk.Text, "DOCX, made into PDF, 1 page") {
		t.Error("the desk does not say what was made of the document")
	}
	nobody := d.Browser(t)
	for _, path := range []string{"", "/html", "/v/1/html", "/file"} {
		wants(t, nobody.Get(t, "/papers/"+up.ID+path), http.StatusNotFound)
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+up.ID+"/publish", nil, nil))
	servertest.Eventually(t, "the paper is public", func() bool { return nobody.Get(t, "/papers/"+up.ID).StatusCode == http.StatusOK })
	if got := nobody.Get(t, "/papers/"+up.ID+"/file"); !strings.HasPrefix(got.Text, "%PDF-") {
		t.Errorf("the public file begins with %.8q", got.Text)
	}
	doc := document(t, nobody.Get(t, "/papers/"+up.ID+"/html").Text)
	if h := strings.TrimSpace(doc.Find(".cd-doc h2").Text()); h != "Where the money goes" {
		t.Errorf("the heading of the web page is %q", h)
	}
	if doc.Find(".cd-doc table tr").Length() != 2 || !strings.Contains(doc.Text(), "made from the original document") {
		t.Error("the web page has no table, or does not say what it is")
	}
	if doc := document(t, nobody.Get(t, "/papers/"+up.ID).Text); doc.Find(`a[href$="/html"]`).Length() == 0 {
		t.Error("the paper does not offer its web page")
	}
	var paper api.Paper
	want(t, 200)(d.API(t, "", "GET", "/papers/"+up.ID, nil, &paper))
	if len(paper.Versions) != 1 || paper.Versions[0].HTMLURL == "" {
		t.Errorf("the API says %+v", paper.Versions)
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+up.ID+"/withdraw", map[string]string{"reason": "A name was in it."}, nil))
	servertest.Eventually(t, "the web page is gone", func() bool {
		return nobody.Get(t, "/papers/"+up.ID+"/html").StatusCode == http.StatusGone
	})
}

// The words of a scanned page are recognised before it is published, and said to be so wherever they are shown.
func TestScannedPaper(t *testing.T) {
	servertest.Need(t, "ocrmypdf", "tesseract")
	d := servertest.Start(t)
	board := d.Board(t, "Scanning Board")
	m := d.Meeting(t, board, 14)
	item := d.Item(t, m.Slug, "Scans")
	token := d.Token(t, auth.Secretary, board)
	file := servertest.Scan(t, "=This page was typed, and has words of its own to read.", "The harbour committee met on Tuesday and agreed the winter budget.")
	var up api.Uploaded
	want(t, 201)(d.APIUpload(t, token, "/items/"+item.ID+"/papers", "scan.pdf", file, &up))
	v := isRead(t, d, up.ID)
	if v.State != papers.VersionReady || len(v.Scans) != 1 || v.Scans[0] != 2 || v.ScansRead != 1 || saysNoText(v) != "" {
		t.Fatalf("read as %+v", v)
	}
	text, err := d.Record.PageText(t.Context(), v.Ref(), 2)
	if err != nil || !strings.Contains(text, "winter budget") || !strings.Contains(text, "Page 31") {
		t.Errorf("page 2 reads %q (%v)", text, err)
	}
	want(t, 200)(d.API(t, token, "POST", "/papers/"+up.ID+"/publish", nil, nil))
	b := d.Browser(t)
	servertest.Eventually(t, "the paper is public", func() bool { return b.Get(t, "/papers/"+up.ID).StatusCode == http.StatusOK })
	for path, want := range map[string]int{"/pages/1": 0, "/pages/2": 1, "/text": 1} {
		if got := strings.Count(b.Get(t, "/papers/"+up.ID+path).Text, "Recognised text"); got != want {
			t.Errorf("%s says %d times that text was recognised, want %d", path, got, want)
		}
	}
	var paper api.Paper
	want(t, 200)(d.API(t, "", "GET", "/papers/"+up.ID, nil, &paper))
	if got := paper.Versions[0].Recognised; len(got) != 1 || got[0] != 2 {
		t.Errorf("the API says that pages %v were recognised", got)
	}
	if desk := d.SignedIn(t, auth.Secretary).Get(t, "/desk/papers/"+up.ID); !strings.Contains(desk.Text, "recognised by a program and may have errors: 2.") {
		t.Error("the desk does not say which page was recognised")
	}
}

// Without LibreOffice and OCRmyPDF, PDFs go on working and everything else is said in a sentence.
func TestNothingInstalled(t *testing.T) {
	bin := t.TempDir()
	for _, p := range []string{"pdfinfo", "pdftotext", "pdftoppm", "pdfimages", "prlimit", "qpdf"} {
		if path, err := exec.LookPath(p); err == nil {
			if err := os.Symlink(path, filepath.Join(bin, p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	scan := servertest.Scan(t, "Nobody can read these words.")
	t.Setenv("PATH", bin)
	d := servertest.Start(t)
	board := d.Board(t, "Bare Board")
	m := d.Meeting(t, board, 14)
	item := d.Item(t, m.Slug, "Bare")
	token := d.Token(t, auth.Secretary, board)
	code, text := d.APIUpload(t, token, "/items/"+item.ID+"/papers", "finance.docx", servertest.DOCX(t, "Words"), nil)
	if code != http.StatusUnprocessableEntity || !strings.Contains(text, "LibreOffice is not installed. Save the document as PDF") {
		t.Errorf("a document was answered with %d %s", code, text)
	}
	desk := d.SignedIn(t, auth.Secretary).Get(t, "/desk/meetings/"+m.Slug)
	if !strings.Contains(desk.Text, "Office files cannot be turned into PDFs here") || strings.Contains(desk.Text, ".docx") {
		t.Error("the desk does not say that Office files cannot be taken")
	}
	var up api.Uploaded
	want(t, 201)(d.APIUpload(t, token, "/items/"+item.ID+"/papers", "scan.pdf", scan, &up))
	v := isRead(t, d, up.ID)
	if v.State != papers.VersionReady || v.Recognised(1) || !strings.Contains(saysNoText(v), "OCRmyPDF is not installed") {
		t.Errorf("a scan was read as %+v", v)
	}
}
