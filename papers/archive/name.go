package archive

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"clearday/papers"
)

// Kind is what a file is at its meeting.
type Kind string

// The kinds that are told apart.
const (
	Agenda  Kind = "agenda"
	Minutes Kind = "minutes"
	Pack    Kind = "pack"
	Paper   Kind = "paper"
)

// ItemTitle is the entry of an agenda under which files of the kind stand.
func (k Kind) ItemTitle() string {
	switch k {
	case Agenda:
		return "Agenda"
	case Minutes:
		return "Minutes"
	case Pack:
		return "Agenda pack"
	}
	return "Papers"
}

// split gives the folders of a path and the name of its file.
func split(p string) (folders []string, name string) {
	parts := strings.Split(path.Clean(strings.ReplaceAll(p, `\`, "/")), "/")
	return parts[:len(parts)-1], parts[len(parts)-1]
}

var (
	endings   = regexp.MustCompile(`(?i)\.(pdf|pdp|docx?|odt|pptx?|odp|xlsx?|ods)$`)
	copies    = regexp.MustCompile(`_\d{1,2}$`)
	dateTail  = regexp.MustCompile(`(^|\D)\d{1,2}_\d{1,2}_\d{1,2}$`)
	separates = strings.NewReplacer("_", " ", "%20", " ", "+", " ")
)

// bare is the name of a file without ending, and without the number that a content system adds to a second
// copy ("Minutes_0_10.odt").
func bare(name string) string {
	for endings.MatchString(name) || copies.MatchString(name) && !dateTail.MatchString(name) {
		shorter := copies.ReplaceAllString(endings.ReplaceAllString(name, ""), "")
		if shorter == "" {
			break
		}
		name = shorter
	}
	return strings.TrimSpace(separates.Replace(name))
}

// kindOf tells what a file is: by its name, else by its first lines.
func kindOf(s Source, lines []string) Kind {
	if s.Given.Kind != "" {
		return s.Given.Kind
	}
	_, name := split(s.Path)
	if k := kindIn(bare(name)); k != "" {
		return k
	}
	for _, line := range lines[:min(len(lines), 8)] {
		if k := kindIn(line); k != "" && len(line) < 50 && !strings.Contains(strings.ToLower(line), "minutes of the last") {
			return k
		}
	}
	return Paper
}

func kindIn(s string) Kind {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < 'a' || r > 'z' })
	has := func(any ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
	}
	switch {
	case has("pack", "package", "bundle"):
		return Pack
	case has("log", "report", "appendix", "annex", "letter", "item", "response", "application", "applications", "template", "guidance", "strategy"):
		return ""
	case has("minutes", "minuites", "minute", "notes") && !has("agenda"):
		return Minutes
	case has("agenda"):
		return Agenda
	}
	return ""
}

// titles are what introduces the title of a report on its cover (an NHS cover table, the head of a council's report).
var titles = []string{"title of report", "report title", "title of paper", "paper title", "agenda item title", "subject", "title"}

// untold are titles and names that say nothing.
var untold = regexp.MustCompile(`(?i)^(document\d*|untitled.*|agenda template|template|microsoft word.*|microsoft powerpoint.*|powerpoint presentation|slide \d+|scan[\s\d]*|the report|[\d\s.\-_]*|[a-z]{2,4}\d+)$`)

// titleOf finds a title: as somebody wrote it beside the file, as the cover says it, or the name of the file; what the
// file states about itself only where its name says nothing and the first page has the same words.
func titleOf(s Source, lines []string, k Kind) (title, why string) {
	if clip(s.Given.Title) != "" {
		return named(s.Given.Title), "written beside the file"
	}
	if k == Paper {
		if t := onCover(lines); t != "" {
			return named(t), "on the cover of the report"
		}
	}
	_, name := split(s.Path)
	t := papers.TitleFrom(bare(name) + ".pdf")
	if !untold.MatchString(bare(name)) {
		return named(t), "the name of the file"
	}
	if stated := strings.TrimSpace(s.Title); !untold.MatchString(stated) && sharesWords(stated, lines) {
		return named(stated), "the title that the file states, which its first page has too"
	}
	for _, line := range lines[:min(len(lines), 10)] {
		if len(line) >= 8 && len(line) <= 120 && len(strings.Fields(line)) > 1 && len(dates(line)) == 0 {
			return named(line), "the first words of the first page"
		}
	}
	return named(t), "the name of the file"
}

func onCover(lines []string) string {
	for n, line := range lines[:min(len(lines), 30)] {
		label, value, colon := strings.Cut(line, ":")
		label = strings.ToLower(strings.TrimSpace(label))
		if !slices.Contains(titles, label) || !colon && label == "title" {
			continue
		}
		if value = strings.TrimSpace(value); value == "" && n+1 < len(lines) && !strings.HasSuffix(lines[n+1], ":") {
			value = lines[n+1]
		}
		if len(value) >= 6 && len(value) <= 200 && !untold.MatchString(value) && len(dates(value)) == 0 {
			return value
		}
	}
	return ""
}

// sharesWords tells whether the first lines have most of the longer words of a title.
func sharesWords(title string, lines []string) bool {
	text := strings.ToLower(strings.Join(lines[:min(len(lines), 25)], " "))
	long, there := 0, 0
	for w := range strings.FieldsSeq(strings.ToLower(title)) {
		if len(w) < 4 {
			continue
		}
		long++
		if strings.Contains(text, w) {
			there++
		}
	}
	return long > 0 && 2*there > long
}

func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > 300 {
		return string(r[:300])
	}
	return s
}

// named is a title, or what a paper without one is called.
func named(s string) string { return cmp.Or(clip(s), "Untitled paper") }

var clocks = regexp.MustCompile(`\b([01]?\d|2[0-3])[:.]([0-5]\d)\b`)

// clockOf finds a time of day behind the date of a subject: "County Council, 13/02/2025 09:30".
func clockOf(s string) string {
	for _, f := range dates(s) {
		if m := clocks.FindStringSubmatch(s[f.to-1:]); m != nil && f.Whole() {
			return ("0" + m[1])[len(m[1])-1:] + ":" + m[2]
		}
	}
	return ""
}
