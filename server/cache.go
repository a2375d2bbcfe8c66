package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"clearday/static"
)

// cache keeps whole pages for anonymous readers, by the generation of the record: the number of
// the last act. Every act moves the generation, so a page never outlives what it shows; pages also
// age, because "tomorrow" and deadlines move without an act.
type cache struct {
	generation atomic.Int64
	max        int // bytes

	mu    sync.Mutex
	size  int
	pages map[string]*cachedPage
}

// pageAge bounds how long a page may say "today".
const pageAge = 20 * time.Second

type cachedPage struct {
	generation int64
	until      time.Time
	kind, etag string
	name       string // Content-Disposition of a calendar
	plain      []byte

	// Made when somebody asks for it first: compressing both at once was a third of the cost of a page.
	br, gzip func() []byte
}

// bytes is what the page takes in memory, about: a packed form is a quarter of the plain one.
func (p *cachedPage) bytes() int { return len(p.plain) * 3 / 2 }

func newCache(max int) *cache { return &cache{max: max, pages: map[string]*cachedPage{}} }

func (ca *cache) get(key string, now time.Time) *cachedPage {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	p := ca.pages[key]
	if p == nil || p.generation != ca.generation.Load() || now.After(p.until) {
		return nil
	}
	return p
}

// put keeps the page that was made at the generation, read before making it.
func (ca *cache) put(key string, p *cachedPage) {
	n := len(key) + p.bytes()
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if old := ca.pages[key]; old != nil {
		ca.size -= len(key) + old.bytes()
	} else if ca.size+n > ca.max {
		ca.pages, ca.size = map[string]*cachedPage{}, 0 // rare: an old generation fills most of it
	}
	ca.pages[key] = p
	ca.size += n
}

func (ca *cache) drop() {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	ca.pages, ca.size = map[string]*cachedPage{}, 0
}

// cached wraps the handler of a page that is the same for everybody who is not signed in. Only plain
// addresses are kept: with a query there are as many as somebody likes to write.
func (s *Server) cached(h handler) handler {
	return func(c *call) error {
		if !c.public() || c.program() { // programs may get JSON from the same address
			return h(c)
		}
		keep := len(c.Request().URI().QueryString()) == 0
		key := string(c.Context().Host()) + "\x00" + c.Path()
		now := s.Now()
		if keep {
			if p := s.cache.get(key, now); p != nil {
				return p.send(c)
			}
		}
		generation := s.cache.generation.Load()
		if err := h(c); err != nil {
			return err
		}
		res := c.Response()
		if res.StatusCode() != fiber.StatusOK || res.IsBodyStream() {
			return nil
		}
		p := newCachedPage(bytes.Clone(res.Body()), string(res.Header.ContentType()))
		p.name = string(res.Header.Peek(fiber.HeaderContentDisposition))
		p.generation, p.until = generation, now.Add(pageAge)
		if keep {
			s.cache.put(key, p)
		}
		return p.send(c)
	}
}

func newCachedPage(body []byte, kind string) *cachedPage {
	sum := sha256.Sum256(body)
	return &cachedPage{
		kind: kind, plain: body, etag: base64.RawURLEncoding.EncodeToString(sum[:12]),
		br: sync.OnceValue(func() []byte {
			return packed(body, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 4) })
		}),
		gzip: sync.OnceValue(func() []byte { return packed(body, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }) }),
	}
}

func packed(body []byte, by func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	w := by(&b)
	_, _ = w.Write(body) // a bytes.Buffer never fails
	_ = w.Close()
	return b.Bytes()
}

// send answers the page in the best encoding, or 304 when the reader has it.
func (p *cachedPage) send(c *call) error {
	encoding, etag := "", p.etag
	switch br, gz := static.Accepts(c.Get(fiber.HeaderAcceptEncoding)); {
	case br:
		encoding = "br"
	case gz:
		encoding = "gzip"
	}
	if encoding != "" {
		etag += "-" + encoding
	}
	etag = `"` + etag + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderVary, "Accept-Encoding, Cookie, Accept")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Response().ResetBody()
		c.Status(fiber.StatusNotModified)
		return nil
	}
	body := p.plain
	switch encoding {
	case "br":
		body = p.br()
	case "gzip":
		body = p.gzip()
	}
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Set(fiber.HeaderContentType, p.kind)
	if p.name != "" {
		c.Set(fiber.HeaderContentDisposition, p.name)
	}
	c.Response().SetBodyRaw(body)
	return nil
}
