package papers

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// RenditionKind is what a rendition is for. A rendition says the same as its paper for other readers; it is
// published with its paper or after it, and goes with it.
type RenditionKind string

// The kinds of rendition, and of what is listed beside a paper.
const (
	EasyRead    RenditionKind = "easy_read"
	BSL         RenditionKind = "bsl" // British Sign Language, a video that lies elsewhere
	LargePrint  RenditionKind = "large_print"
	Translation RenditionKind = "translation"
	Background  RenditionKind = "background" // a background paper (rules.md N-8): no rendition, but kept the same way
)

// Renditions in the order in which pages say what is provided and what is not.
var Renditions = []RenditionKind{EasyRead, BSL, LargePrint, Translation}

// Words names the kind for people.
func (k RenditionKind) Words() string {
	switch k {
	case EasyRead:
		return "Easy Read"
	case BSL:
		return "British Sign Language"
	case LargePrint:
		return "Large print"
	case Translation:
		return "Translation"
	case Background:
		return "Background paper"
	}
	return string(k)
}

// Languages that forms offer for a translation, by tag (BCP 47).
var Languages = []struct{ Tag, Name string }{
	{"cy", "Welsh"}, {"ar", "Arabic"}, {"bn", "Bengali"}, {"zh", "Chinese"}, {"gu", "Gujarati"}, {"lt", "Lithuanian"}, {"pl", "Polish"},
	{"pt", "Portuguese"}, {"pa", "Punjabi"}, {"ro", "Romanian"}, {"so", "Somali"}, {"es", "Spanish"}, {"tr", "Turkish"}, {"uk", "Ukrainian"}, {"ur", "Urdu"},
}

// LanguageName names a language tag for people, or gives the tag itself.
func LanguageName(tag string) string {
	for _, l := range Languages {
		if l.Tag == tag {
			return l.Name
		}
	}
	return tag
}

// IsRendition tells whether the paper belongs to another one.
func (p Paper) IsRendition() bool { return p.RenditionOf != "" }

// RenditionTitle is the title of a rendition until somebody gives a better one.
func RenditionTitle(parent string, kind RenditionKind, language string) string {
	words := kind.Words()
	if kind == Translation {
		words = "in " + LanguageName(language)
	}
	return parent + ": " + words
}

// TitleBeside is the title of a rendition whose paper gets another one, or "" where it keeps its own: that of a
// background paper says nothing of its paper.
func (p Paper) TitleBeside(parent string) string {
	if parent == "" || p.Rendition == Background {
		return ""
	}
	return RenditionTitle(parent, p.Rendition, p.Language)
}

// PaperLink is what stands beside a paper without a file of ours: a video, or a background paper by its title.
type PaperLink struct {
	ID        string        `json:"id"`
	Paper     string        `json:"paper"`
	Kind      RenditionKind `json:"kind"`
	Language  string        `json:"language,omitempty"`
	Title     string        `json:"title"`
	URL       string        `json:"url,omitempty"`
	Exempt    bool          `json:"exempt"` // a background paper that is never listed (N-8)
	CreatedAt time.Time     `json:"created_at"`
}

// Tidy checks a link as entered; withFile tells that a file takes the place of the address.
func (l *PaperLink) Tidy(withFile bool) error {
	var err error
	if l.Kind == Background {
		if l.Title, err = Line("title of the background paper", l.Title, 300, true); err != nil {
			return err
		}
	} else if !slices.Contains(Renditions, l.Kind) {
		return Errorf(CodeInvalid, "Choose what kind of format it is.")
	} else if l.URL == "" && !withFile {
		return Errorf(CodeInvalid, "Choose a file, or give the address of the video.")
	}
	if l.Kind == Translation && LanguageName(l.Language) == l.Language {
		return Errorf(CodeInvalid, "Choose the language of the translation.")
	}
	if l.Kind != Translation {
		l.Language = ""
	}
	l.Exempt = l.Exempt && l.Kind == Background
	if l.URL != "" {
		l.URL, err = checkedURL(l.URL)
	}
	return err
}

// checkedURL takes addresses of the web that are safe to put into a page.
func checkedURL(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 2000 {
		return "", Errorf(CodeInvalid, "Give the whole address, beginning with https://.")
	}
	return u.String(), nil
}

// FormatRules are the numbers of a board behind formats and background papers.
type FormatRules struct {
	Board           string `json:"board"`            // "" for every board that has none of its own
	AnswerDays      int    `json:"answer_days"`      // working days until a request for a format is due
	KeepDays        int    `json:"keep_days"`        // how long after its end the asker's details are kept
	BackgroundYears int    `json:"background_years"` // how long background papers are open to inspection (N-8, s100D: 4)
}

// Tidy checks rules as entered.
func (r FormatRules) Tidy() error {
	if r.AnswerDays < 1 || r.AnswerDays > 60 || r.KeepDays < 0 || r.KeepDays > 365 || r.BackgroundYears < 1 || r.BackgroundYears > 20 {
		return Errorf(CodeInvalid, "Days to answer are 1 to 60, days to keep details 0 to 365, years of background papers 1 to 20.")
	}
	return nil
}
