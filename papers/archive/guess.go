// Package archive guesses what a file of an old archive is: its title, the date of its meeting, its kind. What the maker of a file
// wrote about it is stale or wrong too often ("Agenda Template", a creation date of another year), so a guess weighs what
// stands in the folder's name, in the file's name and on the first pages, says why, and how sure it is. A creation date is never asked.
//
// It only sees what it is given: no file, no database.
package archive

import (
	"slices"
	"strings"
	"time"
)

// Source is what is known of a file.
type Source struct {
	Path    string   // within the archive, with slashes: "2013/June/6 Finance report.pdf"
	Pages   []string // the text of the first pages
	Title   string   // what the file says its title is: often stale
	Subject string   // what the file says its subject is: right for the packs of one large system
	Given   Given    // what somebody wrote beside the file, and believed
}

// Sure is how far a date can be relied on.
type Sure int

// From nothing to certain.
const (
	None     Sure = iota // there is no date
	Doubtful             // a person should look
	Likely
	Certain
)

// String is the word for reports.
func (s Sure) String() string { return [...]string{"none", "doubtful", "likely", "certain"}[s] }

// Guess is what a file most likely is.
type Guess struct {
	Title    string
	TitleWhy string
	Date     Date
	DateWhy  string
	Sure     Sure
	Clock    string // when the meeting began, 15:04; "" when that is not said
	Kind     Kind
	Series   []string // names of the meeting that other files of the archive may share: "tb(9)", "fourteenth meeting"
}

// mark is a date with how much speaks for it.
type mark struct {
	found
	score int
	why   string
	place string // folder, name, subject, text: signs of different places add up
}

// How much each sign counts. What reaches certainScore needs no look, what reaches likelyScore hardly one.
const (
	inFolder   = 90 // somebody sorted the archive by meetings
	inSubject  = 90
	inLabel    = 80 // "Date of meeting: ..."
	inName     = 72
	inHeld     = 72 // "held on ..."
	onItsLine  = 76 // a line near the top that says little else
	inDigits   = 60 // six digits
	twoWays    = 40 // six digits that can be read in two ways
	monthName  = 50
	atTop      = 48
	monthTop   = 40
	further    = 22
	another    = 15 // for each other place that says the same
	fills      = 32 // a day or a month that the name says, and the text says with its year
	ofOther    = 45 // off: the line speaks of another meeting
	wrongDay   = 25 // off: that was no Tuesday
	rightDay   = 6
	ofMeeting  = 6 // the name of the file says that the day is of a meeting
	certain    = 70
	likely     = 50
	topLines   = 12
	linesTried = 90
)

// New guesses what a file is.
func New(s Source) Guess {
	lines := firstLines(s.Pages)
	g := Guess{Kind: kindOf(s, lines), Series: seriesOf(s, lines)}
	g.Title, g.TitleWhy = titleOf(s, lines, g.Kind)
	if !s.Given.Date.IsZero() {
		g.Date, g.DateWhy, g.Sure, g.Clock = s.Given.Date, "written beside the file", Certain, s.Given.Clock
		if !g.Date.Whole() {
			g.Sure = Doubtful
		}
		return g
	}
	g.date(marks(s, lines))
	if g.Clock == "" {
		g.Clock = clockOf(s.Subject)
	}
	return g
}

// date takes the date for which most speaks.
func (g *Guess) date(list []mark) {
	whole := best(list, func(m mark) bool { return m.Whole() })
	month := best(list, func(m mark) bool { return m.Year > 0 && m.Day == 0 })
	m := whole
	if whole.score < likely && month.score > whole.score && !month.fits(whole.Date) {
		m = month
	}
	if m.score <= 0 {
		return
	}
	g.Date, g.DateWhy, g.Sure = m.Date, m.why, Doubtful
	switch {
	case !m.Whole(): // a month is no day to meet on
	case m.score >= certain:
		g.Sure = Certain
	case m.score >= likely:
		g.Sure = Likely
	}
	rival := best(list, func(r mark) bool { return r.Whole() && r.Date != m.Date })
	if g.Sure > Doubtful && rival.score >= m.score-2 && m.place != "folder" {
		g.Sure = Doubtful
		g.DateWhy += "; but " + rival.Date.String() + " is " + rival.why
	}
}

// best adds up what the places say of each date, and gives the date with the most.
func best(list []mark, of func(mark) bool) mark {
	var top mark
	for _, m := range list {
		if !of(m) {
			continue
		}
		places, whole := map[string]int{m.place: m.score}, saysDay(list)
		for _, o := range list {
			if o.place == m.place || o.score <= 0 {
				continue
			}
			switch {
			case o.Date == m.Date:
				places[o.place] = max(places[o.place], another)
			case !o.Whole() && o.fits(m.Date) && !whole[o.place]:
				places[o.place] = max(places[o.place], fills)
			}
		}
		sum := 0
		for _, score := range places {
			sum += score
		}
		if m.score = sum; m.score > top.score {
			top = m
		}
	}
	return top
}

// saysDay are the places that name a day of their own: a month that stands beside it is that of something else.
func saysDay(list []mark) map[string]bool {
	says := map[string]bool{}
	for _, m := range list {
		says[m.place] = says[m.place] || m.Whole()
	}
	return says
}

// marks are all dates that are found, with what speaks for each.
func marks(s Source, lines []string) []mark {
	var list []mark
	folder, name := split(s.Path)
	for at, part := range slices.Backward(folder) {
		for _, f := range dates(part) {
			list = append(list, mark{f, byPlace(f, inFolder-3*(len(folder)-1-at), inFolder-10), "in the name of the folder “" + part + "”", "folder"})
		}
	}
	for _, f := range dates(bare(name)) {
		m := mark{f, byPlace(f, inName, inDigits), "in the name of the file", "name"}
		if rest := strings.ToLower(bare(name)[f.to:]); strings.HasPrefix(strings.TrimLeft(rest, " _-"), "meeting") {
			m.score += ofMeeting
		}
		list = append(list, m)
	}
	for _, f := range dates(s.Subject) {
		list = append(list, mark{f, byPlace(f, inSubject, inDigits), "in the subject that the file states", "subject"})
	}
	list = append(list, inText(lines)...)
	for i, m := range list {
		list[i].score += m.dayOfWeek()
	}
	return list
}

// byPlace is how much a date counts that stands in a name.
func byPlace(f found, whole, digits int) int {
	switch {
	case f.twofold:
		return twoWays
	case !f.Whole():
		return monthName
	case f.digits:
		return digits
	}
	return whole
}

// dayOfWeek holds the day of the week that was said against the date.
func (m mark) dayOfWeek() int {
	switch {
	case m.weekday < 0 || !m.Whole():
		return 0
	case time.Weekday(m.weekday) == m.Date.time().Weekday():
		return rightDay
	}
	return -wrongDay
}

// words of a line that speaks of another day than that of the meeting.
var otherDays = strings.Fields("last previous next since deadline version draft published approved updated revised amended until before after between from by due consultation act regulations response letter dated")

// inText weighs the dates of the first lines.
func inText(lines []string) []mark {
	var list []mark
	for n, line := range lines {
		list = append(list, inLine(lines, n, line)...)
	}
	return list
}

func inLine(lines []string, n int, line string) (list []mark) {
	label := n > 0 && isLabel(lines[n-1]) && len(line) < 60 || n > 1 && isLabel(lines[n-2]) && len(line) < 40
	for _, f := range dates(line) {
		before := strings.ToLower(line[:f.from])
		m := mark{found: f, score: further, why: "on the first pages", place: "text"}
		switch rest := len(line) - (f.to - f.from); {
		case f.twofold, f.digits:
			continue // digits in a text are a number
		case isLabel(before) || label:
			m.score, m.why = inLabel, "where the first page says the date of the meeting"
		case held(before) && n < 2*topLines+6:
			m.score, m.why = inHeld, "where it says when the meeting was held"
		case rest < 32 && n < topLines:
			m.score, m.why = onItsLine-n, "on a line of its own at the top"
		case rest < 60 && n < topLines:
			m.score, m.why = atTop+6-n/2, "at the top of the first page"
		case n < topLines:
			m.score, m.why = atTop-n/2, "at the top of the first page"
		case rest < 24 && n < 3*topLines:
			m.score = further + 14
		default:
			m.score = further - n/10
		}
		if !m.Whole() {
			m.score = min(m.score, monthTop-n/2)
		}
		if ofAnother(before) || asOf(before) || (ofAnother(previous(lines, n)) || f.from == 0 && asOf(previous(lines, n))) && len(line) < 40 && !label {
			m.score -= ofOther
		}
		list = append(list, m)
	}
	return list
}

// asOf tells whether the words lead to the day up to which a list was kept: "Action Log as at".
func asOf(before string) bool {
	words := strings.Fields(strings.ToLower(before))
	if n := len(words); n > 0 && (words[n-1] == "at" || words[n-1] == "of") {
		words = words[:n-1]
	}
	return len(words) > 0 && words[len(words)-1] == "as"
}

func previous(lines []string, n int) string {
	if n == 0 {
		return ""
	}
	return lines[n-1]
}

// isLabel tells whether words end in what introduces the date of a meeting.
func isLabel(s string) bool {
	s = strings.Trim(strings.ToLower(s), " \t:|.")
	for _, label := range []string{"date of meeting", "meeting date", "date of the meeting", "date", "date & time", "date and time", "date/time", "day, date and time"} {
		if s == label || strings.HasSuffix(s, " "+label) && len(s) < 60 {
			return true
		}
	}
	return false
}

func held(before string) bool {
	for _, w := range []string{"held on", "held at", "meeting on", "meeting held", "meeting of", "held remotely", "meeting to be held", "held in", "minutes of the meeting", "take place on"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

func ofAnother(before string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if slices.Contains(otherDays, w) {
			return true
		}
	}
	return false
}

// firstLines are the lines of the first pages that say something.
func firstLines(pages []string) []string {
	var list []string
	for _, p := range pages {
		for line := range strings.Lines(p) {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				list = append(list, line[:min(len(line), 400)])
			}
			if len(list) == linesTried {
				return list
			}
		}
	}
	return list
}
