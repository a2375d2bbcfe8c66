package livestream

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// blocksOf reads questions of which those in one block ask the same.
func blocksOf(t testing.TB) (blocks [][]string) {
	t.Helper()
	text, err := os.ReadFile("testdata/questions.txt")
	if err != nil {
		t.Fatal(err)
	}
	block := []string{}
	for line := range strings.Lines(string(text) + "\n\n") {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case line != "":
			block = append(block, line)
		case len(block) > 0:
			blocks, block = append(blocks, block), []string{}
		}
	}
	return blocks
}

// TestAlike: of the questions that were asked before in other words most are suggested, and little
// is suggested that is another question. Each question is compared with all others.
func TestAlike(t *testing.T) {
	var all Alike
	blocks := blocksOf(t)
	number := func(b, i int) string { return fmt.Sprintf("%d.%d", b, i) }
	n := 0
	for b, block := range blocks {
		for i, text := range block {
			all.Add(number(b, i), text)
			n++
		}
	}
	asked, found, first, right, wrong := 0, 0, 0, 0, 0
	for b, block := range blocks {
		for i, text := range block {
			likes, hit := all.To(number(b, i), text), false
			for k, l := range likes {
				if strings.HasPrefix(l.Number, fmt.Sprint(b)+".") {
					right++
					hit = true
					if k == 0 {
						first++
					}
					continue
				}
				wrong++
				t.Logf("%.2f not the same: %s | %s", l.Score, text, l.Number)
			}
			if len(block) > 1 {
				asked++
				if hit {
					found++
				} else {
					t.Logf("missed: %s", text)
				}
			}
		}
	}
	t.Logf("%d questions, %d have others that ask the same: %d found (%.0f%%), %d of them first; %d suggestions right, %d wrong",
		n, asked, found, 100*float64(found)/float64(asked), first, right, wrong)
	if n < 200 || float64(found) < 0.85*float64(asked) {
		t.Errorf("only %d of %d questions that were asked before are found", found, asked)
	}
	if float64(wrong) > 0.15*float64(right+wrong) {
		t.Errorf("%d of %d suggestions are other questions", wrong, right+wrong)
	}
}

func TestAlikeOddTexts(t *testing.T) {
	var all Alike
	all.Add("Q-1", "Why?")
	all.Add("Q-2", "Why?")
	all.Add("Q-3", "🙂")
	if l := all.To("Q-4", "Why is that?"); len(l) != 0 {
		t.Errorf("words that say nothing are alike: %v", l)
	}
	all.Add("Q-5", "Beds at Meadow Ward")
	if l := all.To("Q-5", "Beds at Meadow Ward"); len(l) != 0 {
		t.Errorf("a question is like itself: %v", l)
	}
	if l := all.To("Q-6", "beds, MEADOW ward’s!"); len(l) != 1 || l[0].Score < 0.99 {
		t.Errorf("case and signs count: %v", l)
	}
}

// BenchmarkAlike compares every question of a full meeting with every other, as a reading of the
// queue does; the yardstick is reading their words alone.
func BenchmarkAlike(b *testing.B) {
	var texts []string
	for _, block := range blocksOf(b) {
		texts = append(texts, block...)
	}
	for len(texts) < 300 {
		texts = append(texts, texts[len(texts)%100]+" Once more.")
	}
	for b.Loop() {
		var all Alike
		for i, t := range texts {
			all.Add(fmt.Sprint(i), t)
		}
		for i, t := range texts {
			all.To(fmt.Sprint(i), t)
		}
	}
}
