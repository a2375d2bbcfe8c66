package server

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
)

// takeUpload reads a multipart form with exactly one file in the field "file", puts the file on
// disk under a temporary name and inspects it there: what is not a readable PDF is refused with
// one sentence, and nothing of it stays. The caller keeps or drops the file. The body is in memory
// once, within the route's limit.
func (c *call) takeUpload() (upload, error) {
	u, err := c.readUpload()
	if err == nil && u.file == nil {
		err = papers.Errorf(papers.CodeInvalid, "There is no file. Choose a PDF and send it again.")
	}
	if err != nil {
		if u.file != nil {
			err = errors.Join(err, u.file.Drop())
		}
		return u, err
	}
	return u, c.inspect(&u)
}

func (c *call) readUpload() (upload, error) {
	u := upload{fields: map[string]string{}}
	r, err := c.multipart()
	if err != nil {
		return u, err
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, errBrokenForm
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, smallBody))
			if err != nil {
				return u, errBrokenForm
			}
			u.fields[part.FormName()] = string(value)
			continue
		}
		if u.file != nil {
			return u, papers.Errorf(papers.CodeInvalid, "Send one file at a time.")
		}
		u.name = cleanFileName(part.FileName())
		body := &partReader{part: part}
		if u.file, err = c.s.Files.Stage(body, maxUpload); err != nil {
			if body.broken {
				return u, errBrokenForm
			}
			return u, err
		}
	}
}

// partReader notes that the form ended in the middle of a file, which is not a fault of ours.
type partReader struct {
	part   io.Reader
	broken bool
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.part.Read(b)
	p.broken = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

var errBrokenForm = papers.Errorf(papers.CodeInvalid, "The upload broke off before its end. Send the file again.")

func (c *call) multipart() (*multipart.Reader, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, papers.Errorf(papers.CodeInvalid, "Send the file as multipart/form-data, in the field “file”.")
	}
	return multipart.NewReader(bytes.NewReader(c.Body()), params["boundary"]), nil
}

// uploadField reads one small field of a multipart form.
func (c *call) uploadField(name string) string {
	r, err := c.multipart()
	if err != nil {
		return ""
	}
	for {
		part, err := r.NextPart()
		if err != nil {
			return ""
		}
		if part.FormName() == name && part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, smallBody))
			if err != nil {
				return ""
			}
			return string(value)
		}
	}
}

// cleanFileName makes a name of a file from what a browser says: no folders, no control characters,
// valid UTF-8, at most 200 characters.
func cleanFileName(name string) string {
	name = strings.ToValidUTF8(name, "�")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if r := []rune(name); len(r) > 200 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(r[:200-len(ext)]) + string(ext)
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "paper.pdf"
	}
	return name
}
