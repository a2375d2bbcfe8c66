package pdf

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// tool runs a program that the tests look with, and answers what it says.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is missing", name)
	}
	cmd := exec.Command(name, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%.2000s", name, strings.Join(args, " "), err, out, complaint.String())
	}
	return string(out)
}

// makePaper writes a paper of pages in the given size, each with its number, a link to the first page and one to the web.
func makePaper(t testing.TB, name string, pages int, orientation string, size gofpdf.SizeType) string {
	t.Helper()
	f := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: orientation, UnitStr: "pt", Size: size})
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	f.SetFont("Helvetica", "", 14)
	first := f.AddLink()
	for n := 1; n <= pages; n++ {
		f.AddPage()
		if n == 1 {
			f.SetLink(first, 0, 1)
		}
		w, h := f.GetPageSize()
		f.SetFillColor(200, 30, 30)
		f.Rect(0, 0, w, h, "D") // to the very edge: there is no free margin
		f.Rect(w-30, h-12, 30, 12, "F")
		f.Text(100, 200, fmt.Sprintf("%s page %d", name, n))
		f.Link(100, 100, 50, 20, first)
		f.LinkString(200, 100, 50, 20, "https://example.org/"+name)
		f.Bookmark(fmt.Sprintf("%s chapter %d", name, n), 0, -1)
	}
	path := filepath.Join(t.TempDir(), name+".pdf")
	if err := f.OutputFileAndClose(path); err != nil {
		t.Fatal(err)
	}
	return path
}

var a4 = gofpdf.SizeType{Wd: 595, Ht: 842}

// samplePack gives a pack in which each file is a paper of an item of its own.
func samplePack(counts []int, paths ...string) Pack {
	p := Pack{
		Organisation: "Gaol Lane Partnership", Board: "Partnership Board", Title: "Partnership Board", Name: "Public pack",
		When: "Wednesday 8 April 2026, 9:30am", Where: "County Hall", Notes: []string{"Page numbers stay as they are."},
		Address: "https://example.org/meetings/partnership-board-2026-04-08", Made: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC),
		Parts: []PackPart{{}},
	}
	at := 1
	for i, path := range paths {
		number := strconv.Itoa(i + 1)
		title := strings.TrimSuffix(filepath.Base(path), ".pdf")
		p.Agenda = append(p.Agenda, PackItem{ID: number, Number: number, Title: "About " + title})
		p.Parts[0].Sections = append(p.Parts[0].Sections, PackSection{Item: number, Number: number, Title: "About " + title, First: at,
			Papers: []PackPaper{{Title: title, First: at + 1, Count: counts[i], Path: path, Address: "https://example.org/papers/" + number}}})
		at += 1 + counts[i]
	}
	p.Pages = at - 1
	return p
}

// built makes the pack and checks that it is a sound file.
func built(t testing.TB, tools *Tools, p Pack) (path string, facts PackFacts) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "pack.pdf")
	facts, err := tools.MakePack(t.Context(), path, p)
	if err != nil {
		t.Fatal(err)
	}
	if out := tool(t, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors") {
		t.Errorf("qpdf --check: %s", out)
	}
	return path, facts
}

// sheets gives the text of each page of a file.
func sheets(t testing.TB, path string) []string {
	t.Helper()
	pages := strings.Split(tool(t, "pdftotext", "-layout", path, "-"), "\f")
	return pages[:len(pages)-1]
}

func TestMakePack(t *testing.T) {
	tools := newTools(t, Limits{})
	plain := makePaper(t, "plain", 3, "P", a4)
	wide := makePaper(t, "wide", 2, "L", a4)
	a3 := makePaper(t, "a3", 1, "L", gofpdf.SizeType{Wd: 842, Ht: 1191})
	turned := filepath.Join(t.TempDir(), "turned.pdf")
	tool(t, "qpdf", "--rotate=+90:1", "--rotate=+180:2", "--rotate=+270:3", plain, turned)
	locked := filepath.Join(t.TempDir(), "locked.pdf")
	tool(t, "qpdf", "--encrypt", "", "owner", "256", "--", wide, locked)
	locked128 := filepath.Join(t.TempDir(), "locked128.pdf")
	tool(t, "qpdf", "--encrypt", "", "owner", "128", "--use-aes=y", "--", wide, locked128)
	damaged := save(t, "damaged.pdf", []byte("%PDF-1.7\nnothing of a PDF follows"))
	long := makePaper(t, "long", 500, "P", a4)
	tagged, err := filepath.Abs("../../cmd/clearday/demo/papers/terms-of-reference.pdf")
	if err != nil {
		t.Fatal(err)
	}
	counts := []int{3, 2, 1, 3, 2, 2, 4, 500, 5}
	p := samplePack(counts, plain, wide, a3, turned, locked, locked128, damaged, long, tagged)
	path, facts := built(t, tools, p)

	if len(facts.Unreadable) != 1 || facts.Unreadable[0] != "damaged" {
		t.Errorf("unreadable: %q, want the damaged one", facts.Unreadable)
	}
	text := sheets(t, path)
	if len(text) != facts.Sheets {
		t.Errorf("it says %d pages and has %d", facts.Sheets, len(text))
	}
	front := len(text) - p.Pages + 3 // one page stands for the four of the damaged paper
	for _, s := range p.Parts[0].Sections {
		paper := s.Papers[0]
		divider := text[sheetOf(s.First, front)]
		if want := fmt.Sprintf("Item %s - Page %d of %d", s.Number, s.First, p.Pages); !strings.Contains(divider, want) || !strings.Contains(divider, s.Title) {
			t.Errorf("the divider of item %s does not say %q: %q", s.Number, want, divider)
		}
		if paper.Title == "damaged" {
			if !strings.Contains(divider, "could not be put into the pack") || !strings.Contains(text[sheetOf(paper.First, front)], "stands for pages") {
				t.Errorf("nothing says that the paper is missing: %q", divider)
			}
			continue
		}
		for i := range paper.Count {
			page := text[sheetOf(paper.First+i, front)]
			if want := fmt.Sprintf("Item %s - Page %d of %d", s.Number, paper.First+i, p.Pages); !strings.Contains(page, want) {
				t.Errorf("page %d of %s is not stamped %q: %q", i+1, paper.Title, want, page)
			}
		}
		if !strings.Contains(strings.Join(text[:front], ""), s.Title) {
			t.Errorf("the contents do not name %q", s.Title)
		}
	}

	t.Run("again", func(t *testing.T) {
		other, _ := built(t, tools, p)
		a, _ := os.ReadFile(path)
		b, _ := os.ReadFile(other)
		if !bytes.Equal(a, b) {
			t.Error("the same papers gave other bytes")
		}
	})
	t.Run("bookmarks, links and numbers", func(t *testing.T) { checkNavigation(t, path, p, front) })
	t.Run("tags", func(t *testing.T) {
		has, had := tool(t, "pdfinfo", "-struct-text", path), tool(t, "pdfinfo", "-struct-text", tagged)
		for line := range strings.Lines(had) {
			if line = strings.TrimSpace(line); line != "" && !strings.Contains(has, line) {
				t.Errorf("the tags lost %q", line)
			}
		}
	})
	t.Run("the stamp covers nothing", func(t *testing.T) {
		for _, s := range p.Parts[0].Sections {
			if paper := s.Papers[0]; paper.Title != "damaged" {
				for i := range min(paper.Count, 3) {
					sameBeside(t, paper.Path, i+1, path, sheetOf(paper.First+i, front)+1)
				}
			}
		}
	})
}

// sheetOf is the index in the file of a page number of the pack in TestMakePack: the damaged paper, from page 21, is one page.
func sheetOf(number, front int) int {
	const damaged, count = 21, 4
	if number > damaged {
		number -= count - 1
	}
	return front + number - 1
}

// checkNavigation looks at the outline, the page labels and the links as qpdf reads them.
func checkNavigation(t *testing.T, path string, p Pack, front int) {
	type mark struct {
		Title string
		Page  *int `json:"destpageposfrom1"`
		Kids  []mark
	}
	var file struct {
		Outlines []mark
		Labels   []struct {
			Index int
			Label map[string]any
		} `json:"pagelabels"`
		Pages []struct{ Object string }
	}
	if err := json.Unmarshal([]byte(tool(t, "qpdf", "--json=1", "--json-key=outlines", "--json-key=pagelabels", "--json-key=pages", path)), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Outlines) != 1+len(p.Agenda) {
		t.Fatalf("%d bookmarks, want one for the front and one for each item", len(file.Outlines))
	}
	for i, s := range p.Parts[0].Sections {
		m := file.Outlines[i+1]
		if m.Title != s.Number+" "+s.Title || m.Page == nil || *m.Page != sheetOf(s.First, front)+1 {
			t.Errorf("the bookmark of item %s is %+v", s.Number, m)
			continue
		}
		if len(m.Kids) != 1 || m.Kids[0].Title != s.Papers[0].Title || *m.Kids[0].Page != sheetOf(s.Papers[0].First, front)+1 {
			t.Errorf("the bookmark of the paper of item %s is %+v", s.Number, m.Kids)
			continue
		}
		if own := m.Kids[0].Kids; s.Title == "About plain" && (len(own) != 3 || own[2].Title != "plain chapter 3" || *own[2].Page != sheetOf(s.Papers[0].First+2, front)+1) {
			t.Errorf("the paper's own bookmarks are %+v", own)
		}
	}
	labels := fmt.Sprint(file.Labels)
	if !strings.Contains(labels, "/r") || !strings.Contains(labels, fmt.Sprintf("{%d map[/S:/D /St:1]}", front)) || !strings.Contains(labels, fmt.Sprintf("{%d map[/S:/D /St:25]}", sheetOf(25, front))) {
		t.Errorf("the page labels do not go on after the page that stands for four: %s", labels)
	}
	// The last page of the plain paper leads to its own first page and to the web; the contents lead to the divider.
	object := func(i int) string {
		return tool(t, "qpdf", "--show-object="+strings.Split(file.Pages[i].Object, " ")[0], path)
	}
	page := object(sheetOf(4, front))
	if !strings.Contains(page, "https://example.org/plain") || !strings.Contains(page, "[ "+file.Pages[sheetOf(2, front)].Object) {
		t.Errorf("the links of a paper are not as they were: %s", page)
	}
	contents := object(0)
	if !strings.Contains(contents, "/Annots") {
		t.Errorf("the contents do not link: %s", contents)
	}
}

// sameBeside draws a page before and after, and compares all that was there before.
func sameBeside(t *testing.T, before string, n int, after string, m int) {
	t.Helper()
	a, b := drawn(t, before, n), drawn(t, after, m)
	if a.w != b.w || b.h <= a.h {
		t.Errorf("page %d of %s is %dx%d in the pack, was %dx%d: want it only higher", n, filepath.Base(before), b.w, b.h, a.w, a.h)
		return
	}
	differ := 0
	for i := range (a.h - 1) * a.w { // the last row touches the stamp's
		if d := int(a.pixels[i]) - int(b.pixels[i]); d > 40 || d < -40 {
			differ++
		}
	}
	if differ > 0 {
		t.Errorf("page %d of %s differs in %d points", n, filepath.Base(before), differ)
	}
	dark := 0
	for _, v := range b.pixels[a.h*a.w:] {
		if v < 128 {
			dark++
		}
	}
	if dark < 20 {
		t.Errorf("page %d of %s has no stamp", n, filepath.Base(before))
	}
}

type picture struct {
	w, h   int
	pixels []byte
}

func drawn(t *testing.T, path string, page int) picture {
	t.Helper()
	p := strconv.Itoa(page)
	out := []byte(tool(t, "pdftoppm", "-gray", "-r", "72", "-cropbox", "-f", p, "-l", p, path))
	var pic picture
	var max int
	if _, err := fmt.Sscanf(string(out[:20]), "P5\n%d %d\n%d\n", &pic.w, &pic.h, &max); err != nil {
		t.Fatal(err)
	}
	pic.pixels = out[len(out)-pic.w*pic.h:]
	return pic
}

func TestMakePack_private(t *testing.T) {
	tools := newTools(t, Limits{})
	p := samplePack([]int{2}, makePaper(t, "legal", 2, "P", a4))
	p.Series, p.Name, p.Warning = "R", "Private pack for members", "Not for publication"
	p.Parts[0].Sections[0].Papers[0].Mark = "Not for publication: paragraph 5 of Part 1 of Schedule 12A to the Local Government Act 1972" // N-6
	path, _ := built(t, tools, p)
	text := sheets(t, path)
	for i, page := range text[1:] {
		if want := fmt.Sprintf("Item 1 - Page R%d of R3", i+1); !strings.Contains(page, want) || !strings.Contains(page, "Not for publication") {
			t.Errorf("page R%d does not say %q and that it is not for publication: %q", i+1, want, page)
		}
	}
	if !strings.Contains(text[2], "paragraph 5 of Part 1") {
		t.Errorf("the page does not name the paragraph: %q", text[2])
	}
}

// A paper that takes more memory than a child may have ends the child: the pack is made without it.
func TestMakePack_deadly(t *testing.T) {
	tools := newTools(t, Limits{})
	deadly := filepath.Join(t.TempDir(), "deadly.pdf")
	f, err := os.Create(deadly)
	if err != nil {
		t.Fatal(err)
	}
	const size = 2 << 30 // three times what a child may have
	fmt.Fprintf(f, "%%PDF-1.4\n1 0 obj\n<</Length %d>>\nstream\n", size)
	at, err := f.Seek(size, 1) // a hole: it takes no room on the disk
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "\nendstream\nendobj\n")
	rest := fmt.Sprintf("2 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n3 0 obj\n<</Type/Pages/Count 1/Kids[4 0 R]>>\nendobj\n" +
		"4 0 obj\n<</Type/Page/Parent 3 0 R/MediaBox[0 0 600 800]/Contents 1 0 R>>\nendobj\n")
	at += int64(len("\nendstream\nendobj\n"))
	fmt.Fprint(f, rest)
	find := func(s string) int64 { return at + int64(strings.Index(rest, s)) }
	fmt.Fprintf(f, "xref\n0 5\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \ntrailer\n<</Size 5/Root 2 0 R>>\nstartxref\n%d\n%%%%EOF\n",
		9, find("2 0 obj"), find("3 0 obj"), find("4 0 obj"), at+int64(len(rest)))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	path, facts := built(t, tools, samplePack([]int{2, 1, 2}, makePaper(t, "first", 2, "P", a4), deadly, makePaper(t, "last", 2, "P", a4)))
	if len(facts.Unreadable) != 1 || facts.Unreadable[0] != "deadly" {
		t.Errorf("unreadable: %q", facts.Unreadable)
	}
	if text := strings.Join(sheets(t, path), ""); !strings.Contains(text, "last page 2") || !strings.Contains(text, "could not be put into the pack") {
		t.Error("the other papers are not all there")
	}
}

func TestMakePack_refuses(t *testing.T) {
	tools := newTools(t, Limits{})
	p := samplePack([]int{2, 2}, makePaper(t, "one", 2, "P", a4), makePaper(t, "two", 2, "P", a4))
	p.Parts[0].Sections[1].Papers[0].First = 2 // which is taken
	if _, err := tools.MakePack(t.Context(), filepath.Join(t.TempDir(), "x.pdf"), p); err == nil {
		t.Error("two papers got the same page number")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tools.MakePack(ctx, filepath.Join(t.TempDir(), "x.pdf"), p); err == nil {
		t.Error("it went on after the end")
	}
}

// TestMakePack_corpus makes packs of real papers, of which each page must look as it did, and of hostile ones, which must not spoil the
// pack whether or not they can be taken in.
func TestMakePack_corpus(t *testing.T) {
	tools := newTools(t, Limits{})
	for _, set := range []string{"papers", "hostile"} {
		var all []string
		err := filepath.WalkDir(filepath.Join(corpus(t), set), func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".pdf") {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		step := max(1, len(all)/40)
		if os.Getenv("CLEARDAY_TEST_WHOLE_CORPUS") != "" {
			step = 1
		}
		var paths []string
		var counts []int
		for i := 0; i < len(all); i += step {
			if info, err := tools.Inspect(t.Context(), all[i]); err == nil {
				paths, counts = append(paths, all[i]), append(counts, info.Pages)
			}
		}
		if len(paths) == 0 {
			continue
		}
		p := samplePack(counts, paths...)
		path := filepath.Join(t.TempDir(), "pack.pdf")
		facts, err := tools.MakePack(t.Context(), path, p)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil && set != "hostile" { // whose own pages are broken
			t.Errorf("qpdf --check: %v\n%.2000s", err, out)
		}
		t.Logf("%s: %d papers with %d pages, %d pages made; not taken in: %q", set, len(paths), p.Pages-len(paths), facts.Sheets, facts.Unreadable)
		if set == "papers" {
			lookedAt(t, p, path, facts)
		}
	}
}

// lookedAt compares the first and the last page of each paper that is in the pack.
func lookedAt(t *testing.T, p Pack, path string, facts PackFacts) {
	held := 0
	for _, s := range p.Parts[0].Sections {
		held += 1 + s.Papers[0].Count
		if slices.Contains(facts.Unreadable, s.Papers[0].Title) {
			held -= s.Papers[0].Count - 1
		}
	}
	at := facts.Sheets - held + 1
	for _, s := range p.Parts[0].Sections {
		paper := s.Papers[0]
		if slices.Contains(facts.Unreadable, paper.Title) {
			at += 2
			continue
		}
		sameBeside(t, paper.Path, 1, path, at+1)
		if paper.Count > 1 {
			sameBeside(t, paper.Path, paper.Count, path, at+paper.Count)
		}
		at += 1 + paper.Count
	}
}
