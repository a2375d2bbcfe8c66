package livestream

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// Like is an earlier question that says nearly the same.
type Like struct {
	Number string  `json:"id"`
	Score  float64 `json:"score"` // 0 to 1
}

// AlikeFrom is the score from which a question is suggested as nearly the same. On the questions of
// testdata, which were written for it, it finds nearly all that ask the same and suggests few others
// (TestAlike says how many). A person decides.
const AlikeFrom = 0.45

// mostAlike bounds what is suggested for one question.
const mostAlike = 3

// Alike compares questions by their words: those that few others use count most, endings and small
// words do not count. It is not safe for concurrent use while it is added to.
type Alike struct {
	docs  []alikeDoc
	place map[string][]int // by word: the documents that hold it
}

type alikeDoc struct {
	number string
	words  []string // each once, sorted
}

// Add takes a question into the comparison.
func (a *Alike) Add(number, text string) {
	if a.place == nil {
		a.place = map[string][]int{}
	}
	words := wordsOf(text)
	for _, w := range words {
		a.place[w] = append(a.place[w], len(a.docs))
	}
	a.docs = append(a.docs, alikeDoc{number, words})
}

// weight of a word: how much it says that two questions share it.
func (a *Alike) weight(word string) float64 {
	return math.Log(1 + float64(len(a.docs)+50)/float64(len(a.place[word])+1))
}

// To gives what was added that is nearly the same as the text, the most alike first, never the number itself.
func (a *Alike) To(number, text string) []Like {
	words := wordsOf(text)
	shared, own := map[int]float64{}, 0.0
	for _, w := range words {
		weight := a.weight(w)
		own += weight * weight
		for _, d := range a.place[w] {
			shared[d] += weight * weight
		}
	}
	var list []Like
	for d, common := range shared {
		other := a.docs[d]
		if other.number == number {
			continue
		}
		size := 0.0
		for _, w := range other.words {
			weight := a.weight(w)
			size += weight * weight
		}
		if score := common / math.Sqrt(own*size); score >= AlikeFrom {
			list = append(list, Like{other.number, score})
		}
	}
	slices.SortFunc(list, func(x, y Like) int {
		if x.Score != y.Score {
			return int(math.Copysign(1, y.Score-x.Score))
		}
		return strings.Compare(x.Number, y.Number)
	})
	return list[:min(len(list), mostAlike)]
}

// wordsOf gives the words that say what a text is about, without their endings, each once.
func wordsOf(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '’' && r != '\'' })
	kept := words[:0]
	for _, w := range words {
		w, _, _ = strings.Cut(strings.ReplaceAll(w, "’", "'"), "'")
		if w == "" || small[w] {
			continue
		}
		kept = append(kept, stem(w))
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// stem takes off the endings that English puts to one and the same word.
func stem(w string) string {
	for _, e := range []struct{ ending, instead string }{{"ings", ""}, {"ing", ""}, {"ies", "y"}, {"ied", "y"}, {"ments", ""}, {"ment", ""}, {"ations", ""}, {"ation", ""},
		{"ities", ""}, {"ity", ""}, {"ers", ""}, {"er", ""}, {"ed", ""}, {"es", ""}, {"ly", ""}, {"s", ""}, {"e", ""}} {
		if base, ok := strings.CutSuffix(w, e.ending); ok && len(base) >= 3 && (e.ending != "s" || !strings.HasSuffix(base, "s")) {
			w = base + e.instead
			break
		}
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] { // stopped, stopping
		w = w[:n-1]
	}
	return strings.TrimSuffix(w, "e")
}

// small words say nothing of what a question is about; nor do those that nearly every question to a board has.
var small = setOf(`a about after again all also am an and any are as at be because been before being between both but by can cannot could did do does doing done
	down during each few for from further get gets give given go goes going had has have having he her here hers him his how i if in into is it its just know let like made make makes
	many may me might more most much must my no nor not now of off on once one only or other our out over own per please put said same say see she should so some still such take
	takes taken tell than that the their them then there these they this those through to told too two under until up us use used very via was we were what when where whether
	which while who whom whose why will with without would yes yet you your
	year years last long area number rate board boards question questions ask asked asking plan plans people thing think happen happens happened anyone someone nobody everyone`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
