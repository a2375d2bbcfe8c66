// Package exemption holds the lists of what may be heard in private, one for each law that a board
// works under, as data with the dates between which an entry holds (rules.md 1.3, 1.4, 3.5). It makes
// of a choice the wording that the public reads (N-3), the mark on each page (N-6) and the resolution
// that excludes the public.
//
// The lists of Wales, Scotland and of the old standards committees are from general knowledge, in our
// own words: compare them with the Act before you rely on them.
package exemption

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"clearday/papers"
)

// List is what may be heard in private under one law.
type List struct {
	Regimes      []string `json:"regimes"` // of notice profiles (N-1)
	Name         string   `json:"name"`
	Jurisdiction string   `json:"jurisdiction"`
	Schedule     string   `json:"schedule"`
	Part         string   `json:"part"`
	Use          string   `json:"use"`          // the key of its grounds
	Confidential string   `json:"confidential"` // the rule by which the public must be excluded (N-2); empty: there is none
	Resolution   string   `json:"resolution"`   // model words with {items}, {paras} and {says}

	// PublicInterest is the test that the grounds must pass; empty: there is none.
	PublicInterest string   `json:"-"`
	Grounds        []Ground `json:"-"`
}

// Ground is one entry of a list.
type Ground struct {
	Para         string `json:"para"`
	Says         string `json:"says"`            // what the item holds, as a sentence goes on
	Label        string `json:"label,omitempty"` // how forms offer it, where that differs
	From         string `json:"from,omitempty"`  // the first and last day of its validity
	To           string `json:"to,omitempty"`
	NeedsReasons bool   `json:"needs_reasons,omitempty"`
}

// holds tells whether the entry is law on a date, 2006-01-02.
func (g Ground) holds(on string) bool {
	return (g.From == "" || g.From <= on) && (g.To == "" || on <= g.To)
}

// Offer says the entry as forms offer it.
func (g Ground) Offer() string {
	if g.Label != "" {
		return g.Label
	}
	return g.Says
}

//go:embed lists.json
var listsJSON []byte

//go:embed grounds.json
var groundsJSON []byte

var shipped = sync.OnceValue(func() []List {
	var lists []List
	if err := json.Unmarshal(listsJSON, &lists); err != nil {
		panic("exemption: reading the lists built into the program: " + err.Error())
	}
	var grounds map[string]struct {
		PublicInterest string   `json:"public_interest"`
		Grounds        []Ground `json:"grounds"`
	}
	if err := json.Unmarshal(groundsJSON, &grounds); err != nil {
		panic("exemption: reading the grounds built into the program: " + err.Error())
	}
	for i := range lists {
		of := grounds[lists[i].Use]
		lists[i].PublicInterest, lists[i].Grounds = of.PublicInterest, of.Grounds
	}
	return lists
})

// own is the regime of a board that works under no law of the lists.
const own = "CUSTOM"

// For gives the list of a regime as it holds on a date, 2006-01-02.
func For(regime, on string) List {
	l := whole(regime)
	l.Grounds = slices.DeleteFunc(slices.Clone(l.Grounds), func(g Ground) bool { return !g.holds(on) })
	return l
}

// whole gives the list of a regime with entries of all times, for what was chosen from it once.
func whole(regime string) List {
	of := func(name string) int {
		return slices.IndexFunc(shipped(), func(l List) bool { return slices.Contains(l.Regimes, name) })
	}
	at := of(regime)
	if at < 0 {
		at, regime = of(own), own
	}
	l := shipped()[at]
	l.Regimes = []string{regime}
	return l
}

// Take checks a choice and fills in the rule that it rests on. It is an Error of CodeInvalid when an
// entry is not of the list, or when words are missing that the law asks for.
func (l List) Take(g papers.Grounds) (papers.Grounds, error) {
	if err := g.Tidy(); err != nil || !g.Chosen() {
		return g, err
	}
	if g.Confidential && l.Confidential == "" {
		return g, papers.Errorf(papers.CodeInvalid, "Under %s nothing must be private by law. Choose why it may be.", l.Name)
	}
	for _, para := range g.Paras {
		ground, ok := l.ground(para)
		if !ok {
			return g, papers.Errorf(papers.CodeInvalid, "There is no paragraph %s in %s on that day. Choose from the list.", para, l.source())
		}
		if ground.NeedsReasons && g.Reasons == "" {
			return g, papers.Errorf(papers.CodeInvalid, "Give the reasons for keeping it private: the resolution must state them.")
		}
	}
	if l.PublicInterest != "" && len(g.Paras) > 0 && g.PublicInterest == "" {
		return g, papers.Errorf(papers.CodeInvalid, "Give the public-interest statement: why keeping it private serves the public better than showing it.")
	}
	g.Regime, g.Schedule, g.Part, g.Jurisdiction = l.Regimes[0], l.Schedule, l.Part, l.Jurisdiction
	return g, nil
}

func (l List) ground(para string) (Ground, bool) {
	for _, g := range l.Grounds {
		if g.Para == para {
			return g, true
		}
	}
	return Ground{}, false
}

// Numbered tells that the law numbers its entries, so that they are cited as paragraphs.
func (l List) Numbered() bool { return len(l.Grounds) > 0 && l.Grounds[0].Para[0] <= '9' }

// source names the rule: Part 1 of Schedule 12A to the Local Government Act 1972.
func (l List) source() string {
	if l.Numbered() {
		return l.Part + " of " + l.Schedule
	}
	if l.Part == "" {
		return "the board’s own rule"
	}
	return l.Schedule + ", " + l.Part
}

// paras cites the entries: paragraphs 1 and 3.
func (l List) paras(g papers.Grounds) string {
	word := "paragraph "
	if len(g.Paras) > 1 {
		word = "paragraphs "
	}
	return word + and(g.Paras)
}

// says joins what the entries say.
func (l List) says(g papers.Grounds) string {
	var all []string
	for _, para := range g.Paras {
		if ground, ok := l.ground(para); ok {
			all = append(all, strings.ReplaceAll(ground.Says, "{reasons}", strings.TrimRight(g.Reasons, ". ")))
		}
	}
	return and(all)
}

func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// Wording is what the public reads of an item with these grounds: must leave, or will be asked to.
func Wording(g papers.Grounds) string {
	l, s := whole(g.Regime), ""
	switch {
	case g.Confidential:
		s = "The public must leave for this item. It holds confidential information that we may not disclose (" + l.Confidential + ")."
	case len(g.Paras) == 0:
		return ""
	case l.Numbered():
		s = "The public will be asked to leave for this item. It holds " + l.says(g) + " (" + l.paras(g) + " of " + l.source() + ")."
	case l.Part != "":
		s = "The public will be asked to leave for this item. Publicity would prejudice the public interest because of " + l.says(g) + " (" + l.source() + ")."
	default:
		s = "The public will be asked to leave for this item. Publicity would prejudice the public interest because of " + l.says(g) + "."
	}
	if l.PublicInterest != "" && !g.Confidential {
		s += " For now, keeping it private serves the public better than showing it."
	}
	return s
}

// Mark is what stands on each page of a private paper (N-6).
func Mark(g papers.Grounds) string {
	const mark = "Not for publication"
	l := whole(g.Regime)
	switch {
	case g.Confidential:
		return mark + ": confidential information, " + l.Confidential
	case len(g.Paras) == 0:
		return mark + ": private"
	case l.Numbered():
		return mark + ": " + l.paras(g) + " of " + l.source()
	}
	says := "special reasons"
	if g.Paras[0] != "special" {
		says = l.says(papers.Grounds{Paras: g.Paras[:1]})
	}
	return mark + ": " + says + ", " + l.source()
}
