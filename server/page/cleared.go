package page

import (
	"fmt"
	"time"

	"clearday/papers"
)

// TakenBackReason is what the public reads of a paper that was taken back in a hurry, until somebody
// writes a better reason.
const TakenBackReason = "It held something that must not be public."

// DeskCleared is the report of a taking back.
type DeskCleared struct {
	Base
	Meeting   papers.Meeting
	Paper     papers.Paper
	Zone      *time.Location
	Versions  []papers.Version // that were withdrawn, first to last
	Clearings []papers.Clearing
	Downloads []papers.Downloads
	Written   int // letters that were sent about it
}

// Template names the page's template.
func (DeskCleared) Template() string { return "desk/cleared.html" }

// ClearedBy is what one program cleared.
type ClearedBy struct {
	Program string
	Done    []papers.Clearing
	Last    time.Time
}

// Programs groups what was cleared by program.
func (d DeskCleared) Programs() []ClearedBy {
	var list []ClearedBy
	at := map[string]int{}
	for _, c := range d.Clearings {
		i, ok := at[c.Program]
		if !ok {
			i = len(list)
			at[c.Program] = i
			list = append(list, ClearedBy{Program: c.Program})
		}
		list[i].Done = append(list[i].Done, c)
		if c.At.After(list[i].Last) {
			list[i].Last = c.At
		}
	}
	return list
}

// Took says how often something was downloaded before it went.
func (d DeskCleared) Took(t papers.Downloads) string {
	what := "The pack of the meeting"
	for _, v := range d.Versions {
		if papers.VersionSubject(v.Ref()) == t.Subject {
			what = fmt.Sprintf("Version %d", v.N)
		}
	}
	return fmt.Sprintf("%s: %s, from %s", what, Count(t.Times, "download", "downloads"), Count(t.Visitors, "place", "places"))
}
