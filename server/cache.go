package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
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
	gzip, br   []byte // nil where not smaller
}

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
	n := len(key) + len(p.plain) + len(p.gzip) + len(p.br)
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if old := ca.pages[key]; old != nil {
		ca.size -= len(key) + len(old.plain) + len(old.gzip) + len(old.br)
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

// cached wraps the handler of a page that is the same for everybody who is not signed in.
func (s *Server) cached(h handler) handler {
	return func(c *call) error {
		if !c.public() || c.program() { // programs may get JSON from the same address
			return h(c)
		}
		key := string(c.Context().Host()) + "\x00" + c.OriginalURL()
		now := s.Now()
		if p := s.cache.get(key, now); p != nil {
			return p.send(c)
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
		s.cache.put(key, p)
		return p.send(c)
	}
}

func newCachedPage(body []byte, kind string) *cachedPage {
	sum := sha256.Sum256(body)
	p := &cachedPage{kind: kind, plain: body, etag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write(body) // a bytes.Buffer never fails
	_ = w.Close()
	var br bytes.Buffer
	bw := brotli.NewWriterLevel(&br, 4)
	_, _ = bw.Write(body)
	_ = bw.Close()
	if gz.Len() < len(body) {
		p.gzip = gz.Bytes()
	}
	if br.Len() < len(body) {
		p.br = br.Bytes()
	}
	return p
}

// send answers the page in the best encoding, or 304 when the reader has it.
func (p *cachedPage) send(c *call) error {
	body, encoding := static.Content{Plain: p.plain, Brotli: p.br, Gzip: p.gzip}.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	etag := p.etag
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
