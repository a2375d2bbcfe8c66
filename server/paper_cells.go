package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"clearday/papers"
	"clearday/papers/office"
	"clearday/server/page"
)

// A spreadsheet is offered as PDF and as CSV of its visible cells, never as it was uploaded. The CSV is written when it is asked for,
// from the web version: what clears that clears it too.

// cells is one sheet of a spreadsheet as CSV.
type cells struct {
	name string
	rows int
	csv  []byte
}

func cellBytes(list []cells) int {
	n := 100
	for _, sheet := range list {
		n += 100 + len(sheet.csv)
	}
	return n
}

// cellsOf gives the sheets of the version as CSV; none where it is no spreadsheet, has no web version or is private: a copy that
// leaves the desk is marked, which cells cannot be (rules.md N-6).
func (c *call) cellsOf(f papers.Found) ([]cells, error) {
	v := f.Version
	if v.HTML == "" || !office.Kind(v.OriginalKind).Sheet() || private(f) && !c.audience().SeesDrafts(f.Paper.Board) {
		return nil, nil
	}
	return c.s.sheets.get(c.ctx, fmt.Sprintf("%s/%d/%s", v.Paper, v.N, v.HTML), func(ctx context.Context) ([]cells, error) {
		file, err := c.s.Files.Open(ctx, v.HTML)
		if err != nil {
			return nil, fmt.Errorf("opening a web version: %w", err)
		}
		defer file.Close()
		sheets, err := office.Sheets(file)
		if err != nil {
			return nil, err
		}
		list := make([]cells, len(sheets))
		for i, sheet := range sheets {
			list[i] = cells{sheet.Name, len(sheet.Rows), sheet.CSV()}
		}
		return list, nil
	})
}

// sheetRows offers the sheets of a version beside its paper.
func (c *call) sheetRows(f papers.Found) ([]page.FormatRow, error) {
	list, err := c.cellsOf(f)
	if err != nil {
		return nil, err
	}
	rows := make([]page.FormatRow, len(list))
	for i, sheet := range list {
		rows[i] = page.FormatRow{Title: "Cells of the spreadsheet", URL: fmt.Sprintf("%s/cells.csv?sheet=%d", versionAddress(f.Version.Ref()), i+1),
			Facts: "CSV, " + page.Size(int64(len(sheet.csv))) + ", " + page.Count(sheet.rows, "row", "rows")}
		if sheet.name != "" {
			rows[i].Title = "Cells of “" + sheet.name + "”"
		}
	}
	return rows, nil
}

// paperCells answers GET /papers/:id/v/:n/cells.csv?sheet=: the visible cells of a sheet of a spreadsheet.
func (s *Server) paperCells(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	list, err := c.cellsOf(f)
	if err != nil {
		return err
	}
	n := c.QueryInt("sheet", 1)
	if n < 1 || n > len(list) {
		return papers.Errorf(papers.CodeNotFound, "This version has no such sheet as CSV. Its page lists what is offered.")
	}
	sum := sha256.Sum256([]byte(f.Version.HTML + " sheet " + strconv.Itoa(n)))
	name := strings.TrimSuffix(fileName(f), ".pdf") + fmt.Sprintf("-sheet%d.csv", n)
	err = c.send(hex.EncodeToString(sum[:]), "text/csv; charset=utf-8", name, func() (*os.File, error) { return unnamedFile(list[n-1].csv) })
	if err != nil {
		return err
	}
	c.keepPrivate(f)
	c.downloaded(papers.VersionSubject(f.Version.Ref()))
	return nil
}

// unnamedFile is a file with these bytes that is gone when it is closed.
func unnamedFile(body []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "clearday-")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(body)
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
