package search

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"clearday/papers"
)

// Facets count what was found by value. Each counts what the other filters leave.
type Facets struct {
	Boards        []Facet `json:"boards"`
	Kinds         []Facet `json:"kinds"`
	Years         []Facet `json:"years"`
	Organisations []Facet `json:"organisations"`
}

// Facet is one value with its count; Chosen tells that the query asks for it.
type Facet struct {
	Value  string `json:"value"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Chosen bool   `json:"chosen"`
}

// names are what the site calls its parts, by slug, in order.
type names struct {
	boards, organisations []named
}

type named struct{ slug, name string }

func (f *Finder) names(ctx context.Context) (n names, err error) {
	boards, err := f.Record.Boards(ctx)
	if err != nil {
		return n, fmt.Errorf("reading the boards: %w", err)
	}
	partners, err := f.Record.Partners(ctx)
	if err != nil {
		return n, fmt.Errorf("reading the partners: %w", err)
	}
	return namesOf(boards, partners), nil
}

func namesOf(boards []papers.Board, partners []papers.Partner) (n names) {
	for _, b := range boards {
		n.boards = append(n.boards, named{b.Slug, b.Name})
	}
	for _, p := range partners {
		n.organisations = append(n.organisations, named{p.Slug, p.Name})
	}
	return n
}

// resolve turns the words after board: and org: into slugs: the slug itself, or each whose name or slug
// holds the words.
func (q *Query) resolve(n names) {
	q.Boards = q.called("board", q.boardWords, q.Boards, n.boards)
	q.Organisations = q.called("organisation", q.orgWords, q.Organisations, n.organisations)
	q.boardWords, q.orgWords = nil, nil
}

func (q *Query) called(what string, words, slugs []string, list []named) []string {
	for _, typed := range words {
		want, known := stems(typed), false
		for _, x := range list {
			if x.slug == typed || holdsAll(stems(x.name+" "+x.slug), want) {
				slugs, known = append(slugs, x.slug), true
			}
		}
		if !known {
			q.note("No %s is called %q, so all were searched.", what, short(typed))
		}
	}
	return slugs
}

func stems(s string) []string {
	var out []string
	for _, k := range Analyse(s) {
		out = append(out, Stem(k.Word))
	}
	return out
}

func holdsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return len(want) > 0
}

// KindNames are what the kinds are called, in the order in which they are listed.
var KindNames = []kindName{
	{Report, "Report"}, {Minutes, "Minutes"}, {Agenda, "Agenda"}, {Presentation, "Presentation"},
	{Question, "Question and answer"}, {Statement, "Statement"}, {Captions, "What was said"},
}

type kindName struct {
	Kind Kind
	Name string
}

// kindList names all kinds, for who typed another.
var kindList = func() string {
	var list []string
	for _, k := range KindNames[:len(KindNames)-1] {
		list = append(list, string(k.Kind))
	}
	return strings.Join(list, ", ") + " or " + string(KindNames[len(KindNames)-1].Kind)
}()

func facets(res Results, q Query, n names) Facets {
	var f Facets
	for _, b := range n.boards {
		f.Boards = add(f.Boards, b.slug, b.name, res.Boards[b.slug], slices.Contains(q.Boards, b.slug))
	}
	for _, o := range n.organisations {
		f.Organisations = add(f.Organisations, o.slug, o.name, res.Organisations[o.slug], slices.Contains(q.Organisations, o.slug))
	}
	for _, k := range KindNames {
		f.Kinds = add(f.Kinds, string(k.Kind), k.Name, res.Kinds[string(k.Kind)], slices.Contains(q.Kinds, k.Kind))
	}
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(res.Years))) {
		year, _ := strconv.Atoi(y)
		f.Years = add(f.Years, y, y, res.Years[y], slices.Contains(q.Years, year))
	}
	byCount := func(a, b Facet) int { return b.Count - a.Count }
	slices.SortStableFunc(f.Boards, byCount)
	slices.SortStableFunc(f.Kinds, byCount)
	slices.SortStableFunc(f.Organisations, byCount)
	return f
}

func add(list []Facet, value, name string, count int, chosen bool) []Facet {
	if count == 0 && !chosen {
		return list
	}
	return append(list, Facet{Value: value, Name: name, Count: count, Chosen: chosen})
}

// kindOf reads what somebody calls a kind.
func kindOf(typed string) Kind {
	typed = strings.ToLower(typed)
	for _, k := range KindNames {
		if one := string(k.Kind); typed == one || typed == one+"s" || typed+"s" == one {
			return k.Kind
		}
	}
	if typed == "answer" || typed == "answers" {
		return Question
	}
	return Kind(typed)
}
