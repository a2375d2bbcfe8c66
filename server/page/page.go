// Package page holds one struct for each page and renders it. A template sits in static beside the
// page's style and script; it is checked against its struct by a test.
package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"clearday/papers"
	"clearday/static"
)

// Page is a page that can be rendered: a struct that embeds Base and names its template.
type Page interface {
	// Template is the path of the page's template in static, such as "home/home.html".
	Template() string
}

// Base is what every page shows around its content.
type Base struct {
	Site     papers.Site
	Title    string // of the page, without the site's name
	Nav      string // which entry of the main navigation is this page: meetings, questions, boards, search
	Path     string // address of the page, to come back to after signing in
	Now      time.Time
	Acts     int64  // acts on the record so far
	Person   string // name of who is signed in
	SignedIn bool
	CSRF     string // for the forms of who is signed in
	Manages  bool   // may change the site
	Letters  bool   // news by e-mail is offered
	Saved    string // what a form before this page did, one of the words that the template knows
}

// Renderer holds the parsed templates.
type Renderer struct {
	sets map[string]*template.Template
}

// NewRenderer parses every template. A template that does not parse is an error here, not on the page.
func NewRenderer() (*Renderer, error) {
	shared, err := template.New("shared").Funcs(funcs).ParseFS(static.Templates, "shared/*.html")
	if err != nil {
		return nil, err
	}
	r := &Renderer{sets: map[string]*template.Template{}}
	paths, err := fs.Glob(static.Templates, "*/*.html")
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		folder, name, _ := strings.Cut(path, "/")
		if folder == "shared" || strings.HasPrefix(name, "_") {
			continue
		}
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		files := []string{path}
		for _, p := range paths { // the sections that pages of this folder are made of
			if strings.HasPrefix(p, folder+"/_") {
				files = append(files, p)
			}
		}
		if r.sets[path], err = set.ParseFS(static.Templates, files...); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Render gives the page's HTML. It is made whole before anything is sent, so that a failing
// template is a clean error.
func (r *Renderer) Render(p Page) ([]byte, error) {
	set, ok := r.sets[p.Template()]
	if !ok {
		return nil, fmt.Errorf("rendering: there is no template %s", p.Template())
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "layout", p); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", p.Template(), err)
	}
	return b.Bytes(), nil
}

// Error is the page for everything that went wrong.
type Error struct {
	Base
	Status   int
	Sentence string
}

// Template names the page's template.
func (Error) Template() string { return "error/error.html" }

// ErrorTitle is the heading for a status, for people.
func ErrorTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Nothing here"
	case http.StatusGone:
		return "Withdrawn"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusUnauthorized:
		return "Sign in first"
	case http.StatusConflict:
		return "That cannot be done now"
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		return "Something needs mending"
	case http.StatusTooManyRequests:
		return "Too many at once"
	case http.StatusRequestEntityTooLarge:
		return "Too large"
	case http.StatusServiceUnavailable:
		return "Try again in a minute"
	}
	return "Something went wrong"
}

// ErrorSentence is what to do about a status that has no sentence of its own.
func ErrorSentence(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "What was sent is larger than this page takes. Make it smaller and send it again."
	case http.StatusUnsupportedMediaType:
		return "Send the request as it is, without compressing it."
	case http.StatusMethodNotAllowed:
		return "This address does not take that. Go back and use the form on the page."
	case http.StatusRequestTimeout:
		return "The request took too long to arrive. Check your connection and send it again."
	}
	if status >= 500 {
		return "It is our fault, and it has been noted. Nothing you confirmed is lost. Try again in a minute."
	}
	return "The request could not be understood. Go back and try again."
}
