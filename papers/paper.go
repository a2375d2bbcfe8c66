package papers

import (
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
)

// VersionState is where a version of a paper stands.
type VersionState string

// The states of a version (design.md 5.3).
const (
	VersionChecking   VersionState = "checking"
	VersionBlocked    VersionState = "blocked"
	VersionReady      VersionState = "ready"
	VersionScheduled  VersionState = "scheduled"
	VersionPublished  VersionState = "published"
	VersionSuperseded VersionState = "superseded"
	VersionWithdrawn  VersionState = "withdrawn"
)

// Paper is a document under an agenda item. Its bytes are its versions.
type Paper struct {
	ID        string    `json:"id"`
	Item      string    `json:"item"`
	Meeting   string    `json:"meeting"`
	Board     string    `json:"board"`
	Title     string    `json:"title"`
	Private   bool      `json:"private"`
	Position  int       `json:"position"`
	CreatedAt time.Time `json:"created_at"`

	// Why a private paper is private, where that is not said by its item.
	Exemption string  `json:"exemption,omitempty"`
	Grounds   Grounds `json:"grounds,omitzero"`

	// A paper that was private until it was released keeps its exemption, as the former one.
	ReleasedAt  *time.Time `json:"released_at,omitempty"`
	ReleasedWhy string     `json:"released_why,omitempty"`

	RenditionOf string        `json:"rendition_of,omitempty"` // the paper that it belongs to
	Rendition   RenditionKind `json:"rendition,omitempty"`
	Language    string        `json:"language,omitempty"` // of a translation, as a tag

	// Versions that the audience may see, newest first. Filled by Store.Paper and Store.Papers.
	Versions []Version `json:"versions" bun:"-"`
}

// Current is the version to show: the newest published one, else the newest that the audience
// may see. ok is false when there is none.
func (p Paper) Current() (v Version, ok bool) {
	for _, v := range p.Versions {
		if v.State == VersionPublished {
			return v, true
		}
	}
	if len(p.Versions) == 0 {
		return Version{}, false
	}
	return p.Versions[0], true
}

// Newest is the version uploaded last that the audience may see.
func (p Paper) Newest() (v Version, ok bool) {
	if len(p.Versions) == 0 {
		return Version{}, false
	}
	return p.Versions[0], true
}

// Version is one state of a paper's bytes. A revision never replaces, it supersedes. What was uploaded
// is the original, which stays private; what the public gets is the file that was made from it.
type Version struct {
	Paper        string       `json:"paper"`
	N            int          `json:"n"` // from 1
	State        VersionState `json:"state"`
	Original     string       `json:"original"`      // SHA-256 of the uploaded bytes, hex
	OriginalSize int64        `json:"original_size"` // bytes
	OriginalKind string       `json:"original_kind"` // "pdf", "docx", ...
	FileName     string       `json:"file_name"`     // of the original, as uploaded; never public

	File      string    `json:"file"` // SHA-256 of the public PDF, hex; empty until it is made
	Size      int64     `json:"size"` // bytes
	Pages     int       `json:"pages"`
	PagesRead int       `json:"pages_read"` // progress of reading
	Scans     []int     `json:"scans"`      // the pages, from 1, that are pictures of pages
	ScansRead int       `json:"scans_read"` // how many of them had their words recognised
	HTML      string    `json:"html"`       // SHA-256 of the version as a web page, made from the original document; "" where none is offered
	Width     float64   `json:"width"`      // of the first page, in points
	Height    float64   `json:"height"`
	Reason    string    `json:"reason"` // why it was made, from the second version on
	Findings  []Finding `json:"findings"`
	Checked   string    `json:"checked,omitempty"` // SHA-256 of the bytes that the findings are of
	CreatedAt time.Time `json:"created_at"`

	Private bool   `json:"private,omitempty"` // stays private although the paper was released: only a later version was
	Upload  string `json:"-" bun:"-"`         // the upload it comes from, while it is added

	ScheduledAt  *time.Time `json:"scheduled_at,omitempty"`
	PublishedAt  *time.Time `json:"published_at,omitempty"`
	Act          int64      `json:"act,omitempty"` // number of the act that published it
	WithdrawnAt  *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy  string     `json:"withdrawn_by,omitempty"` // the role, never the person
	WithdrawnWhy string     `json:"withdrawn_why,omitempty"`
	ErasedAt     *time.Time `json:"erased_at,omitempty"` // its bytes are gone too
}

// Public tells whether anybody may read the bytes.
func (v Version) Public() bool {
	return v.State == VersionPublished || v.State == VersionSuperseded
}

// Recognised tells whether the text of the page was recognised on a picture of it: read by a program, not written by the author.
func (v Version) Recognised(page int) bool {
	i, found := slices.BinarySearch(v.Scans, page)
	return found && i < v.ScansRead
}

// Ref names the version.
func (v Version) Ref() VersionRef { return VersionRef{Paper: v.Paper, N: v.N} }

// VersionRef names one version of one paper.
type VersionRef struct {
	Paper string `json:"paper"`
	N     int    `json:"version"`
}

// Level is how much a finding matters.
type Level string

// The levels of findings.
const (
	LevelBlock   Level = "block"   // keeps the version from publication until a second person lets it go
	LevelWarn    Level = "warn"    // to be looked at by a person
	LevelCleaned Level = "cleaned" // was in the original and is not in the public file
	LevelBehind  Level = "behind"  // is in the original only: nobody should pass that on unawares
	LevelAdvice  Level = "advice"  // keeps some people from reading it
)

// Finding is something that reading an upload found. Blocking findings keep it from publication.
type Finding struct {
	Code    string  `json:"code"`
	Level   Level   `json:"level,omitempty"`
	Page    int     `json:"page,omitempty"`
	Boxes   []Box   `json:"boxes,omitempty"` // where on the page
	Width   float64 `json:"width,omitempty"` // of that page, in points
	Height  float64 `json:"height,omitempty"`
	Message string  `json:"message"`
	Blocks  bool    `json:"blocks"`
}

// Box is a place on a page, in points from the top left corner of the page as shown.
type Box struct {
	XMin float64 `json:"x_min"`
	YMin float64 `json:"y_min"`
	XMax float64 `json:"x_max"`
	YMax float64 `json:"y_max"`
}

// PaperFilter narrows a list of papers. Zero fields do not narrow.
type PaperFilter struct {
	Meeting string
	Item    string
	Board   string
	Latest  int // at most this many, latest publication first
	Skip    int // of Latest: so many before them

	RenditionOf string        // only what belongs to this paper
	Rendition   RenditionKind // only of this kind
	Renditions  bool          // with what belongs to other papers, which lists leave out else
}

// Found is a version with all that a search result says about it, read from the record.
type Found struct {
	Paper   Paper
	Version Version
	Item    Item
	Meeting Meeting
}

// TitleFrom makes a paper's title of the name of the uploaded file, until a person gives a better
// one: the ending, a leading item number and marks like "v3 FINAL" go. A leading date or year stays.
func TitleFrom(fileName string) string {
	_, words := frontNumber(bareName(fileName))
	for len(words) > 1 && isDraftMark(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	title := strings.Join(words, " ")
	if title == "" {
		return "Untitled paper"
	}
	if r := []rune(title); len(r) > 300 {
		title = string(r[:300])
	}
	return title
}

// ItemNumberFrom reads the item number at the front of a file name ("Item 06 - Finance.pdf" gives
// "6", "4.a Plan.pdf" gives "4.a"), or "". Dates, years and references such as 24-00108 are none.
func ItemNumberFrom(fileName string) string {
	number, _ := frontNumber(bareName(fileName))
	return number
}

// bareName is the name of a file without folders and ending.
func bareName(fileName string) string {
	name := fileName[strings.LastIndexAny(fileName, `/\`)+1:]
	return strings.TrimSuffix(name, path.Ext(name))
}

// frontNumber takes an item number from the front of a name, and gives the words after it: all of
// them when there is no number, and the number itself when nothing follows it.
func frontNumber(name string) (number string, words []string) {
	words = strings.FieldsFunc(name, func(r rune) bool { return r == '_' || unicode.IsSpace(r) || unicode.IsControl(r) })
	rest, named := words, false
	for len(rest) > 0 {
		first, after, joined := strings.Cut(rest[0], "-")
		switch {
		case number == "" && strings.EqualFold(first, "item"):
			named = true
		case number == "" && strings.EqualFold(first, "agenda"), first == "" && after == "": // a dash alone
		case number == "" && isNumbering(first) && (named || !startsOther(after, joined, rest[1:])):
			number = strings.ToLower(strings.TrimLeft(strings.TrimRight(first, ".):"), "0"))
		case number == "":
			return "", words
		default:
			return number, rest
		}
		if rest = rest[1:]; joined && after != "" {
			rest = append([]string{after}, rest...)
		}
	}
	return number, words
}

// startsOther tells by what follows a number that it is no item's: a date, a span of time, or the
// second half of a reference.
func startsOther(after string, joined bool, rest []string) bool {
	next := after
	if !joined && len(rest) > 0 {
		next = rest[0]
	}
	if joined && next != "" && unicode.IsDigit(rune(next[0])) {
		return true
	}
	next, _, _ = strings.Cut(strings.ToLower(next), "-")
	return slices.Contains(timeWords, strings.Trim(next, ",."))
}

var timeWords = strings.Fields("january february march april may june july august september october november december " +
	"jan feb mar apr jun jul aug sep sept oct nov dec day days week weeks month months year years")

// isNumbering tells whether a word looks like the number of an item: 6, 06., 4.a, 7ii, 275/19. Years,
// dates, ordinals and times of day are not.
func isNumbering(w string) bool {
	w = strings.TrimRight(w, ".):")
	digits := len(w) - len(strings.TrimLeft(w, "0123456789"))
	if digits == 0 || digits > 3 || len(w) > 6 || strings.Trim(w[:digits], "0") == "" {
		return false
	}
	switch w[digits:] {
	case "st", "nd", "rd", "th", "am", "pm":
		return false
	}
	letters := 0
	for _, r := range w {
		switch {
		case unicode.IsDigit(r) || r == '.' || r == '/':
		case unicode.IsLower(r):
			letters++
		default:
			return false
		}
	}
	return letters <= 3
}

func isDraftMark(w string) bool {
	w = strings.ToLower(strings.Trim(w, "()[]"))
	if w == "final" || w == "draft" || w == "copy" || w == "-" {
		return true
	}
	return len(w) >= 2 && len(w) <= 4 && w[0] == 'v' && strings.Trim(w[1:], "0123456789.") == ""
}
