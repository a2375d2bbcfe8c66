package server

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/search"
)

// exportRow is one passage that a search found, as it is taken away: a row of the table, a line of JSON.
// Who asked is not in it, because what somebody carries away cannot be erased (design.md section 8).
type exportRow struct {
	Title       string `json:"title"`
	Kind        string `json:"kind"`
	Board       string `json:"board"`
	BoardName   string `json:"board_name"`
	Meeting     string `json:"meeting"`
	MeetingName string `json:"meeting_name"`
	Date        string `json:"date"`
	Item        string `json:"item"`
	Subject     string `json:"subject"`
	Version     int    `json:"version"` // 0 of what has none
	Page        int    `json:"page"`
	Label       string `json:"label"`
	Passage     string `json:"passage"`
	Recognised  bool   `json:"recognised"` // read from a picture of the page, and may have errors
	URL         string `json:"url"`        // of this version, for ever
}

var exportHead = []string{"title", "kind", "board", "board_name", "meeting", "meeting_name", "date", "item", "subject", "version", "page", "label", "passage", "recognised", "url"}

func (r exportRow) cells() []string {
	cells := []string{r.Title, r.Kind, r.Board, r.BoardName, r.Meeting, r.MeetingName, r.Date, r.Item, r.Subject, strconv.Itoa(r.Version), strconv.Itoa(r.Page), r.Label, r.Passage,
		strconv.FormatBool(r.Recognised), r.URL}
	for i := range cells {
		cells[i] = plainCell(cells[i])
	}
	return cells
}

func exportRows(h search.Hit, origin string) []exportRow {
	rows := make([]exportRow, len(h.Pages))
	for i, p := range h.Pages {
		rows[i] = exportRow{Title: h.Title, Kind: string(h.Kind), Board: h.Board, BoardName: h.BoardName, Meeting: h.Meeting, MeetingName: h.MeetingName, Date: h.Date,
			Item: h.Item, Subject: h.Subject, Version: h.Version, Page: p.Page, Label: p.Label, Passage: p.Plain(), Recognised: p.Recognised, URL: origin + lasting(h, p)}
	}
	return rows
}

// lasting is the address of a page in the version that was found.
func lasting(h search.Hit, p search.HitPage) string {
	if h.Paper == "" {
		return p.URL
	}
	return h.URL + "/v/" + strconv.Itoa(h.Version) + strings.TrimPrefix(p.URL, h.URL)
}

// searchCSV answers GET /search.csv: every passage that matches, as a table.
func (s *Server) searchCSV(c *call) error {
	return s.export(c, "csv", "text/csv; charset=utf-8", func(w io.Writer, rows iter.Seq2[exportRow, error]) error {
		table := csv.NewWriter(w)
		if err := table.Write(exportHead); err != nil {
			return err
		}
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := table.Write(row.cells()); err != nil {
				return err
			}
		}
		table.Flush()
		return table.Error()
	})
}

// searchJSONL answers GET /search.jsonl: every passage that matches, an object a line.
func (s *Server) searchJSONL(c *call) error {
	return s.export(c, "jsonl", "application/jsonl; charset=utf-8", func(w io.Writer, rows iter.Seq2[exportRow, error]) error {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := lines.Encode(row); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	exportsAtOnce    = 4  // each holds its place in the index while it leaves
	exportsFromPlace = 60 // in a window; a whole newsroom shares one address
)

// export answers everything that the search finds, as it is found: nothing is gathered, and each row is
// checked against the record shortly before it leaves. What fails on the way breaks the answer off, so that
// nobody takes a part for the whole.
func (s *Server) export(c *call, ending, kind string, write func(io.Writer, iter.Seq2[exportRow, error]) error) error {
	if err := s.limits.count(tally{"export:" + c.place(), exportsFromPlace}); err != nil {
		return err
	}
	name := `attachment; filename="search.` + ending + `"`
	if c.Method() == fiber.MethodHead { // fasthttp would send the end of a stream after it
		c.Set(fiber.HeaderContentType, kind)
		c.Set(fiber.HeaderContentDisposition, name)
		return nil
	}
	select {
	case s.exports <- struct{}{}:
	default:
		return papers.Errorf(papers.CodeTooMany, "Others are taking away what they found just now. Try again in a minute.")
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, name)
	c.Set(fiber.HeaderCacheControl, "no-store")
	q := c.searchQuery()
	q.Every = true
	origin := c.origin()
	out, in := io.Pipe()
	c.Context().SetBodyStream(out, -1)
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.ctx)) // ends with the answer, not with the handler
	go func() {
		defer func() { cancel(); <-s.exports }()
		err := s.writeExport(in, s.exportRows(ctx, q, origin), write)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) { // the reader went
			s.Log.Error("exporting what a search finds", slog.Any("err", err))
		}
		_ = in.CloseWithError(err) // never fails
	}()
	return nil
}

func (s *Server) writeExport(to io.Writer, rows iter.Seq2[exportRow, error], write func(io.Writer, iter.Seq2[exportRow, error]) error) (err error) {
	defer func() { // nothing else catches it outside a handler
		if r := recover(); r != nil {
			err = fmt.Errorf("an export panicked: %v\n%s", r, debug.Stack())
		}
	}()
	buffered := bufio.NewWriterSize(to, 16<<10)
	if err := write(buffered, rows); err != nil {
		return err
	}
	return buffered.Flush()
}

func (s *Server) exportRows(ctx context.Context, q search.Query, origin string) iter.Seq2[exportRow, error] {
	return func(yield func(exportRow, error) bool) {
		for h, err := range s.Finder.All(ctx, q) {
			if err != nil {
				yield(exportRow{}, err)
				return
			}
			for _, row := range exportRows(h, origin) {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}
