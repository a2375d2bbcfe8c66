package page

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// DeskRecord is what was done at the desk, newest first.
type DeskRecord struct {
	Base
	Zone    *time.Location
	Meeting *papers.Meeting // nil for the site
	ToCome  []DeskDue
	Days    []DoneDay
	Earlier int64 // where the page of earlier acts begins, or 0
}

// Template names the page's template.
func (DeskRecord) Template() string { return "desk/record.html" }

// DoneDay is what was done on one day.
type DoneDay struct {
	Day  string
	Done []Done
}

// Done is one act of somebody at the desk.
type Done struct {
	papers.AuditRow
	Link   string // what it was done to, or empty
	Name   string // its title, where it has one
	Fields []DoneField
}

// DoneField is something that an act changed.
type DoneField struct{ Name, Before, After string }

// AddDone puts a row under its day.
func AddDone(days []DoneDay, r papers.AuditRow, zone *time.Location) []DoneDay {
	day := r.At.In(zone).Format("Monday 2 January 2006")
	if k := len(days) - 1; k < 0 || days[k].Day != day {
		days = append(days, DoneDay{Day: day})
	}
	last := &days[len(days)-1]
	last.Done = append(last.Done, Done{AuditRow: r, Link: deskLink(r.Subject), Name: nameOf(r), Fields: changed(r.Before, r.After)})
	return days
}

// nameOf is the title of what was done something to.
func nameOf(r papers.AuditRow) string {
	for _, state := range []string{r.After, r.Before} {
		fields := fieldsOf(state)
		for _, name := range []string{"title", "name"} {
			if fields[name] != "" {
				return fields[name]
			}
		}
	}
	return ""
}

// deskLink is where the desk shows the subject of a row.
func deskLink(subject string) string {
	kind, rest, _ := strings.Cut(subject, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch kind {
	case "papers", "items", "meetings", "boards", "partners":
		return "/desk/" + kind + "/" + id
	case "questions":
		return "/questions/" + id
	}
	return ""
}

// changed gives the fields in which the two states differ. A state that is no object is one field.
func changed(before, after string) []DoneField {
	a, b := fieldsOf(before), fieldsOf(after)
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var list []DoneField
	for _, name := range names {
		if a[name] != b[name] && !slices.Contains(inner, name) {
			list = append(list, DoneField{Name: strings.ReplaceAll(name, "_", " "), Before: a[name], After: b[name]})
		}
	}
	return list
}

// inner are fields that tell a person nothing.
var inner = []string{"revision", "moved", "created_at", "id", "position"}

func fieldsOf(text string) map[string]string {
	if text == "" || text == "null" {
		return nil
	}
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) == nil {
		fields := map[string]string{}
		for name, v := range object {
			fields[name] = plainly(v)
		}
		return fields
	}
	var any any
	if json.Unmarshal([]byte(text), &any) != nil {
		return map[string]string{"": text}
	}
	return map[string]string{"": plainly(any)}
}

// shownOf bounds what is shown of a value.
const shownOf = 400

// plainly writes a JSON value for a person.
func plainly(v any) string {
	s := ""
	switch v := v.(type) {
	case nil:
	case bool:
		s = map[bool]string{true: "yes", false: "no"}[v]
	case string:
		s = v
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, plainly(e))
		}
		s = strings.Join(parts, "; ")
	case map[string]any:
		var parts []string
		for name, e := range v {
			if p := plainly(e); p != "" {
				parts = append(parts, strings.ReplaceAll(name, "_", " ")+" "+p)
			}
		}
		slices.Sort(parts)
		s = strings.Join(parts, ", ")
	default:
		s = fmt.Sprint(v)
	}
	if r := []rune(s); len(r) > shownOf {
		return string(r[:shownOf]) + "…"
	}
	return s
}
