package pdf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func sampleAgenda() AgendaDoc {
	doc := AgendaDoc{
		Organisation: "Cwm Tŷ and Dŵr Health and Care Partnership",
		Board:        "Partnership Board",
		Title:        "Partnership Board meeting in public",
		When:         "Wednesday 8 April 2026, 9:30am to 12:15pm",
		Where:        "Council Chamber, Town Hall, Market Street, and online",
		Note:         "The public may watch all but item 9. Written questions close at noon on Monday 6 April; you can ask “live” questions too — £0, €0.",
		Made:         time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC),
		Address:      "https://papers.example.org/meetings/partnership-board-2026-04-08",
	}
	titles := []string{"Welcome and apologies", "Declarations of interests", "Minutes of the meeting of 11 February 2026",
		"Integrated finance, performance and workforce report for the eleven months to the end of February 2026, with the forecast outturn",
		"Winter review", "Neighbourhood health plan – second reading", "Capital programme 2026/27 to 2030/31: £42.5 million", "Questions from the public"}
	purposes := []string{"Information", "Assurance", "Decision", "Discussion"}
	for i := range 22 {
		item := AgendaItem{Number: fmt.Sprint(i + 1), Title: titles[i%len(titles)], Purpose: purposes[i%4], Lead: "Siân Llŷr-O’Connor, Chief Finance Officer", Time: fmt.Sprintf("%d:%02dam", 9+i/6, (i*10)%60)}
		for j := range i % 4 {
			item.Papers = append(item.Papers, AgendaPaper{fmt.Sprintf("Paper %d, appendix %c: a report whose title is somewhat longer than the line", i+1, 'A'+j), 1 + j*17, "1.2 MB"})
		}
		doc.Items = append(doc.Items, item)
	}
	doc.Items[8] = AgendaItem{Number: "9", Title: "A contract", Purpose: "Decision", Lead: "Chair", Time: "10:50am", Private: true,
		Exemption: "The public will be asked to leave for this item. The paper holds information about the business affairs of bidders (paragraph 3 of Schedule 12A, Local Government Act 1972)."}
	return doc
}

func writeAgenda(t *testing.T, doc AgendaDoc) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := Agenda(&b, doc); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agenda.pdf")
	if dir := os.Getenv("CLEARDAY_TEST_KEEP"); dir != "" {
		path = filepath.Join(dir, "agenda.pdf")
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, b.Bytes()
}

func TestAgenda(t *testing.T) {
	tools := newTools(t, Limits{})
	doc := sampleAgenda()
	path, first := writeAgenda(t, doc)

	t.Run("the same bytes each time", func(t *testing.T) {
		for range 5 {
			var again bytes.Buffer
			if err := Agenda(&again, doc); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again.Bytes(), first) {
				t.Fatal("the same agenda gave other bytes")
			}
		}
	})
	info, err := tools.Inspect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("properties", func(t *testing.T) {
		if info.Title != doc.Title+", "+doc.When || info.Author != doc.Organisation {
			t.Errorf("title and author = %q, %q", info.Title, info.Author)
		}
		if !bytes.Contains(first, []byte("/Lang (en-GB)")) {
			t.Error("no language is set")
		}
	})
	t.Run("every word comes out", func(t *testing.T) {
		var all strings.Builder
		err := tools.Text(t.Context(), path, info.Pages, func(p int, text string) error {
			all.WriteString(text)
			for _, want := range []string{fmt.Sprintf("Page %d of %d", p, info.Pages), "Title and papers", "Purpose"} {
				if !strings.Contains(text, want) {
					t.Errorf("page %d lacks %q", p, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(all.String()), " ")
		for _, want := range []string{"Cwm Tŷ and Dŵr", "Siân Llŷr-", "O’Connor", "“live”", "— £0, €0", "£42.5 million", "Private item", "business affairs of", "35 pages"} {
			if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
				t.Errorf("the agenda lacks %q", want)
			}
		}
	})
	t.Run("sound by qpdf", func(t *testing.T) {
		tool(t, "qpdf", "--check", path)
	})
}

// What people type must not break the page: no items, words longer than a column, characters outside the font, items taller than a page.
func TestAgenda_oddInput(t *testing.T) {
	tools := newTools(t, Limits{})
	long := strings.Repeat("antidisestablishmentarianism", 40)
	docs := map[string]AgendaDoc{
		"nothing":       {},
		"long words":    {Board: long, Items: []AgendaItem{{Number: long, Title: long, Purpose: long, Lead: long, Time: long, Papers: []AgendaPaper{{Title: long}}}}},
		"emoji":         {Board: "Board 😀", Title: "a\x00b \xff {pages} \uffff \U0010ffff", Items: []AgendaItem{{Title: "שלום 会議"}}},
		"many papers":   {Board: "Board", Items: []AgendaItem{{Number: "1", Title: "All", Papers: make([]AgendaPaper, 300)}}},
		"long sentence": {Board: "Board", Note: strings.Repeat("words and words ", 3000), Items: []AgendaItem{{Title: strings.Repeat("words and ", 500)}}},
	}
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			path, _ := writeAgenda(t, doc)
			if _, err := tools.Inspect(t.Context(), path); err != nil {
				t.Error(err)
			}
		})
	}
}
