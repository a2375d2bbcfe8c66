package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
)

// downloads collects who takes files, for the report of a taking back. They are written together
// each second: a download does not wait for the record.
type downloads struct {
	mu   sync.Mutex
	list []papers.Download
}

// maxDownloads bounds what waits to be written; past it only the first are counted.
const maxDownloads = 100_000

// downloaded counts that the asker takes a file from its beginning.
func (c *call) downloaded(subject string) {
	status := c.Response().StatusCode()
	whole := status == fiber.StatusOK || status == fiber.StatusPartialContent && fromStart(c.Get(fiber.HeaderRange))
	if c.Method() != fiber.MethodGet || !whole {
		return
	}
	d := papers.Download{Subject: subject, Visitor: c.place() + " " + c.Get(fiber.HeaderUserAgent), At: c.s.Now().UTC()}
	if c.person.SignedIn() && !c.person.Token {
		d.User = c.person.ID
	}
	ds := &c.s.downloads
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if len(ds.list) < maxDownloads {
		ds.list = append(ds.list, d)
	}
}

func fromStart(header string) bool {
	from, _, status := byteRange(header, 1<<62)
	return status == fiber.StatusPartialContent && from == 0
}

// CountDownloads writes what was downloaded until ctx ends, and the rest then.
func (s *Server) CountDownloads(ctx context.Context) error {
	for ctx.Err() == nil {
		pause(ctx, time.Second)
		s.countDownloads(context.WithoutCancel(ctx))
	}
	return nil
}

func (s *Server) countDownloads(ctx context.Context) {
	s.downloads.mu.Lock()
	list := s.downloads.list
	s.downloads.list = nil
	s.downloads.mu.Unlock()
	if len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.Record.CountDownloads(ctx, list); err != nil {
		s.Log.Error("counting downloads", slog.Any("err", err))
	}
}
