package archive

import (
	"regexp"
	"strings"
)

var (
	numbered = regexp.MustCompile(`(?i)^([a-z]{2,6})[ _]?\(?(\d{1,3})\)?[ ._-]*(?:\d|i|-|$)`)
	ordinals = regexp.MustCompile(`(?i)\b((?:twenty-?\s?|thirty-?\s?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|\d{1,3}(?:st|nd|rd|th))\s+meeting\b`)
)

// seriesOf are names of the meeting that other files may share: "TB(9)1.i agenda" and "TB(9)1.ii Action Log" are of one meeting,
// and so are two files of the "Fourteenth Meeting" of one panel.
func seriesOf(s Source, lines []string) []string {
	folders, name := split(s.Path)
	where, name := strings.Join(folders, "/"), bare(name)
	var list []string
	if m := numbered.FindStringSubmatch(name); m != nil {
		list = append(list, where+"|"+strings.ToLower(m[1]+"("+m[2]+")"))
	}
	if m := ordinals.FindStringSubmatch(name); m != nil {
		body := strings.ToLower(name[:strings.Index(strings.ToLower(name), strings.ToLower(m[0]))])
		list = append(list, where+"|"+strings.Join(strings.Fields(strings.Trim(body, " -_")+" "+strings.ToLower(m[1])), " "))
	}
	return list
}

// Siblings takes what the files of an archive say of each other. Add those that are certain, then ask for the others.
type Siblings struct {
	bySeries map[string]map[Date]int
	days     map[Date]int
}

// Add takes the date of a file that is certain.
func (s *Siblings) Add(g Guess) {
	if s.bySeries == nil {
		s.bySeries, s.days = map[string]map[Date]int{}, map[Date]int{}
	}
	if g.Sure < Likely || !g.Date.Whole() {
		return
	}
	s.days[g.Date]++
	for _, name := range g.Series {
		if s.bySeries[name] == nil {
			s.bySeries[name] = map[Date]int{}
		}
		s.bySeries[name][g.Date]++
	}
}

// Settle gives a doubtful guess the date of its siblings: the one date of its series, or, for an agenda or minutes, the only day of
// its month on which there was a meeting.
func (s *Siblings) Settle(g Guess) Guess {
	if g.Sure >= Likely {
		return g
	}
	for _, name := range g.Series {
		if d, ok := most(s.bySeries[name]); ok {
			g.Date, g.DateWhy, g.Sure = d, "the date of other files of the same meeting", Likely
			return g
		}
	}
	if g.Date.IsZero() || g.Date.Day > 0 || g.Kind == Paper {
		return g
	}
	inMonth := map[Date]int{}
	for d, n := range s.days {
		if g.Date.fits(d) {
			inMonth[d] = n
		}
	}
	if len(inMonth) == 1 {
		if d, ok := most(inMonth); ok {
			g.Date, g.DateWhy = d, g.DateWhy+" is a month in which there was one meeting"
		}
	}
	return g
}

// most is the date that more files have than any other.
func most(of map[Date]int) (top Date, ok bool) {
	n := 0
	for d, k := range of {
		switch {
		case k > n:
			top, n, ok = d, k, true
		case k == n:
			ok = false
		}
	}
	return top, ok
}
