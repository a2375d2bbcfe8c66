package static_test

import (
	"bytes"
	"compress/gzip"
	"html/template"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"clearday/static"
)

// names are the assets that pages rely on; a script of a page is added here with the page.
var names = []string{"clearday.css", "favicon.svg", "base.js", "upload.js", "publish.js", "reader.js"}

// built skips at the desk and fails in CI when the assets are not made yet.
func built(t *testing.T) {
	t.Helper()
	err := static.Check()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}

func content(t *testing.T, name string) static.Content {
	t.Helper()
	address, ok := static.Asset(name)
	if !ok {
		t.Fatalf("no asset %s", name)
	}
	c, ok := static.File(address)
	if !ok {
		t.Fatalf("no file at %s", address)
	}
	return c
}

func TestAsset(t *testing.T) {
	built(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			address, _ := static.Asset(name)
			if !regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{8}\.(css|js|svg)$`).MatchString(address) {
				t.Errorf("address %q holds no hash", address)
			}
			c := content(t, name)
			if len(c.Plain) == 0 || c.Type == "" || len(c.ETag) < 10 {
				t.Errorf("%s: %d bytes, type %q, etag %q", name, len(c.Plain), c.Type, c.ETag)
			}
			if c.Brotli == nil || c.Gzip == nil {
				t.Fatal("a compressed form is missing")
			}
			z, err := gzip.NewReader(bytes.NewReader(c.Gzip))
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, c.Plain) {
				t.Errorf("the gzip form holds something else (%v)", err)
			}
		})
	}
	t.Run("unknown name", func(t *testing.T) {
		if a, ok := static.Asset("nothing.js"); ok {
			t.Errorf("got %q", a)
		}
	})
	t.Run("nothing but assets is served", func(t *testing.T) {
		for _, a := range []string{"/static/manifest.json", "/static/.gitkeep", "/static/../fs.go", "/static/", ""} {
			if _, ok := static.File(a); ok {
				t.Errorf("%q is served", a)
			}
		}
	})
}

// TestPolicy holds what the content security policy and the promise of no third party rest on.
func TestPolicy(t *testing.T) {
	built(t)
	forbidden := map[string]*regexp.Regexp{
		"an outside address":   regexp.MustCompile(`(https?|wss?):(\\?/){2}[^\s"'\x60)]*`),
		"a hosted font":        regexp.MustCompile(`@font-face|@import`),
		"code made of text":    regexp.MustCompile(`\beval\(|new Function\b|setTimeout\(["'\x60]`),
		"markup made of text":  regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write`),
		"an inline style":      regexp.MustCompile(`setAttribute\(["'\x60]style|cssText`),
		"a style sheet's map":  regexp.MustCompile(`sourceMappingURL`),
		"a scheme-less remote": regexp.MustCompile(`url\(["']?//`),
	}
	for _, name := range []string{"clearday.css", "base.js", "upload.js", "publish.js", "reader.js", "room.js", "moderate.js"} {
		if _, ok := static.Asset(name); !ok {
			continue
		}
		text := string(content(t, name).Plain)
		text = strings.ReplaceAll(text, "http://www.w3.org/", "")
		for what, pattern := range forbidden {
			if found := pattern.FindString(text); found != "" {
				t.Errorf("%s holds %s: %s", name, what, found)
			}
		}
	}
}

func TestWeight(t *testing.T) {
	built(t)
	c := content(t, "clearday.css")
	if len(c.Plain) > 144<<10 || len(c.Brotli) > 22<<10 { // of the 100 kB that a public page may weigh (design.md section 7)
		t.Errorf("the style sheet has grown to %d bytes, %d with brotli", len(c.Plain), len(c.Brotli))
	}
}

func TestEncoded(t *testing.T) {
	c := static.Content{Plain: []byte("plain"), Brotli: []byte("br"), Gzip: []byte("gz")}
	for accept, want := range map[string]string{
		"": "", "identity": "", "gzip": "gzip", "gzip, deflate, br, zstd": "br", "br;q=0, gzip": "gzip", "br;q=0.0,gzip;q=0": "",
		"BR": "br", "br;q=0.5": "br", "brx": "", "br ; q=0": "",
	} {
		if _, got := c.Encoded(accept); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", accept, got, want)
		}
	}
	if body, encoding := (static.Content{Plain: []byte("p")}).Encoded("br, gzip"); string(body) != "p" || encoding != "" {
		t.Errorf("an asset without compressed forms: got %q as %q", body, encoding)
	}
}

func TestTemplates(t *testing.T) {
	icons := template.Must(template.ParseFS(static.Templates, "shared/icons.html"))
	for _, name := range []string{
		"brand-mark", "icon-paper", "icon-search", "icon-calendar", "icon-feed", "icon-file", "icon-download", "icon-quote", "icon-ask", "icon-pack",
		"icon-bell", "icon-format", "icon-up", "icon-down", "icon-left", "icon-right", "icon-more", "icon-clock", "icon-check",
		"icon-play", "icon-pause", "icon-sound", "icon-captions", "icon-screen",
	} {
		var out strings.Builder
		if err := icons.ExecuteTemplate(&out, name, nil); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.HasPrefix(out.String(), "<svg ") || !strings.Contains(out.String(), ` aria-hidden="true" focusable="false">`) {
			t.Errorf("%s is not a hidden drawing: %s", name, out.String())
		}
	}
}
