package preflight

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxContent bounds what is held of one stream of drawing commands; a crowded map has 20 MB.
const maxContent = 64 << 20

// removeText copies a file that Tools.Plain wrote, without its text: every command that shows text becomes one
// that does nothing, of the same length, so that all places in the file stay right. Text that is invisible by
// itself (render mode 3, as under scans) stays.
func removeText(from io.Reader, to io.Writer) (s stripped, err error) {
	in, out := bufio.NewReaderSize(from, 256<<10), bufio.NewWriterSize(to, 256<<10)
	s.quiet = map[string]quiet{}
	var object, before []byte // the lines before: of a stream its name and its dictionary
	for {
		line, err := in.ReadBytes('\n')
		if _, werr := out.Write(line); werr != nil {
			return s, fmt.Errorf("writing a page without text: %w", werr)
		}
		if errors.Is(err, io.EOF) {
			if err := out.Flush(); err != nil {
				return s, fmt.Errorf("writing a page without text: %w", err)
			}
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if !bytes.Equal(line, []byte("stream\n")) {
			object, before = before, line
			continue
		}
		if err := s.copyStream(in, out, object, before); err != nil {
			return s, err
		}
	}
}

// stripped is what was seen on the way.
type stripped struct {
	invisible bool             // there is text that is invisible by itself
	quiet     map[string]quiet // by reference, the streams that hide nothing
}

// copyStream copies what a stream holds, without its text when it may be drawing commands.
func (s *stripped) copyStream(in io.Reader, out io.Writer, object, head []byte) error {
	length := lengthOf(head)
	if length < 0 {
		return errors.New("a stream without a length")
	}
	if length > maxContent || isData(head) {
		if _, err := io.CopyN(out, in, length); err != nil {
			return fmt.Errorf("copying a stream: %w", err)
		}
		return nil
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(in, content); err != nil {
		return fmt.Errorf("reading a stream: %w", err)
	}
	if ref, ok := bytes.CutSuffix(object, []byte(" obj\n")); ok {
		if q, ok := quietOf(content); ok {
			s.quiet[string(ref)+" R"] = q
		}
	}
	if blankText(content) {
		s.invisible = true
	}
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("writing a page without text: %w", err)
	}
	return nil
}

// isData tells by the dictionary of a stream that it is no drawing: a picture, a font, a table.
func isData(head []byte) bool {
	for _, mark := range []string{"/Subtype /Image", "/Length1 ", "/Subtype /Type1C", "/Subtype /CIDFontType0C", "/Subtype /OpenType",
		"/FunctionType", "/Type /Metadata", "/Subtype /XML", "/Type /EmbeddedFile", "/Type /CMap", "/N ", "/ShadingType", "/Filter"} {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return false
}

func lengthOf(head []byte) int64 {
	i := bytes.LastIndex(head, []byte("/Length "))
	if i < 0 {
		return -1
	}
	digits := head[i+len("/Length "):]
	if end := bytes.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// blankText overwrites the commands that show text in drawing commands. It reads each byte once.
func blankText(b []byte) (invisible bool) {
	t := commands{b: b}
	var mode, number byte
	var saved []byte
	for {
		start, end := t.next()
		if start < 0 {
			return invisible
		}
		switch word := string(b[start:end]); word {
		case "Tj", "TJ", "'", "\"":
			if mode == 3 || mode == 7 {
				invisible = true
				continue
			}
			b[start] = 'n'
			for i := start + 1; i < end; i++ {
				b[i] = ' '
			}
		case "Tr":
			mode = number
		case "q":
			if len(saved) < 1000 {
				saved = append(saved, mode)
			}
		case "Q":
			if n := len(saved); n > 0 {
				mode, saved = saved[n-1], saved[:n-1]
			}
		case "BI":
			t.skipPicture()
		default:
			number = 255
			if len(word) == 1 && word[0] >= '0' && word[0] <= '7' {
				number = word[0] - '0'
			}
		}
	}
}

// commands walks over the words of drawing commands: operators and numbers, not names and strings.
type commands struct {
	b []byte
	i int
}

func (t *commands) next() (start, end int) {
	for t.i < len(t.b) {
		switch c := t.b[t.i]; {
		case c == '%':
			t.until("\r\n")
		case c == '(':
			t.skipString()
		case c == '<' && t.i+1 < len(t.b) && t.b[t.i+1] != '<':
			t.until(">")
		case c == '/':
			t.i++
			t.word()
		case isSpace(c) || isDelimiter(c):
			t.i++
		default:
			start := t.i
			t.word()
			return start, t.i
		}
	}
	return -1, -1
}

func (t *commands) word() {
	for t.i < len(t.b) && !isSpace(t.b[t.i]) && !isDelimiter(t.b[t.i]) {
		t.i++
	}
}

// until moves behind the next of the characters.
func (t *commands) until(any string) {
	n := bytes.IndexAny(t.b[t.i:], any)
	if n < 0 {
		t.i = len(t.b)
		return
	}
	t.i += n + 1
}

func (t *commands) skipString() {
	depth := 0
	for ; t.i < len(t.b); t.i++ {
		switch t.b[t.i] {
		case '\\':
			t.i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				t.i++
				return
			}
		}
	}
}

// skipPicture moves behind a picture that stands among the commands: its data begins after "ID" and ends
// before an "EI" that stands alone.
func (t *commands) skipPicture() {
	for {
		start, end := t.next()
		if start < 0 {
			return
		}
		if string(t.b[start:end]) == "ID" {
			break
		}
	}
	for t.i < len(t.b) {
		n := bytes.Index(t.b[t.i:], []byte("EI"))
		if n < 0 {
			t.i = len(t.b)
			return
		}
		at := t.i + n
		t.i = at + 2
		if at > 0 && isSpace(t.b[at-1]) && (t.i >= len(t.b) || isSpace(t.b[t.i])) {
			return
		}
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}
