package search

import (
	"context"
	"fmt"
	"strings"
)

// corrected gives the query with each word that no published page holds replaced by one like it that
// some page does; ok is false when there is nothing to replace, or nothing to replace it by.
func (f *Finder) corrected(ctx context.Context, q Query) (_ Query, ok bool, err error) {
	if q.Exact {
		return q, false, nil
	}
	instead := map[string]string{}
	for _, any := range q.All {
		for _, t := range any {
			if t.Prefix {
				continue
			}
			for _, word := range t.Typed {
				if err := f.correct(ctx, word, instead); err != nil {
					return q, false, err
				}
			}
		}
	}
	if len(instead) == 0 {
		return q, false, nil
	}
	return q.with(instead), true, nil
}

const mostCorrected = 8 // words of one query; who mistypes more is not helped by guesses

func (f *Finder) correct(ctx context.Context, word string, instead map[string]string) error {
	if TypingMistakes(word) == 0 || instead[word] != "" || len(instead) >= mostCorrected {
		return nil
	}
	like, err := f.Engine.Near(ctx, word)
	if err != nil {
		return fmt.Errorf("looking for words like a mistyped one: %w", err)
	}
	if len(like) > 0 && like[0] != word {
		instead[word] = like[0]
	}
	return nil
}

// with gives the query with words replaced, in what was typed too.
func (q Query) with(instead map[string]string) Query {
	q.All = cloneClauses(q.All)
	q.Run = append([]string(nil), q.Run...)
	for i := range q.All {
		for j := range q.All[i] {
			t := &q.All[i][j]
			t.Typed, t.Words = append([]string(nil), t.Typed...), append([]string(nil), t.Words...)
			for k, word := range t.Typed {
				if to, ok := instead[word]; ok && k < len(t.Words) {
					t.Typed[k], t.Words[k] = to, Stem(to)
				}
			}
			t.Text = replaceWords(t.Text, instead)
		}
	}
	for i, stem := range q.Run {
		for from, to := range instead {
			if Stem(from) == stem {
				q.Run[i] = Stem(to)
			}
		}
	}
	q.Text = replaceWords(q.Text, instead)
	return q
}

func replaceWords(text string, instead map[string]string) string {
	var b strings.Builder
	done := 0
	for _, k := range Analyse(text) {
		if to, ok := instead[k.Word]; ok {
			b.WriteString(text[done:k.Start] + to)
			done = k.End
		}
	}
	return b.String() + text[done:]
}
