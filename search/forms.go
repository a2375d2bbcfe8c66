package search

import (
	"regexp"
	"strconv"
	"strings"
)

// People write the same postcode and the same sum in several ways. What is typed in one of them is
// looked for in the others too.

var (
	outward  = regexp.MustCompile(`(?i)^[a-z]{1,2}[0-9][a-z0-9]?$`)
	inward   = regexp.MustCompile(`(?i)^[0-9][a-z]{2}$`)
	postcode = regexp.MustCompile(`(?i)^([a-z]{1,2}[0-9][a-z0-9]?)([0-9][a-z]{2})$`)
	sum      = regexp.MustCompile(`(?i)^[£$€]?([0-9][0-9,]*(?:\.[0-9]+)?)(k|m|mn|bn)?$`)
)

// joinPairs makes one piece of two that are one thing: a postcode with a space, a number with million.
func joinPairs(pieces []piece) []piece {
	var out []piece
	for i := 0; i < len(pieces); i++ {
		if i+1 < len(pieces) && pieces[i].bare() && pieces[i+1].bare() {
			a, b := pieces[i].text, pieces[i+1].text
			if also := pairForms(a, b); also != nil {
				out = append(out, piece{text: a + " " + b, also: also})
				i++
				continue
			}
		}
		out = append(out, pieces[i])
	}
	return out
}

func pairForms(a, b string) [][]string {
	if outward.MatchString(a) && inward.MatchString(b) {
		return [][]string{{strings.ToLower(a + b)}}
	}
	scale, scaled := scaleWords[strings.ToLower(b)]
	if m := sum.FindStringSubmatch(a); scaled && m != nil && m[2] == "" {
		return sumForms(m[1], scale)
	}
	return nil
}

// otherForms gives the other ways to write a word that was typed without space.
func otherForms(text string, typed []string) [][]string {
	var also [][]string
	if len(typed) > 1 && strings.ContainsAny(text, "-‐") {
		also = append(also, []string{Stem(strings.Join(typed, ""))}) // a line end may have joined it, see Prepare
	}
	if m := postcode.FindStringSubmatch(text); m != nil {
		also = append(also, []string{strings.ToLower(m[1]), strings.ToLower(m[2])})
	}
	if m := sum.FindStringSubmatch(text); m != nil {
		also = append(also, sumForms(m[1], scaleWords[strings.ToLower(m[2])])...)
	}
	return also
}

// scaleWords are powers of ten.
var scaleWords = map[string]int{"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}

var scales = []struct {
	power int
	short []string // written to the number
	word  string
}{{3, []string{"k"}, "thousand"}, {6, []string{"m", "mn"}, "million"}, {9, []string{"bn"}, "billion"}}

// sumForms writes number times ten to the power as 1200000, 1.2m and 1.2 million, where it is a large
// sum that can be written so with at most three decimals.
func sumForms(number string, power int) [][]string {
	digits, decimals, _ := strings.Cut(strings.ReplaceAll(number, ",", ""), ".")
	if len(decimals) > power || len(digits) > 12 {
		return nil
	}
	whole := strings.TrimLeft(digits+decimals+strings.Repeat("0", power-len(decimals)), "0")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 100_000 && power == 0 {
		return nil
	}
	also := [][]string{{whole}}
	for _, s := range scales {
		if len(whole) <= s.power || len(whole) > s.power+3 {
			continue
		}
		short := whole[:len(whole)-s.power]
		if after := strings.TrimRight(whole[len(whole)-s.power:], "0"); after != "" {
			short += "." + after
		}
		if len(short) > 6 {
			continue
		}
		for _, ending := range s.short {
			also = append(also, []string{short + ending})
		}
		also = append(also, []string{short, Stem(s.word)})
	}
	return also
}
