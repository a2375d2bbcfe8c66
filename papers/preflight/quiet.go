package preflight

import (
	"math"
	"slices"
	"strconv"
)

// Most pages of most papers put dark text on white paper and little else. No word can hide there, so such a page need not
// be drawn, which costs more than all other checks together. Here is decided what is known to be harmless; whatever
// is not has its page drawn. This file reads the drawing commands, quiet_page.go what stands around them.

const (
	mostRules = 4   // thin lines on a page: together they are thinner than a word is high
	thin      = 1.0 // points
	lightest  = 0.7 // of white 1: a darker colour shows on paper
)

// harmless are the commands that neither hide a word nor give it a colour, whatever their operands.
var harmless = map[string]bool{
	"BT": true, "ET": true, "Tf": true, "Td": true, "TD": true, "Tm": true, "T*": true, "Tc": true, "Tw": true, "TL": true, "Ts": true,
	"Tj": true, "TJ": true, "'": true, "\"": true, "BMC": true, "BDC": true, "EMC": true, "MP": true, "DP": true,
	"q": true, "Q": true, "J": true, "j": true, "M": true, "d": true, "i": true, "ri": true, "h": true,
	"G": true, "RG": true, "K": true, // colours of lines
	"gs": true, // what it sets is in the resources of the page
}

// quiet is what harmless commands ask of their page: to be no larger than what they cut off.
type quiet struct{ width, height float64 }

// quietOf reads drawing commands, until one that may hide something.
func quietOf(content []byte) (quiet, bool) {
	r := quietReader{commands: commands{b: content}, asks: quiet{math.Inf(1), math.Inf(1)}}
	for {
		start, end := r.next()
		if start < 0 {
			return r.asks, true
		}
		word := string(content[start:end])
		if n, err := strconv.ParseFloat(word, 64); err == nil {
			r.numbers = append(r.numbers, n)
			continue
		}
		if !r.allows(word) {
			return quiet{}, false
		}
		r.numbers = r.numbers[:0]
	}
}

type quietReader struct {
	commands
	numbers []float64    // the operands before a command
	asks    quiet        // so far
	moved   bool         // measures are no longer those of the page
	rules   int          // drawn so far
	boxes   [][4]float64 // of the path that is being made
	lines   int          // of the same
}

func (r *quietReader) allows(command string) bool {
	switch n := r.numbers; command {
	case "g":
		return len(n) == 1 && n[0] <= lightest
	case "rg":
		return len(n) == 3 && isDark(n[0], n[1], n[2])
	case "k":
		return len(n) == 4 && isDark((1-n[0])*(1-n[3]), (1-n[1])*(1-n[3]), (1-n[2])*(1-n[3]))
	case "Tr":
		return len(n) == 1 && (n[0] == 0 || n[0] == 2) // filled, or filled with an edge
	case "Tz":
		return len(n) == 1 && n[0] >= 10
	case "w":
		return len(n) == 1 && n[0] <= thin
	case "cm": // what is thin must stay thin
		r.moved = true
		return len(n) == 6 && math.Abs(n[0])+math.Abs(n[1]) <= 1 && math.Abs(n[2])+math.Abs(n[3]) <= 1
	case "re", "m", "l", "S", "s", "f", "F", "f*", "W", "W*", "n":
		return r.path(command)
	}
	return harmless[command]
}

// path allows a few thin lines, and to cut off what is not on the page.
func (r *quietReader) path(command string) bool {
	switch command {
	case "re":
		if len(r.numbers) != 4 || len(r.boxes) > mostRules {
			return false
		}
		r.boxes = append(r.boxes, [4]float64(r.numbers))
		return true
	case "m", "l":
		r.lines++
		return true
	case "W", "W*":
		return r.cut()
	case "S", "s":
		r.rules += r.lines + 4*len(r.boxes)
	case "f", "F", "f*":
		r.rules += len(r.boxes)
		if r.lines > 0 || slices.ContainsFunc(r.boxes, func(b [4]float64) bool { return !(min(math.Abs(b[2]), math.Abs(b[3])) <= thin) }) {
			return false
		}
	}
	r.boxes, r.lines = r.boxes[:0], 0
	return r.rules <= mostRules
}

func (r *quietReader) cut() bool {
	if r.moved || r.lines > 0 || len(r.boxes) != 1 {
		return false
	}
	b := r.boxes[0]
	r.asks.width, r.asks.height = min(r.asks.width, b[0]+b[2]), min(r.asks.height, b[1]+b[3])
	return b[0] <= 1 && b[1] <= 1
}

func isDark(red, green, blue float64) bool { return 0.3*red+0.59*green+0.11*blue <= lightest }
