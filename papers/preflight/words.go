package preflight

import (
	"regexp"
	"slices"
	"strings"

	"clearday/papers"
)

// inWords are the kinds of thing in what somebody wrote that may say who a person is, the surest first.
// A question is short and a person reads it anyway, so one sign is enough here where a paper needs
// several (rules.md 5.7): showing too much costs a glance, too little costs somebody's privacy.
var inWords = []struct {
	kind    string
	pattern *regexp.Regexp
	is      func(string) bool // nil: always
}{
	{"email", regexp.MustCompile(`(?i)\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b`), nil},
	{"national_insurance", regexp.MustCompile(`(?i)\b[a-z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d]\b`),
		func(s string) bool { return isNINO(strings.ToUpper(strings.ReplaceAll(s, "-", ""))) }},
	{"card_number", regexp.MustCompile(`\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b`), func(s string) bool { return luhn(digitsOf(s)) }},
	{"nhs_number", regexp.MustCompile(`\b[1-9]\d{2}[ -]?\d{3}[ -]?\d{4}\b`), isNHSNumber},
	{"telephone", regexp.MustCompile(`(?:\+44[ -]?(?:\(0\)[ -]?)?|\(?\b0)[1-9](?:\)?[ -]?\(?\d){8,9}\b`), nil},
	{"long_number", regexp.MustCompile(`\b\d(?:[ -]?\d){8,}\b`), nil},
	{"birth_date", regexp.MustCompile(`(?i)\b(?:dob|d\.o\.b\.?|date of birth|born)(?: on| is|:)? ?(?:the )?\d{1,2}(?:st|nd|rd|th)?[ /.-](?:\d{1,2}|[a-z]{3,9})[ /.-],?(?:19|20)?\d{2}\b`), nil},
	{"address", regexp.MustCompile(`(?i)\b\d{1,4}[a-z]?,? (?:[a-z’'-]+ ){1,3}(?:road|street|lane|avenue|close|drive|way|gardens|crescent|terrace|grove|court|place|hill|walk|rise|mews)\b`), isStreet},
	{"postcode", regexp.MustCompile(`(?i)\b[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b`), nil},
}

// isStreet tells a street from "3 vacancies at the place".
func isStreet(s string) bool {
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(s)), func(w string) bool {
		return slices.Contains([]string{"a", "an", "the", "of", "at", "in", "to", "and", "or", "this", "that", "by", "for", "on", "per"}, w)
	})
}

// Personal finds in somebody's words what may identify a person, in the order of the text and without
// overlaps.
func Personal(text string) []papers.Mark {
	var list []papers.Mark
	for _, sign := range inWords {
		for _, at := range sign.pattern.FindAllStringIndex(text, maxMatches) {
			if sign.is != nil && !sign.is(text[at[0]:at[1]]) || overlaps(list, at[0], at[1]) {
				continue
			}
			list = append(list, papers.Mark{From: at[0], To: at[1], Kind: sign.kind})
		}
	}
	slices.SortFunc(list, func(a, b papers.Mark) int { return a.From - b.From })
	return list
}

func overlaps(list []papers.Mark, from, to int) bool {
	return slices.ContainsFunc(list, func(m papers.Mark) bool { return from < m.To && m.From < to })
}
