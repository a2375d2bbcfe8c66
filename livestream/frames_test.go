package livestream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"clearday/papers"
)

func readFull(r io.Reader, b []byte) (int, error) { return io.ReadFull(r, b) }

func TestFrame(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536, 100000} {
		payload := bytes.Repeat([]byte("x"), n)
		f := newFrame(opText, payload)
		op, got, err := readFrame(bufio.NewReader(bytes.NewReader(f)))
		if op != opText || err != nil || !bytes.Equal(got, payload) || !bytes.Equal(f.payload(), payload) {
			t.Errorf("frame of %d bytes: op %x, %d bytes, %v", n, op, len(got), err)
		}
	}
}

func TestRefusalOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{papers.Errorf(papers.CodeTooLarge, "x"), CodeTooLong},
		{papers.Errorf(papers.CodeTooMany, "x"), CodeTooFast},
		{fmt.Errorf("reading: %w", papers.ErrNotFound), "not_found"},
		{papers.Errorf(papers.CodeGone, "x"), "gone"},
		{papers.Errorf(papers.CodeInvalid, "x"), "invalid"},
		{closed("x"), CodeClosed},
		{&Refusal{CodeDuplicate, papers.Errorf(papers.CodeConflict, "x")}, CodeDuplicate},
		{errors.New("sql: secret"), CodeInternal},
	} {
		code, message := RefusalOf(c.err)
		if code != c.want || strings.Contains(message, "secret") {
			t.Errorf("RefusalOf(%v) = %s, %s; want %s", c.err, code, message, c.want)
		}
	}
}

func FuzzFrame(f *testing.F) {
	for _, s := range []string{`{"t":"ask","key":"k1","name":"n","area":"a","item":"3","text":"Why?"}`, `{"t":"support","key":"k2","question":"Q-2026-0042"}`,
		`{"t":"chat","key":"k3","text":"hi"}`, `{"t":"ask","key":"k","text":"\u0000"}`, `{}`, `[`, `null`, `"ask"`, `{"t":"ask","key":1}`, "\xff\xfe", `{"T":"ask","KEY":"k"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCommand(data)
		if len(c.Key) > MaxKey {
			t.Errorf("a key of %d bytes passed", len(c.Key))
		}
		if err != nil {
			if papers.CodeOf(err) == "" {
				t.Errorf("the error has no code: %v", err)
			}
		} else if c.Key == "" || c.T != "ask" && c.T != "support" && c.T != "chat" {
			t.Errorf("command %+v passed", c)
		}
		b, err := jsonFrame(refusedFrame{T: "refused", Key: c.Key, Code: "invalid"})
		if err != nil || !json.Valid(b.payload()) {
			t.Errorf("the refusal of key %q is not JSON: %v", c.Key, err)
		}
	})
}
