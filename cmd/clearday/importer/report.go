package importer

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/archive"
)

// Outcome is what became of a file.
type Outcome string

// The outcomes of a file. One without an outcome was not reached.
const (
	In        Outcome = "in"         // on the record, and public
	KeptBack  Outcome = "kept back"  // on the record, and not public
	Would     Outcome = "would come" // in a dry run
	Before    Outcome = "in before"
	Duplicate Outcome = "duplicate"
	NoDate    Outcome = "no date"
	Refused   Outcome = "not taken"
	Left      Outcome = "no paper" // neither a PDF nor an Office document
)

// Row is what is said of a file.
type Row struct {
	File     string       `json:"file"`
	Outcome  Outcome      `json:"outcome"`
	Date     string       `json:"date"`
	Sure     string       `json:"sure"` // none, doubtful, likely, certain
	DateWhy  string       `json:"date_why"`
	Title    string       `json:"title"`
	TitleWhy string       `json:"title_why"`
	Kind     archive.Kind `json:"kind"`
	Meeting  string       `json:"meeting"`
	Paper    string       `json:"paper"`
	Pages    int          `json:"pages"`
	Scanned  int          `json:"scanned_pages"`
	Reason   string       `json:"reason"`
}

// Report is what became of an archive.
type Report struct {
	Board  string `json:"board"`
	DryRun bool   `json:"dry_run"`
	Rows   []Row  `json:"files"`
}

func (r *Row) guessed(d *document) {
	g := d.guess
	r.Date, r.Sure, r.DateWhy, r.Title, r.TitleWhy, r.Kind = g.Date.String(), g.Sure.String(), g.DateWhy, g.Title, g.TitleWhy, g.Kind
	if g.Date.Year == 0 {
		r.Date = ""
	}
	r.Pages, r.Scanned = d.info.Pages, len(d.version.Scans)
}

func (r *Row) settled(s papers.Settled, v papers.Version) {
	r.Outcome, r.Meeting, r.Paper, r.Reason = map[papers.Settlement]Outcome{papers.SettledPublic: In, papers.SettledBlocked: KeptBack,
		papers.SettledBefore: Before, papers.SettledRefused: Refused}[s.Outcome], s.Meeting, s.Paper, s.Reason
	for _, f := range v.Findings {
		if r.Outcome == KeptBack && f.Blocks && r.Reason == "" {
			r.Reason = f.Message
		}
	}
}

// Count is how many files have an outcome.
func (r *Report) Count(o Outcome) (n int) {
	for i := range r.Rows {
		if r.Rows[i].Outcome == o {
			n++
		}
	}
	return n
}

// Print writes the report for people: first the counts, then what needs somebody, with the reason of each.
func (r *Report) Print(w io.Writer) {
	meetings := map[string]bool{}
	for _, row := range r.Rows {
		if row.Meeting != "" {
			meetings[row.Meeting] = true
		}
	}
	fmt.Fprintf(w, "%s in the folder.\n", count(len(r.Rows), "file"))
	for _, o := range []struct {
		of   Outcome
		says string
	}{{In, "brought in and public, in " + count(len(meetings), "meeting")}, {Would, "would be brought in"}, {KeptBack, "brought in, and kept from the public by the checks"}, {Before, "in already"},
		{Duplicate, "with the bytes of another file"}, {NoDate, "without a date"}, {Refused, "not taken"}, {Left, "neither PDF nor Office document"}, {"", "not reached"}} {
		if n := r.Count(o.of); n > 0 {
			fmt.Fprintf(w, "%6d %s\n", n, o.says)
		}
	}
	for _, part := range []struct {
		title string
		of    func(Row) bool
		says  func(Row) string
	}{
		{"Not taken", func(r Row) bool { return r.Outcome == Refused }, func(r Row) string { return r.Reason }},
		{"Kept from the public until somebody looks, at the desk", func(r Row) bool { return r.Outcome == KeptBack }, func(r Row) string { return r.Reason }},
		{"Without a date: write file and date into metadata.csv in its folder, and run the import again", func(r Row) bool { return r.Outcome == NoDate }, func(Row) string { return "" }},
		{"With a doubtful date", func(r Row) bool { return r.Sure == archive.Doubtful.String() }, func(r Row) string { return r.Date + ", " + r.DateWhy }},
		{"With scanned pages, whose words are not found", func(r Row) bool { return r.Scanned > 0 }, func(r Row) string {
			return fmt.Sprintf("%d of %s", r.Scanned, count(r.Pages, "page"))
		}},
		{"The same file again", func(r Row) bool { return r.Outcome == Duplicate }, func(r Row) string { return r.Reason }},
	} {
		r.print(w, part.title, part.of, part.says)
	}
}

func (r *Report) print(w io.Writer, title string, of func(Row) bool, says func(Row) string) {
	n := 0
	for _, row := range r.Rows {
		if !of(row) {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(w, "\n%s:\n", title)
		}
		line := "  " + printable(row.File)
		if s := says(row); s != "" {
			line += ": " + s
		}
		fmt.Fprintln(w, line)
	}
}

// printable keeps a file's name from moving the cursor of a terminal.
func printable(s string) string {
	if q := strconv.Quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Write writes the report as JSON for a name that ends so, else as CSV.
func (r *Report) Write(w io.Writer, name string) error {
	if strings.EqualFold(filepath.Ext(name), ".json") {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	out := csv.NewWriter(w)
	rows := [][]string{{"file", "outcome", "date", "sure", "date_why", "title", "title_why", "kind", "meeting", "paper", "pages", "scanned_pages", "reason"}}
	for _, x := range r.Rows {
		rows = append(rows, []string{x.File, string(x.Outcome), x.Date, x.Sure, x.DateWhy, x.Title, x.TitleWhy, string(x.Kind), x.Meeting, x.Paper, strconv.Itoa(x.Pages), strconv.Itoa(x.Scanned), x.Reason})
	}
	return out.WriteAll(rows)
}

// tell says how far the import is, every few seconds until done.
func (im *Import) tell(done <-chan struct{}) {
	const every = 5 * time.Second
	began := time.Now()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		im.mu.Lock()
		open := im.report.Count("") - len(im.waiting)
		waiting := len(im.waiting)
		im.mu.Unlock()
		all := len(im.report.Rows)
		fmt.Fprintln(im.Progress, progress(all, max(open, 0), waiting, time.Since(began)))
	}
}

// progress is the sentence of how far it is.
func progress(all, open, waiting int, since time.Duration) string {
	seen := all - open
	rate := float64(seen) / since.Seconds()
	s := fmt.Sprintf("%d of %s, %.1f a second", seen, count(all, "file"), rate)
	if waiting > 0 {
		s += fmt.Sprintf(", %d wait for what the others say of their date", waiting)
	}
	if rate > 0 && open > 0 {
		s += ", about " + (time.Duration(float64(open)/rate) * time.Second).String() + " left"
	}
	return s
}
