package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/static"
)

// serveFile sends a stored file, named by the hash of its bytes.
func (c *call) serveFile(hash, kind, name string) error {
	return c.send(hash, kind, name, func() (*os.File, error) { return c.s.Files.Open(c.ctx, hash) })
}

// send is the one function that sends a file: with Range, an ETag of the key that stands for its bytes, and
// a policy that lets nothing in it run. It is saved, not shown: browsers' own viewers refuse the policy,
// and the paper's page is the place to read. The caller has checked that the asker may see it. The write
// deadline rolls with progress (conn.go).
func (c *call) send(key, kind, name string, open func() (*os.File, error)) error {
	etag := `"` + key[:32] + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	f, err := open()
	if err != nil {
		return fmt.Errorf("opening a file to send: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("reading the size of a file: %w", err), f.Close())
	}
	from, length, status := byteRange(c.Get(fiber.HeaderRange), info.Size())
	if match := c.Get("If-Range"); match != "" && match != etag {
		from, length, status = 0, info.Size(), fiber.StatusOK
	}
	if status == fiber.StatusRequestedRangeNotSatisfiable {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", info.Size()))
		return errors.Join(c.SendStatus(status), f.Close())
	}
	if status == fiber.StatusPartialContent {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, from+length-1, info.Size()))
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s"`, name))
	c.Status(status)
	c.Context().SetBodyStream(&section{Reader: io.NewSectionReader(f, from, length), f: f}, int(length))
	return nil
}

// section is a part of a file that closes it when sent.
type section struct {
	io.Reader
	f *os.File
}

func (s *section) Close() error { return s.f.Close() }

// byteRange reads a Range header of one range. Several ranges, or another unit, give the whole file,
// as RFC 9110 allows.
func byteRange(header string, size int64) (from, length int64, status int) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok || strings.Contains(spec, ",") {
		return 0, size, fiber.StatusOK
	}
	a, b, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok {
		return 0, size, fiber.StatusOK
	}
	first, err1 := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	switch {
	case a == "" && err2 == nil && last > 0: // the last so many bytes
		first, last = max(0, size-last), size-1
	case err1 == nil && b == "":
		last = size - 1
	case err1 != nil || err2 != nil || first < 0 || last < first:
		return 0, size, fiber.StatusOK
	}
	last = min(last, size-1)
	if first >= size {
		return 0, 0, fiber.StatusRequestedRangeNotSatisfiable
	}
	return first, last - first + 1, fiber.StatusPartialContent
}

// asset answers GET /static/*: styles and scripts under names that hold their hash, for ever.
func (s *Server) asset(c *call) error {
	content, ok := static.File(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	return sendAsset(c, content, "public, max-age=31536000, immutable")
}

// favicon answers GET /favicon.ico for browsers that ask without being told.
func (s *Server) favicon(c *call) error {
	address, ok := static.Asset("favicon.svg")
	if !ok {
		return fiber.ErrNotFound
	}
	content, _ := static.File(address)
	return sendAsset(c, content, "public, max-age=86400")
}

func sendAsset(c *call, content static.Content, cache string) error {
	body, encoding := content.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	etag := content.ETag
	if encoding != "" {
		etag = strings.TrimSuffix(etag, `"`) + "-" + encoding + `"`
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Set(fiber.HeaderContentType, content.Type)
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, cache)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Response().Header.Del(fiber.HeaderContentEncoding)
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Response().SetBodyRaw(body)
	return nil
}
