// Package static holds what the pages are made of: their templates, and the style sheet, scripts and pictures that
// build.mjs makes. All of it is embedded into the program.
//
// An asset is asked for by its plain name ("clearday.css") and served under an address that holds the hash of its
// content, so that browsers may keep it for ever.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where assets live on the site. The server routes GET Prefix+"*" to File.
const Prefix = "/static/"

// Templates holds every page template by its path, such as "shared/icons.html" or "meeting/meeting.html".
//
//go:embed */*.html
var Templates embed.FS

// dist is empty but for .gitkeep until build.mjs has run: the program compiles then, and Asset finds nothing.
//
//go:embed all:dist
var dist embed.FS

// Content is one asset, ready to be served. The slices belong to the program and must not be written to.
type Content struct {
	Type   string // value of Content-Type
	ETag   string // strong, quoted, of the plain form
	Plain  []byte
	Brotli []byte // nil where it would not be smaller
	Gzip   []byte // nil where it would not be smaller
}

// Asset gives the address of the asset with a plain name ("room.js"). It is not ok when there is no such asset,
// which for all names means that build.mjs has not run.
func Asset(name string) (address string, ok bool) {
	address, ok = loaded().addresses[name]
	return address, ok
}

// File gives the asset at an address that Asset gave. It may be served as immutable.
func File(address string) (Content, bool) {
	c, ok := loaded().contents[address]
	return c, ok
}

// Check says why the assets cannot be served, or nil. The program asks once, when it starts.
func Check() error { return loaded().err }

// Encoded chooses the smallest form that a request with this Accept-Encoding takes; encoding is empty for the plain
// one. The answer needs "Vary: Accept-Encoding", and an ETag of its own for each encoding.
func (c Content) Encoded(accept string) (body []byte, encoding string) {
	br, gz := Accepts(accept)
	if br && c.Brotli != nil {
		return c.Brotli, "br"
	}
	if gz && c.Gzip != nil {
		return c.Gzip, "gzip"
	}
	return c.Plain, ""
}

// Accepts tells which encodings a request with this Accept-Encoding takes.
func Accepts(accept string) (br, gz bool) {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, weighted := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		if q, err := strconv.ParseFloat(weight, 64); weighted && (err != nil || q <= 0) {
			continue // refused by name
		}
		switch strings.ToLower(name) {
		case "br":
			br = true
		case "gzip":
			gz = true
		}
	}
	return br, gz
}

type assets struct {
	addresses map[string]string  // plain name to address
	contents  map[string]Content // by address
	err       error
}

var loaded = sync.OnceValue(func() assets {
	a := assets{addresses: map[string]string{}, contents: map[string]Content{}}
	a.err = a.load()
	return a
})

func (a *assets) load() error {
	text, err := dist.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the assets are not built: run make build")
	}
	if err != nil {
		return fmt.Errorf("reading the asset manifest: %w", err)
	}
	manifest := map[string]string{}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("reading the asset manifest: %w", err)
	}
	for name, hashed := range manifest {
		content, err := read(hashed)
		if err != nil {
			return fmt.Errorf("reading asset %s: %w", name, err)
		}
		a.addresses[name] = Prefix + hashed
		a.contents[Prefix+hashed] = content
	}
	return nil
}

func read(hashed string) (Content, error) {
	var forms [3][]byte
	for i, suffix := range []string{"", ".br", ".gz"} {
		body, err := dist.ReadFile(path.Join("dist", hashed+suffix))
		if err != nil {
			return Content{}, err
		}
		if i == 0 || len(body) < len(forms[0]) {
			forms[i] = body
		}
	}
	sum := sha256.Sum256(forms[0])
	return Content{
		Type: contentType(hashed), ETag: `"` + hex.EncodeToString(sum[:16]) + `"`,
		Plain: forms[0], Brotli: forms[1], Gzip: forms[2],
	}, nil
}

// contentType does not leave the kinds we ship to the machine's own tables.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}
