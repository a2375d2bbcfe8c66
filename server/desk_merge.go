package server

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/page"
)

// edit is a form as somebody sent it: what they began with, and what they made of it. The form carries
// what it began with, so that two people's changes can be joined field by field whoever saves first.
type edit struct {
	base, mine map[string]string
	use        string   // the field for which the other's value is taken
	open       []string // the fields that were shown as clashing
}

// readEdit reads a form whose hidden field "base" holds what it was filled with. A form without one, as
// a program might send, names all its fields and began with whatever is saved now.
func readEdit(c *call, names []string) edit {
	e := edit{mine: map[string]string{}, use: c.formField("use"), open: strings.Fields(c.formField("open"))}
	if json.Unmarshal([]byte(c.formField("base")), &e.base) == nil && len(e.base) > 0 {
		names = slices.Collect(maps.Keys(e.base))
	}
	for name, value := range c.typed(names...).Values {
		e.mine[name] = strings.ReplaceAll(value, "\r\n", "\n")
	}
	return e
}

// merge joins the edit with what is saved now. fresh tells that nobody saved since the form was made.
func (e *edit) merge(saved map[string]string, fresh bool) papers.Merged {
	if e.base == nil && fresh {
		e.base = maps.Clone(saved)
	}
	if e.use != "" {
		e.mine[e.use] = saved[e.use]
	}
	return papers.Merge(e.base, e.mine, saved)
}

// changes tells whether saving would change anything.
func changes(merged papers.Merged, saved map[string]string) bool {
	for name, value := range merged.Values {
		if value != saved[name] {
			return true
		}
	}
	return false
}

// withBase puts what the form begins with into it.
func withBase(f page.Form, saved map[string]string, names []string) page.Form {
	base := map[string]string{}
	for _, n := range names {
		base[n] = saved[n]
	}
	text, _ := json.Marshal(base) // plain strings: never fails
	f.Base = string(text)
	return f
}

// differences are the clashes as the page shows them side by side.
func differences(clashes []papers.Clash, labels map[string]string) []page.DeskDifference {
	var list []page.DeskDifference
	for _, k := range clashes {
		label := labels[k.Field]
		if label == "" {
			label = strings.ReplaceAll(k.Field, "_", " ")
		}
		list = append(list, page.DeskDifference{Field: k.Field, Label: label, Theirs: orNothing(k.Theirs), Mine: orNothing(k.Mine)})
	}
	return list
}

// stillOpen are the fields shown as clashing before in which the two texts still differ.
func (e edit) stillOpen(saved map[string]string) []papers.Clash {
	var list []papers.Clash
	for _, field := range e.open {
		if mine := e.mine[field]; mine != saved[field] && field != e.use {
			list = append(list, papers.Clash{Field: field, Mine: mine, Theirs: saved[field]})
		}
	}
	return list
}

func orNothing(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

// lastEditor says who changed a thing last, and when: "Ruth Carr, today at 10:31am".
func (c *call) lastEditor(subject string, m papers.Meeting) (string, error) {
	rows, err := c.s.Record.Audit(c.ctx, subject, 1)
	if err != nil || len(rows) == 0 {
		return "Somebody else", err
	}
	return rows[0].Who + ", " + page.Near(rows[0].At, c.s.Now(), m.Location()), nil
}

// clash is what the script is told when two people changed the same field.
type clash struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
}

// answerClash tells the script who was faster, and both texts.
func (c *call) answerClash(who string, clashes []papers.Clash, labels map[string]string, revision int) error {
	answer := struct {
		Detail   string  `json:"detail"`
		Who      string  `json:"who"`
		Revision int     `json:"revision"`
		Clashes  []clash `json:"clashes"`
	}{Detail: who + ", changed the same.", Who: who, Revision: revision}
	for _, k := range clashes {
		answer.Clashes = append(answer.Clashes, clash{k.Field, labels[k.Field], k.Mine, k.Theirs})
	}
	return c.ok(fiber.StatusConflict, answer)
}

// answerSaved tells the script what is saved now.
func (c *call) answerSaved(values map[string]string, revision int, m papers.Meeting) error {
	return c.ok(fiber.StatusOK, struct {
		Revision int               `json:"revision"`
		Values   map[string]string `json:"values"`
		Saved    string            `json:"saved"`
	}{revision, values, page.Clock(c.s.Now(), m.Location())})
}
