// Package papers is the vocabulary of Clearday: the site and its partners, boards, meetings,
// agendas, papers and their versions, and how they become public.
//
// It is the root of the program: it imports nothing of ours, and knows no SQL, no HTTP and no
// files. The record is kept by whatever implements [Store]; who may see what is said by an
// [Audience] that every query takes; every change that the public can see is described by an
// [Act] that is committed together with it. The publish journey reads: Version (an upload is
// read and becomes ready), Publication (what was frozen), Publisher (the moment it is public).
package papers

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Code is the machine-readable kind of an [Error].
type Code string

// The codes of an Error. Each maps to one HTTP status in server.
const (
	CodeInvalid   Code = "invalid"   // the input is wrong; the message says which part and how to mend it
	CodeNotFound  Code = "not_found" // unknown, or not for this audience: the two look the same
	CodeGone      Code = "gone"      // it was public and was withdrawn
	CodeConflict  Code = "conflict"  // it cannot be done in the state things are in
	CodeForbidden Code = "forbidden" // this person may not do it
	CodeTooMany   Code = "too_many"  // too many or too fast
	CodeTooLarge  Code = "too_large" // over a limit
	CodeNoRoom    Code = "no_room"   // the disk is full
	CodeSignIn    Code = "sign_in"   // nobody is signed in, or the token is not known
)

// Error is what may be shown to a person: a code for programs and a sentence that says what to
// do. Any other error is internal and never shown.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error with a sentence for people.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrNotFound is the one answer for what does not exist and for what this audience may not see.
var ErrNotFound = Errorf(CodeNotFound, "There is nothing at this address. Check the link, or search for what you need.")

// CodeOf gives the code of an Error anywhere in the chain, or "" for an internal error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// NewID makes a random identifier of 80 bits in lower-case letters and digits. Identifiers are
// never counted, so that nothing can be guessed from a neighbour.
func NewID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug makes the address form of a name: lower-case ASCII words joined by hyphens, at most 60
// bytes. It is empty when the name holds no letter or digit.
func Slug(name string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
	s := strings.Trim(notSlug.ReplaceAllString(plain, "-"), "-")
	if len(s) > 60 {
		s = strings.Trim(s[:60], "-")
	}
	return s
}

// Line tidies a one-line field: outer space goes, inner space and control characters fold to
// one space, and marks that turn the direction of reading go, because they make words look like others. It is an Error of CodeInvalid when the result is empty and needed, or over max runes.
func Line(field, value string, max int, needed bool) (string, error) {
	value = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, value)
	s := strings.Join(strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if s == "" && needed {
		return "", Errorf(CodeInvalid, "Give the %s.", field)
	}
	if n := len([]rune(s)); n > max {
		return "", Errorf(CodeInvalid, "The %s has %d characters. Shorten it to %d.", field, n, max)
	}
	return s, nil
}

// Text tidies a field of several lines: spaces at the ends of lines and blank lines beyond one go, control characters become
// spaces, and marks that turn the direction of reading go. It is an Error of CodeInvalid when the result is over max runes.
func Text(field, value string, max int) (string, error) {
	value = strings.ReplaceAll(strings.ToValidUTF8(value, ""), "\r\n", "\n")
	value = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case r != '\n' && unicode.IsControl(r):
			return ' '
		}
		return r
	}, value)
	var lines []string
	for line := range strings.SplitSeq(value, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && len(lines) > 0 && lines[len(lines)-1] == "" {
			continue
		}
		lines = append(lines, line)
	}
	s := strings.TrimSpace(strings.Join(lines, "\n"))
	if n := len([]rune(s)); n > max {
		return "", Errorf(CodeInvalid, "The %s has %d characters. Shorten it to %d.", field, n, max)
	}
	return s, nil
}

// Email tidies an e-mail address: alone, without a name beside it. It is an Error of CodeInvalid when letters cannot go there.
func Email(value string) (string, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(value))
	if err != nil || len(a.Address) > 254 || strings.ContainsAny(a.Address, "\r\n") { // 254: RFC 5321, erratum 1690
		return "", Errorf(CodeInvalid, "Write the e-mail address like name@example.org.")
	}
	return a.Address, nil
}
