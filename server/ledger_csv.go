package server

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
)

// questionsCSV answers GET /questions.csv.
func (s *Server) questionsCSV(c *call) error { return c.ledgerCSV("", "", "questions") }

// boardQuestionsCSV answers GET /boards/:slug/questions.csv.
func (s *Server) boardQuestionsCSV(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.ledgerCSV("", b.Slug, b.Slug+"-questions")
}

// meetingQuestionsCSV answers GET /meetings/:slug/questions.csv.
func (s *Server) meetingQuestionsCSV(c *call) error {
	m, err := s.Record.Meeting(c.ctx, papers.Public, c.Params("slug"))
	if err != nil {
		return err
	}
	return c.ledgerCSV(m.Slug, "", m.Slug+"-questions")
}

// ledgerCSV answers the whole ledger as a table, newest first, one row a contribution. Names are left
// out: what somebody carries away cannot be erased (design.md section 8).
func (c *call) ledgerCSV(meeting, board, name string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{"number", "kind", "meeting", "state", "received_at", "published_at", "item", "text", "wording", "supports", "put_at", "answered_at", "answered_by", "answer", "answer_due", "reason", "merged_into"}
	if err := w.Write(head); err != nil {
		return err
	}
	for cursor := ""; ; {
		list, next, err := c.s.Record.Questions(c.ctx, livestream.Filter{Meeting: meeting, Board: board, Cursor: cursor, Limit: 1000})
		if err != nil {
			return err
		}
		for _, q := range list {
			if err := w.Write(ledgerRow(q)); err != nil {
				return err
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	w.Flush()
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(b.Bytes())
}

func ledgerRow(q livestream.Question) []string {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	row := []string{q.Number, string(q.Kind), q.Meeting, string(q.State), at(&q.ReceivedAt), at(q.PublishedAt), q.Item, q.Text, string(q.Wording), strconv.Itoa(q.Supports),
		at(q.PutAt), at(q.AnsweredAt), q.AnsweredBy, q.Answer, q.AnswerDue, q.Reason, q.MergedInto}
	for i := range row {
		row[i] = plainCell(row[i])
	}
	return row
}

// plainCell keeps a spreadsheet from taking words that somebody wrote for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
