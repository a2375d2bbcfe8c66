package preflight

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// names looks at what the original says about itself, which often tells that it is the wrong file: a title
// of another paper, an author who left, a name that says "confidential". None of it is in the public file.
func names(o *objects, about About) []papers.Finding {
	var list []papers.Finding
	said := func(level papers.Level, code, sentence string) {
		list = append(list, papers.Finding{Code: code, Level: level, Message: sentence})
	}
	info := o.dict(o.trailer, "/Info")
	title, author := o.text(info, "/Title"), o.text(info, "/Author")
	switch {
	case title == "":
		said(papers.LevelAdvice, "no_title", "The original has no title, which a screen reader says first. The public file has the title of the paper.")
	case isStandIn(title):
		said(papers.LevelAdvice, "poor_title", fmt.Sprintf("The original calls itself “%s”. The public file has the title of the paper.", short(title)))
	case !shareWord(title, about.Title+" "+about.FileName):
		said(papers.LevelWarn, "other_title", fmt.Sprintf("The original calls itself “%s”. Make sure that this is the right file. The public file has the title of the paper.", short(title)))
	}
	if looksLikeLogin(author) {
		said(papers.LevelWarn, "author_login", fmt.Sprintf("The original names as its author what looks like a sign-in name: “%s”. It is not in the public file; the original must not be passed on.", short(author)))
	}
	made, changed := pdfDate(o.text(info, "/CreationDate")), pdfDate(o.text(info, "/ModDate"))
	if author != "" && !made.IsZero() && changed.Sub(made) > 365*24*time.Hour {
		said(papers.LevelWarn, "stale_author", fmt.Sprintf("The original was first made in %s, and its author may have nothing to do with it any more. Make sure that this is the right file.", made.Format("January 2006")))
	}
	if word := leaking.FindString(about.FileName); word != "" {
		said(papers.LevelWarn, "file_name", fmt.Sprintf("The file was called “%s”, which says “%s”. Make sure that this is the copy for the public.", short(about.FileName), strings.ToLower(word)))
	}
	if s := strings.ToUpper(about.FileName); nino.MatchString(s) && isNINO(nino.FindString(s)) || isNHSNumber(tenDigits.FindString(about.FileName)) {
		said(papers.LevelWarn, "file_name", "The name of the file holds what looks like a number of a person. Nobody sees it in public; make sure that this is the right file.")
	}
	return list
}

var (
	leaking   = regexp.MustCompile(`(?i)confidential|not for publication|exempt|restricted|unredacted|un-redacted|private|sensitive|part 2|part ii\b`)
	nino      = regexp.MustCompile(`\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b`)
	tenDigits = regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`)
	standIn   = regexp.MustCompile(`(?i)^(microsoft (word|excel|powerpoint)|powerpoint presentation|untitled|document ?\d*$|slide 1|title|presentation ?\d*$|book\d|print|scan|img|skm_)|\.(docx?|xlsx?|pptx?|pdf|rtf|odt|indd|pub)$|\d{6,}`)
	login     = regexp.MustCompile(`^([A-Za-z0-9_-]+\\\S+|[a-z]{1,3}[0-9]{2,}|[a-z]+[0-9]+|[A-Z]{2,}[0-9]{2,}|[a-z]+[._][a-z]+[0-9]*|[a-z]{4,12})$`)
)

func isStandIn(title string) bool { return standIn.MatchString(strings.TrimSpace(title)) }

func looksLikeLogin(author string) bool {
	return login.MatchString(author) && !slices.Contains([]string{"admin", "user", "author", "windows", "owner"}, author)
}

// shareWord tells whether two names have a word of four letters or more in common.
func shareWord(a, b string) bool {
	words := strings.Split(papers.Slug(b), "-")
	for _, w := range strings.Split(papers.Slug(a), "-") {
		if len(w) >= 4 && slices.Contains(words, w) {
			return true
		}
	}
	return false
}

// pdfDate reads the day of a date like "D:20130131120000Z", zero when it is none.
func pdfDate(s string) time.Time {
	s = strings.TrimPrefix(s, "D:")
	if len(s) < 8 {
		return time.Time{}
	}
	t, err := time.Parse("20060102", s[:8])
	if err != nil {
		return time.Time{}
	}
	return t
}
