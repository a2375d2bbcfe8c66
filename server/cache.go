package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/singleflight"

	"clearday/static"
)

// cache keeps whole pages for anonymous readers, by the generation of the record: the number of
// the last act. Every act moves the generation, so a page never outlives what it shows; pages also
// age, because "tomorrow" and deadlines move without an act.
type cache struct {
	generation atomic.Int64
	max        int // bytes

	making singleflight.Group // of pages, by key and generation

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
// addresses are kept: with a query there are as many as somebody likes to write. When many ask for a
// page that an act has just made old, one of them makes it for all.
func (s *Server) cached(h handler) handler {
	return func(c *call) error {
		if !c.public() || c.program() { // programs may get JSON from the same address
			return h(c)
		}
		if len(c.Request().URI().QueryString()) > 0 {
			p, err := s.makePage(c, h, 0)
			if p == nil {
				return err
			}
			p.send(c.Context())
			return nil
		}
		generation, mine := s.cache.generation.Load(), false
		key := pageKey(c.Context())
		made, err, _ := s.cache.making.Do(key+"\x00"+strconv.FormatInt(generation, 10), func() (any, error) {
			mine = true
			p, err := s.makePage(c, h, generation)
			if p != nil {
				s.cache.put(key, p)
			}
			return p, err
		})
		p, _ := made.(*cachedPage)
		switch {
		case p != nil:
			p.send(c.Context())
			return nil
		case mine:
			return err
		}
		return h(c) // what was not to be had for another is asked for again, with this one's own deadline
	}
}

// makePage lets the handler answer and takes the page from the answer; nil when it is not a whole page.
func (s *Server) makePage(c *call, h handler, generation int64) (*cachedPage, error) {
	if err := h(c); err != nil {
		return nil, err
	}
	res := c.Response()
	if res.StatusCode() != fiber.StatusOK || res.IsBodyStream() {
		return nil, nil //nolint:nilnil // the handler has answered, with something that is not kept
	}
	p := newCachedPage(bytes.Clone(res.Body()), string(res.Header.ContentType()))
	p.name = string(res.Header.Peek(fiber.HeaderContentDisposition))
	p.generation, p.until = generation, s.Now().Add(pageAge)
	return p, nil
}

// answerKept answers a reader who is nobody in particular with a page that is kept, before anything
// else is done about the request: half the cost of the way through routes and guards (bench.md).
func (s *Server) answerKept(c *fasthttp.RequestCtx) bool {
	h := &c.Request.Header
	if !h.IsGet() || len(c.URI().QueryString()) > 0 || len(h.Cookie(sessionCookie)) > 0 || len(h.Peek(fiber.HeaderAuthorization)) > 0 ||
		len(h.Peek(fiber.HeaderContentEncoding)) > 0 || bytes.Contains(h.Peek(fiber.HeaderAccept), []byte("json")) {
		return false
	}
	p := s.cache.get(pageKey(c), s.Now())
	if p == nil {
		return false
	}
	p.send(c)
	return true
}

// pageKey names a page by host and path: pages hold their own address.
func pageKey(c *fasthttp.RequestCtx) string {
	return string(c.Host()) + "\x00" + string(c.Path())
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
func (p *cachedPage) send(c *fasthttp.RequestCtx) {
	body, encoding, etag := p.plain, "", p.etag
	switch br, gz := static.Accepts(string(c.Request.Header.Peek(fiber.HeaderAcceptEncoding))); {
	case br:
		encoding = "br"
	case gz:
		encoding = "gzip"
	}
	if encoding != "" {
		etag += "-" + encoding
	}
	etag = `"` + etag + `"`
	h := &c.Response.Header
	h.Set(fiber.HeaderETag, etag)
	h.Set(fiber.HeaderVary, "Accept-Encoding, Cookie, Accept")
	h.Set(fiber.HeaderCacheControl, "no-cache")
	if bytes.Contains(c.Request.Header.Peek(fiber.HeaderIfNoneMatch), []byte(etag)) {
		c.Response.ResetBody()
		c.SetStatusCode(fiber.StatusNotModified)
		return
	}
	switch encoding {
	case "br":
		body = p.br()
	case "gzip":
		body = p.gzip()
	}
	if encoding != "" {
		h.Set(fiber.HeaderContentEncoding, encoding)
	}
	h.SetContentType(p.kind)
	if p.name != "" {
		h.Set(fiber.HeaderContentDisposition, p.name)
	}
	c.Response.SetBodyRaw(body)
}
