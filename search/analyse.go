package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// Token is one word of a text as search sees it.
type Token struct {
	Start, End int    // bytes of the text
	Word       string // folded: lower case, without accents, possessive and apostrophes
}

// longestWord bounds a word in bytes; the rest of a longer run of letters is dropped.
const longestWord = 64

// Analyse splits a text into words. Queries, documents and marks all pass through it, so that
// what is found is what is marked. Numbers keep their point and lose their thousands commas, so
// that £1.2m and 41,260 are one word each; A&E is one word; other compounds are several.
func Analyse(text string) []Token { return analyse(text, nil) }

// analyse leaves the word of a token empty when it begins with a plain letter or digit that is not
// among those wanted, because folding takes most of the time; nil wants all.
func analyse(text string, wanted *[256]bool) []Token {
	tokens := make([]Token, 0, len(text)/6+1)
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if !isWordRune(r) {
			i += size
			continue
		}
		end := i + size
		if !standsAlone(r) {
			end = wordEnd(text, i, end)
		}
		if wanted != nil && r < utf8.RuneSelf && !wanted[lower(byte(r))] {
			tokens = append(tokens, Token{Start: i, End: end})
		} else if w := Fold(text[i:end]); w != "" {
			tokens = append(tokens, Token{Start: i, End: end, Word: w})
		}
		i = end
	}
	return tokens
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// standsAlone tells of the letters of scripts that do not part words by space.
func standsAlone(r rune) bool {
	return r > unicode.MaxLatin1 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// wordEnd extends the word that starts at start beyond end.
func wordEnd(text string, start, end int) int {
	last, _ := utf8.DecodeLastRuneInString(text[start:end])
	for end < len(text) {
		r, size := rune(text[end]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[end:])
		}
		switch {
		case isWordRune(r):
			if standsAlone(r) {
				return end
			}
		case r == '\u00ad': // soft hyphen
		case joins(text, start, end, last, r, size):
		default:
			return end
		}
		last = r
		end += size
	}
	return end
}

// joins tells whether the mark r between two word runes belongs to the word.
func joins(text string, start, end int, last, r rune, size int) bool {
	next, _ := utf8.DecodeRuneInString(text[end+size:])
	switch r {
	case '\'', '’', 'ʼ':
		return unicode.IsLetter(last) && unicode.IsLetter(next)
	case '.':
		return unicode.IsDigit(last) && unicode.IsDigit(next)
	case ',':
		return unicode.IsDigit(last) && digits(text[end+size:]) == 3
	case '&':
		return end-start <= 2 && unicode.IsLetter(next) && letters(text[end+size:]) <= 2
	}
	return false
}

func digits(s string) (n int) {
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

func letters(s string) (n int) {
	for _, r := range s {
		if !isWordRune(r) || n > 2 {
			break
		}
		n++
	}
	return n
}

// Fold gives the form of a single word under which it is found, before stemming: Tŷ is ty.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = 'a' <= s[i] && s[i] <= 'z' || '0' <= s[i] && s[i] <= '9'
	}
	if !plain {
		s = foldAll(strings.ToLower(s))
	}
	if len(s) > longestWord {
		s = strings.ToValidUTF8(s[:longestWord], "")
	}
	return s
}

var plainLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ı", "i")

func foldAll(s string) string {
	for _, end := range []string{"'s", "’s", "ʼs"} {
		s = strings.TrimSuffix(s, end)
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf || r == '\'' || r == ',' }) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\u00ad', r == '\'', r == '’', r == 'ʼ', r == ',', unicode.IsSpace(r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return plainLetters.Replace(s)
}

// stemAll gives the stems of folded words.
func stemAll(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = Stem(w)
	}
	return out
}

// Stem gives the English stem of a folded word: hubs and hub are both hub. Words that hold
// anything but the letters a to z are their own stem.
func Stem(word string) string {
	if len(word) < 3 {
		return word
	}
	for i := 0; i < len(word); i++ {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// Prepare makes the text of a page fit for search: words that a line end breaks ("commu-", "nity")
// are joined, and what is not valid UTF-8 is dropped.
func Prepare(text string) string {
	text = strings.ToValidUTF8(text, "")
	var b strings.Builder
	for {
		cut, next := brokenWord(text)
		if cut < 0 {
			break
		}
		b.WriteString(text[:cut])
		text = text[next:]
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(text)
	return b.String()
}

// brokenWord finds the first hyphen that a line end made: it goes, with all up to next. A hyphen
// before anything but a lower-case letter stays.
func brokenWord(text string) (cut, next int) {
	for from := 0; ; {
		nl := strings.IndexByte(text[from:], '\n')
		if nl < 0 {
			return -1, 0
		}
		nl += from
		from = nl + 1
		line := strings.TrimRight(text[:nl], " \t\r")
		rest := strings.TrimLeft(text[nl+1:], " \t")
		hyphen, size := utf8.DecodeLastRuneInString(line)
		if hyphen != '-' && hyphen != '‐' && hyphen != '\u00ad' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(line[:len(line)-size])
		after, _ := utf8.DecodeRuneInString(rest)
		if unicode.IsLetter(before) && unicode.IsLower(after) {
			return len(line) - size, len(text) - len(rest)
		}
	}
}

// commonWords say too little to be asked for beside other words, except in phrases.
var commonWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a an and are as at be been but by can do does for from had has have how i if in into is it its
		me my of on or our so than that the their them then there these they this to was we were what when where which who why will with would you your`) {
		m[w] = true
	}
	return m
}()
