package server

import (
	"clearday/papers"
	"clearday/server/page"
)

// noteTitles name the kinds of findings that are told quietly, in the order in which they are told.
var noteTitles = []struct {
	level papers.Level
	title string
}{
	{papers.LevelAdvice, "For people who read it otherwise"},
	{papers.LevelBehind, "Still in the original: do not pass it on"},
	{papers.LevelCleaned, "Left out of the public file"},
}

// foundIn sorts what was found in a version: what blocks it, what a person should look at, and the rest by
// kind. The same on several pages is said once.
func foundIn(v papers.Version) (blocks, warns []page.DeskFinding, notes []page.DeskNotes) {
	says := map[papers.Level][]string{}
	for _, f := range v.Findings {
		switch {
		case f.Blocks:
			blocks = addFinding(blocks, v, f)
		case f.Level == papers.LevelWarn || f.Level == "":
			warns = addFinding(warns, v, f)
		default:
			says[f.Level] = append(says[f.Level], f.Message)
		}
	}
	for _, n := range noteTitles {
		if len(says[n.level]) > 0 {
			notes = append(notes, page.DeskNotes{Title: n.title, Says: says[n.level]})
		}
	}
	return blocks, warns, notes
}

func addFinding(list []page.DeskFinding, v papers.Version, f papers.Finding) []page.DeskFinding {
	for i := range list {
		if list[i].Code == f.Code && f.Page > 0 {
			list[i].More = append(list[i].More, f.Page)
			return list
		}
	}
	d := page.DeskFinding{Finding: f}
	if v.File != "" {
		d.Address = versionAddress(v.Ref())
	}
	return append(list, d)
}
