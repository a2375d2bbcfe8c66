package archive

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
)

// Given is what somebody wrote beside a file.
type Given struct {
	Title string
	Date  Date
	Clock string
	Kind  Kind
}

// IsZero tells that nothing was written.
func (g Given) IsZero() bool { return g == Given{} }

// Notes are what is written in a CSV or JSON file about the files of its folder: by the name or path of each, and under "" what is
// said of the folder as a whole.
type Notes map[string]Given

// The names of columns that are understood, in the order in which they are asked.
var columns = map[string][]string{
	"file":  {"file", "path", "filename", "file_name", "document"},
	"title": {"title", "name"},
	"date":  {"date", "meeting_date", "date_of_meeting"},
	"time":  {"time", "clock"},
	"kind":  {"kind", "type"},
}

// maxNotes bounds what is taken of one file of notes.
const maxNotes = 200_000

// ReadCSV reads notes with one line for each file: a column "file", and any of "title", "date" (2013-06-05, or as people write it),
// "time" and "kind". A table without a column for the file, or with nothing else, holds no notes.
func ReadCSV(r io.Reader) (Notes, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.LazyQuotes = -1, true
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the head of a table: %w", err)
	}
	if slices.ContainsFunc(head, func(s string) bool { return key(s) == "sure" }) {
		return nil, nil // the report of an import: guesses are not to become what somebody wrote
	}
	head[0] = strings.TrimPrefix(head[0], "\uFEFF")
	notes := Notes{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return notes, nil
		}
		if err != nil {
			return notes, fmt.Errorf("reading a table: %w", err)
		}
		values := map[string]string{}
		for i, v := range row[:min(len(row), len(head))] {
			values[key(head[i])] = v
		}
		if file := pick(values, "file"); file != "" && len(notes) < maxNotes {
			notes.add(file, values)
		}
	}
}

// ReadJSON reads notes as a list of objects with the fields of [ReadCSV], or one object that speaks of its folder.
func ReadJSON(r io.Reader) (Notes, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(r).Decode(&raw); err != nil {
		return nil, fmt.Errorf("reading notes: %w", err)
	}
	var list []map[string]any
	if json.Unmarshal(raw, &list) != nil {
		var one map[string]any
		if json.Unmarshal(raw, &one) != nil {
			return nil, nil // neither: it is about something else
		}
		list = []map[string]any{one}
	}
	notes := Notes{}
	for _, object := range list[:min(len(list), maxNotes)] {
		values := map[string]string{}
		for name, v := range object {
			if s, ok := v.(string); ok {
				values[key(name)] = s
			}
		}
		file := pick(values, "file")
		if file == "" && len(list) > 1 {
			continue
		}
		if file == "" { // of the folder: a title there is the meeting's
			values = map[string]string{"date": pick(values, "date"), "time": pick(values, "time")}
		}
		notes.add(file, values)
	}
	return notes, nil
}

func key(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return '_'
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(s))
}

func pick(values map[string]string, what string) string {
	for _, name := range columns[what] {
		if v := strings.TrimSpace(values[name]); v != "" {
			return v
		}
	}
	return ""
}

func (n Notes) add(file string, values map[string]string) {
	g := Given{Title: clip(pick(values, "title"))}
	for _, f := range dates(pick(values, "date")) {
		if f.Year > 0 && !f.twofold {
			g.Date = f.Date
			break
		}
	}
	if m := clocks.FindStringSubmatch(pick(values, "time")); m != nil {
		g.Clock = ("0" + m[1])[len(m[1])-1:] + ":" + m[2]
	}
	switch k := Kind(strings.ToLower(pick(values, "kind"))); k {
	case Agenda, Minutes, Pack, Paper:
		g.Kind = k
	case "report", "scan":
		g.Kind = Paper
	}
	if g.IsZero() {
		return
	}
	if file != "" {
		file = path.Clean(strings.ReplaceAll(file, `\`, "/"))
	}
	n[file] = g
}

// Of finds what the notes of a folder say of a file in it or below; what is said of the folder as a whole fills what is
// not said of the file.
func (n Notes) Of(file string) Given {
	g, ok := n[file]
	if !ok {
		g = n[path.Base(file)]
	}
	return g.Over(n[""])
}

// Over fills what is not said from what is said further out.
func (g Given) Over(out Given) Given {
	return Given{Title: cmp.Or(g.Title, out.Title), Date: cmp.Or(g.Date, out.Date), Clock: cmp.Or(g.Clock, out.Clock), Kind: cmp.Or(g.Kind, out.Kind)}
}
