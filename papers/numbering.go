package papers

import (
	"regexp"
	"strconv"
	"strings"
)

// NumberStyle is how a board numbers the items of its agendas.
type NumberStyle string

// The styles of numbering that agendas of public bodies use.
const (
	NumberDecimal NumberStyle = ""       // 1, 1.1
	NumberLetter  NumberStyle = "letter" // 4, 4.a
	NumberRoman   NumberStyle = "roman"  // 7, 7i
	NumberYear    NumberStyle = "year"   // 275/19, 275/19.1: counts on from agenda to agenda
)

// NumberStyles in the order in which forms offer them.
var NumberStyles = []NumberStyle{NumberDecimal, NumberLetter, NumberRoman, NumberYear}

// Example shows a style by an item and its sub-item.
func (s NumberStyle) Example() string {
	switch s {
	case NumberLetter:
		return "1, 1.a"
	case NumberRoman:
		return "1, 1i"
	case NumberYear:
		return "275/19, 275/19.1"
	}
	return "1, 1.1"
}

// Continues tells that an agenda counts on from where the last one ended.
func (s NumberStyle) Continues() bool { return s == NumberYear }

// Known tells whether it is one of the styles.
func (s NumberStyle) Known() bool {
	for _, k := range NumberStyles {
		if s == k {
			return true
		}
	}
	return false
}

// Numbering numbers one agenda.
type Numbering struct {
	Style NumberStyle
	From  int    // the first number; 0 is 1
	Year  string // two digits, for NumberYear
}

// NumberingOf gives how a meeting's agenda is numbered.
func NumberingOf(m Meeting) Numbering {
	return Numbering{Style: m.Numbering, From: m.NumberFrom, Year: m.StartsAt.In(m.Location()).Format("06")}
}

func (n Numbering) top(k int, letter string) string {
	s := strconv.Itoa(k) + letter
	if n.Style == NumberYear {
		s += "/" + n.Year
	}
	return s
}

func (n Numbering) sub(parent string, k int, letter string) string {
	switch n.Style {
	case NumberLetter:
		return parent + "." + letters(k) + letter
	case NumberRoman:
		return parent + roman(k) + letter
	}
	return parent + "." + strconv.Itoa(k) + letter
}

var leading = regexp.MustCompile(`^[0-9]+`)

// Ended gives the highest number of an agenda that counts on, 0 when it has none.
func Ended(agenda []Item) int {
	last := 0
	for _, i := range agenda {
		if k, err := strconv.Atoi(leading.FindString(i.Number)); err == nil && i.Level == 0 {
			last = max(last, k)
		}
	}
	return last
}

// Numbers gives each entry of the agenda its number. One that was given by hand stays, and so does
// one that is fixed because people have read it: the count goes on from there. What comes to stand
// between two fixed numbers that leave no room gets the number above it and a letter, as late items do.
func (n Numbering) Numbers(agenda []Item, fixed func(Item) bool) []string {
	numbers := make([]string, len(agenda))
	kept := func(i Item) bool { return i.Number != "" && (i.NumberGiven || fixed(i)) }
	var tops []int
	for at, i := range agenda {
		if i.Heard() && i.Level == 0 {
			tops = append(tops, at)
		}
	}
	count(agenda, tops, numbers, max(n.From, 1), kept, n.top)
	for _, top := range tops {
		var subs []int
		for at := top + 1; at < len(agenda) && agenda[at].Level > 0; at++ {
			subs = append(subs, at)
		}
		count(agenda, subs, numbers, 1, kept, func(k int, letter string) string { return n.sub(numbers[top], k, letter) })
	}
	return numbers
}

// farthest is how far above the length of an agenda a number given by hand is still part of the count.
const farthest = 200

// count numbers the entries at the places in their order from first on.
func count(agenda []Item, places []int, numbers []string, first int, kept func(Item) bool, write func(int, string) string) {
	value := map[string]int{}
	for k := 1; k <= first+len(places)+farthest; k++ {
		value[write(k, "")] = k
	}
	taken := map[string]bool{}
	for _, at := range places {
		if kept(agenda[at]) {
			taken[agenda[at].Number] = true
		}
	}
	before := first - 1
	for p, at := range places {
		if kept(agenda[at]) {
			numbers[at] = agenda[at].Number
			if k := value[numbers[at]]; k > 0 {
				before = k
			}
			continue
		}
		room := 0 // the next fixed number below that the count must stay under
		for _, later := range places[p+1:] {
			if k := value[agenda[later].Number]; kept(agenda[later]) && k > before && (room == 0 || k < room) {
				room = k
			}
		}
		numbers[at] = next(before, first, room, taken, write)
		taken[numbers[at]] = true
		if k := value[numbers[at]]; k > 0 {
			before = k
		}
	}
}

func next(before, first, room int, taken map[string]bool, write func(int, string) string) string {
	k := before + 1
	if room > 0 && k >= room && before >= first {
		for letter := 1; ; letter++ {
			if s := write(before, letters(letter)); !taken[s] {
				return s
			}
		}
	}
	for taken[write(k, "")] {
		k++
	}
	return write(k, "")
}

// letters counts a, b ... z, aa.
func letters(k int) string {
	s := ""
	for ; k > 0; k = (k - 1) / 26 {
		s = string(rune('a'+(k-1)%26)) + s
	}
	return s
}

func roman(k int) string {
	var s strings.Builder
	for _, r := range []struct {
		n int
		s string
	}{{100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for ; k >= r.n; k -= r.n {
			s.WriteString(r.s)
		}
	}
	return s.String()
}
