package papers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FileHint is what is known of a file before its bytes arrive.
type FileHint struct {
	Name     string    `json:"name"`
	Folder   string    `json:"folder"` // "Item 6/Appendices": a folder's name is a hint
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"` // hex, or "" where the browser cannot tell
	Modified time.Time `json:"modified"`
}

// Match is where a file most likely belongs.
type Match struct {
	Item  string `json:"item"`  // id of the best item, or ""
	Score int    `json:"score"` // 0 to 100
	Sure  bool   `json:"sure"`  // else somebody is asked, with Item as the first guess
	Paper string `json:"paper"` // a paper with the same name, which this may be a new version of
	Newer int    `json:"newer"` // index in the list of a later version of the same paper, or -1
}

// How much each sign counts. What reaches sureScore needs no question.
const (
	byItsNumber = 90 // "Item 06 - Finance report.pdf" under item 6
	byItsFolder = 85 // "Item 6/Appendix A.pdf"
	byItsParent = 80 // an appendix 5c or 5.2 under item 5
	byItsWords  = 70 // two long words shared with this title, more than with any other
	byBoth      = 10 // on top: number and words lead to the same item
	atOdds      = 40 // off: the number leads to one item, three words or more to another
	sureScore   = 60
)

// MatchFiles finds the items that a folder of files belongs to, one match for each file.
func MatchFiles(files []FileHint, items []Item, there []Paper) []Match {
	list := make([]Match, len(files))
	for i, f := range files {
		list[i] = MatchFile(f, items, there)
	}
	for i, f := range files {
		for j, other := range files {
			newest := list[i].Newer
			if i != j && list[i].Item == list[j].Item && sameReport(f, other) && newerFile(other, f) &&
				(newest < 0 || newerFile(other, files[newest])) {
				list[i].Newer = j
			}
		}
	}
	return list
}

// MatchFile finds the item of one file: by the number at the front of its name, by the folder it came
// in, by an appendix's parent, or by the words of its name; and the paper that it looks like.
func MatchFile(f FileHint, items []Item, there []Paper) Match {
	m := Match{Newer: -1}
	for _, i := range items {
		if score := scoreNumber(f, i, items); score > m.Score {
			m.Item, m.Score = i.ID, score
		}
	}
	switch best, shared := itemByWords(items, TitleFrom(f.Name)); {
	case best == "":
	case m.Item == "":
		m.Item, m.Score = best, byItsWords
	case m.Item == best:
		m.Score = min(m.Score+byBoth, 100)
	case shared > 2:
		m.Score -= atOdds
	}
	m.Sure = m.Score >= sureScore
	for _, p := range there {
		if looksLike(f.Name, p) && (!m.Sure || p.Item == m.Item) {
			m.Paper = p.ID
			if m.Item == "" {
				m.Item = p.Item
			}
			break
		}
	}
	return m
}

// scoreNumber gives points to the item with the number that the file carries. The number of a folder
// comes before that of the files in it: those are counted 1, 2, 3 within it.
func scoreNumber(f FileHint, i Item, items []Item) int {
	for _, folder := range slices.Backward(strings.Split(f.Folder, "/")) {
		if number := ItemNumberFrom(folder + "."); hasNumber(items, number) {
			if sameNumber(i.Number, number) {
				return byItsFolder
			}
			return 0
		}
	}
	number := ItemNumberFrom(f.Name)
	if sameNumber(i.Number, number) {
		return byItsNumber
	}
	for p := parentNumber(number); p != "" && !hasNumber(items, number); number, p = p, parentNumber(p) {
		if sameNumber(i.Number, p) {
			return byItsParent
		}
	}
	return 0
}

func hasNumber(items []Item, number string) bool {
	return slices.ContainsFunc(items, func(i Item) bool { return sameNumber(i.Number, number) })
}

func sameNumber(itemNumber, number string) bool {
	return number != "" && strings.EqualFold(strings.TrimLeft(strings.TrimRight(itemNumber, ". "), "0"), number)
}

// parentNumber is the item that an appendix belongs to: 5c and 5.2 belong to 5.
func parentNumber(number string) string {
	if cut := strings.TrimRight(number, "abcdefghijklmnopqrstuvwxyz"); cut != number {
		return strings.TrimRight(cut, ".")
	}
	i := strings.LastIndexAny(number, "./")
	return number[:max(i, 0)]
}

// itemByWords gives the one item whose title shares the most words with a title, and how many: at
// least two of four letters or more, and more than any other.
func itemByWords(items []Item, title string) (id string, shared int) {
	words := longWords(title)
	most, as := 1, 0
	for _, i := range items {
		n := 0
		for w := range longWords(i.Title) {
			if words[w] {
				n++
			}
		}
		switch {
		case n > most:
			id, most, as = i.ID, n, 1
		case n == most:
			as++
		}
	}
	if as != 1 {
		return "", 0
	}
	return id, most
}

func longWords(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Split(Slug(s), "-") {
		if len(w) >= 4 {
			set[w] = true
		}
	}
	return set
}

// looksLike tells whether a file has the name of a paper, or of a file that it was made of.
func looksLike(name string, p Paper) bool {
	key := reportKey(name)
	if key == "" {
		return false
	}
	if key == Slug(p.Title) {
		return true
	}
	return slices.ContainsFunc(p.Versions, func(v Version) bool {
		return v.State != VersionWithdrawn && v.FileName != "" && reportKey(v.FileName) == key
	})
}

// sameReport tells whether two files are versions of the same report by their names.
func sameReport(a, b FileHint) bool {
	k := reportKey(a.Name)
	return k != "" && k == reportKey(b.Name) && a.Folder == b.Folder && ItemNumberFrom(a.Name) == ItemNumberFrom(b.Name) && (a.Name != b.Name)
}

// reportKey is the name of a file without its number, marks of versions and copies.
func reportKey(name string) string {
	words := strings.Fields(strings.ReplaceAll(TitleFrom(withoutCopyMark(name)), "-", " "))
	for len(words) > 1 && isDraftMark(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return Slug(strings.Join(words, " "))
}

// withoutCopyMark takes away what file systems add to a second copy: " (2)", " - Copy".
func withoutCopyMark(name string) string {
	bare := bareName(name)
	ending := name[strings.LastIndexAny(name, `/\`)+1+len(bare):]
	bare = strings.TrimSuffix(strings.TrimSpace(bare), " - Copy")
	if i := strings.LastIndex(bare, "("); i > 0 && strings.HasSuffix(bare, ")") && isCount(bare[i+1:len(bare)-1]) {
		bare = bare[:i]
	}
	return strings.TrimSpace(bare) + ending
}

func isCount(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 100
}

// newerFile tells which of two files of the same report is the later one: by the version in the name, by
// FINAL, and only then by the time of the file.
func newerFile(a, b FileHint) bool {
	by := cmp.Or(slices.Compare(versionIn(a.Name), versionIn(b.Name)), cmp.Compare(finality(a.Name), finality(b.Name)), a.Modified.Compare(b.Modified))
	return by > 0
}

// versionIn reads "v3" or "v3.1" in a name, as numbers to compare; nil is no version.
func versionIn(name string) []int {
	for _, w := range slices.Backward(strings.FieldsFunc(bareName(name), func(r rune) bool { return strings.ContainsRune(" _-()[]", r) })) {
		w = strings.ToLower(w)
		if len(w) < 2 || w[0] != 'v' || !isDraftMark(w) {
			continue
		}
		var numbers []int
		for _, part := range strings.Split(w[1:], ".") {
			n, _ := strconv.Atoi(part) // digits only: isDraftMark says so
			numbers = append(numbers, n)
		}
		return numbers
	}
	return nil
}

func finality(name string) int {
	n := 0
	for _, w := range strings.Split(Slug(bareName(name)), "-") {
		switch w {
		case "final", "amended", "revised":
			n++
		case "draft":
			n--
		}
	}
	return n
}

// SkipFile says why a file of a folder is no paper, or "" when it may be one.
func SkipFile(name string) string {
	switch lower := strings.ToLower(name); {
	case strings.HasPrefix(name, "~$"), strings.HasPrefix(name, ".~lock."):
		return "A lock file: the document is open in another program."
	case lower == ".ds_store", lower == "thumbs.db", lower == "desktop.ini", strings.HasPrefix(name, "._"), strings.HasPrefix(name, "."):
		return "A file of the computer, not a paper."
	}
	return ""
}
