package page

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clearday/search"
)

// Search is the search page: the box, and what was found.
type Search struct {
	Base
	Answer search.Answer
	Asked  bool // something in particular
	Kept   SearchArgs
	Fewer  []Fewer
}

// Template names the page's template.
func (Search) Template() string { return "search/search.html" }

// SearchArgs are the fields of the form as the address has them.
type SearchArgs struct {
	Text                       string
	Boards, Kinds, Years, Orgs []string
	From, To, Sort             string
	Scans, Exact               bool
}

// Fewer is a search with one word less that finds something.
type Fewer struct {
	Words  string
	Papers int
}

// Words writes what is to be found the way a person would type it.
func Words(all [][]search.Term) string {
	var out []string
	for _, any := range all {
		var texts []string
		for _, t := range any {
			texts = append(texts, t.String())
		}
		out = append(out, strings.Join(texts, " OR "))
	}
	return strings.Join(out, " ")
}

// To is the address of a page of the results in an order.
func (s Search) To(sort string, page int) string {
	k := s.Kept
	k.Sort = sort
	return "/search?" + k.values(page).Encode()
}

// ToWords is the address of other words with the same filters.
func (s Search) ToWords(text string) string {
	k := s.Kept
	k.Text = text
	return "/search?" + k.values(1).Encode()
}

// Address asks for the same at a path, such as /search.csv: for a page of the results, from 1.
func (k SearchArgs) Address(path string, page int) string {
	if query := k.values(page).Encode(); query != "" {
		return path + "?" + query
	}
	return path
}

// Keep is the address of the same at a path.
func (s Search) Keep(path string) string { return s.Kept.Address(path, 1) }

// ToExact is the address of the same search with nothing forgiven and no other words.
func (s Search) ToExact() string {
	k := s.Kept
	k.Exact = true
	return "/search?" + k.values(1).Encode()
}

// Found says how much was found, by what it is: papers with pages, or other things among them.
func (s Search) Found() string {
	for _, k := range s.Answer.Facets.Kinds {
		if chosen := len(s.Answer.Query.Kinds) == 0 || k.Chosen; chosen && k.Count > 0 && !paperKinds[search.Kind(k.Value)] {
			return Count(s.Answer.Total, "result", "results") + ", " + Count(s.Answer.Pages, "passage", "passages")
		}
	}
	return Count(s.Answer.Total, "paper", "papers") + ", " + Count(s.Answer.Pages, "page", "pages")
}

// paperKinds are the kinds that papers become and nothing else does.
var paperKinds = map[search.Kind]bool{search.Report: true, search.Minutes: true, search.Presentation: true}

// Dated tells whether the results are narrowed by the form's dates, and what they are.
func (k SearchArgs) Dated() (d struct{ From, To string }) {
	d.From, _, _ = search.Period(k.From)
	_, d.To, _ = search.Period(k.To)
	return d
}

func (k SearchArgs) values(page int) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": k.Text, "from": k.From, "to": k.To, "sort": k.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if k.Scans {
		v.Set("has", "scan")
	}
	if k.Exact {
		v.Set("exact", "1")
	}
	v["board"], v["kind"], v["year"], v["org"] = k.Boards, k.Kinds, k.Years, k.Orgs
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return v
}

// Order is a way to sort the results, and where it leads.
type Order struct {
	Name   string
	To     string
	Chosen bool
}

// Orders are the ways to sort. Where nothing in particular was asked for, nothing matches best.
func (s Search) Orders() []Order {
	var out []Order
	by := s.Answer.Query.Sort
	if !s.Asked && by == search.ByRelevance {
		by = search.Newest
	}
	for _, o := range []struct {
		sort search.Sort
		name string
	}{{search.ByRelevance, "best match"}, {search.Newest, "newest"}, {search.Oldest, "oldest"}} {
		if s.Asked || o.sort != search.ByRelevance {
			out = append(out, Order{Name: o.name, To: s.To(string(o.sort), 1), Chosen: by == o.sort})
		}
	}
	return out
}

// First and Last are the numbers of the papers on this page of the results, from 1.
func (s Search) First() int { from, _ := s.Answer.Query.Window(); return from + 1 }

// Last is the number of the last paper on this page of the results.
func (s Search) Last() int { return s.First() + len(s.Answer.Hits) - 1 }

// Older is the address of the next page of results, or empty.
func (s Search) Older() string {
	if s.Last() >= s.Answer.Total || len(s.Answer.Hits) == 0 {
		return ""
	}
	return s.To(s.Kept.Sort, s.Answer.Query.Page+1)
}

// Back is the address of the page of results before this one, or empty.
func (s Search) Back() string {
	if s.Answer.Query.Page <= 1 {
		return ""
	}
	return s.To(s.Kept.Sort, s.Answer.Query.Page-1)
}

// FacetGroup is one list of values to narrow by.
type FacetGroup struct {
	Legend string
	Name   string // of the form field
	Values []FacetValue
}

// FacetValue is one box to tick. Fixed tells that the words typed ask for it, not the box.
type FacetValue struct {
	search.Facet
	ID    string
	Fixed bool
}

// FacetGroups are the lists that have something to choose between.
func (s Search) FacetGroups() []FacetGroup {
	f := s.Answer.Facets
	var out []FacetGroup
	for _, g := range []struct {
		legend, name string
		values       []search.Facet
		ticked       []string
	}{{"Board", "board", f.Boards, s.Kept.Boards}, {"Kind", "kind", f.Kinds, s.Kept.Kinds}, {"Organisation", "org", f.Organisations, s.Kept.Orgs}, {"Year", "year", f.Years, s.Kept.Years}} {
		if len(g.values) == 0 {
			continue
		}
		group := FacetGroup{Legend: g.legend, Name: g.name}
		for i, v := range g.values {
			group.Values = append(group.Values, FacetValue{Facet: v, ID: g.name + "-" + strconv.Itoa(i), Fixed: v.Chosen && !slices.Contains(g.ticked, v.Value)})
		}
		out = append(out, group)
	}
	return out
}

// Complete says how complete the search was: in full, or what is missing.
func (s Search) Complete() string {
	c := s.Answer.Coverage
	switch {
	case c.Papers == 0:
		return "No paper has been published here yet."
	case c.Papers == 1 && c.Searchable == 1:
		return "The one paper here was searched in full."
	case c.Papers == 1:
		return "The one paper here could not be searched in full."
	case c.Searchable == c.Papers:
		return "All " + Number(c.Papers) + " of our papers were searched in full."
	}
	return Number(c.Searchable) + " of our " + Number(c.Papers) + " papers were searched in full."
}

// Behind says what the search does not know yet, or nothing.
func (s Search) Behind() string {
	switch c := s.Answer.Coverage; {
	case c.Built < 100:
		return "The search is being rebuilt, " + strconv.Itoa(c.Built) + " %, so some papers may not be found yet. Search again in a few minutes."
	case c.Behind > 0:
		return "The latest changes to the record are still being taken in. Search again in a moment."
	}
	return ""
}

// Snippet is the passage of a page: search made it of escaped text and <mark>.
func (Search) Snippet(p search.HitPage) template.HTML { return template.HTML(p.Snippet) } //nolint:gosec // escaped by search

// Scanned tells whether a page that was found is a scan.
func (Search) Scanned(h search.Hit) bool {
	return slices.ContainsFunc(h.Pages, func(p search.HitPage) bool { return p.Recognised })
}

// Kind says a kind of document.
func (Search) Kind(k search.Kind) string {
	for _, n := range search.KindNames {
		if n.Kind == k {
			return n.Name
		}
	}
	return title(string(k))
}

// Seconds says how long the search took.
func (s Search) Seconds() string {
	if s.Answer.TookMS < 10 {
		return "less than a hundredth of a second"
	}
	return strconv.FormatFloat(s.Answer.TookMS/1000, 'f', 2, 64) + " seconds"
}

// Alert is where letters about the search are asked for.
func (s Search) Alert() string {
	k := s.Kept
	k.Sort = ""
	return "/alerts?" + url.Values{"search": {k.values(1).Encode()}}.Encode()
}

// Says is the search in words. names are those of boards and organisations, such as "board finance".
func (k SearchArgs) Says(names map[string]string) string {
	var parts []string
	if text := strings.Join(strings.Fields(k.Text), " "); text != "" {
		parts = append(parts, "“"+text+"”")
	}
	for _, b := range k.Boards {
		parts = append(parts, cmp.Or(names["board "+b], b))
	}
	for _, o := range k.Orgs {
		parts = append(parts, cmp.Or(names["org "+o], o))
	}
	for _, kind := range k.Kinds {
		parts = append(parts, Search{}.Kind(search.Kind(kind)))
	}
	parts = append(parts, k.Years...)
	for _, bound := range []struct{ word, date string }{{"from ", k.From}, {"to ", k.To}} {
		if bound.date != "" {
			parts = append(parts, bound.word+bound.date)
		}
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, ", ")
}
