// Package server is the web side of Clearday: one table of routes, each with its permission and
// body limit, closed by default; one file per group of pages; errors answered in one place.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/livestream"
	"clearday/papers"
	"clearday/papers/compare"
	"clearday/papers/feeds"
	"clearday/papers/notice"
	"clearday/papers/packs"
	"clearday/papers/pdf"
	"clearday/papers/publog"
	"clearday/search"
	"clearday/server/auth"
	"clearday/server/blob"
	"clearday/server/config"
	"clearday/server/jobs"
	"clearday/server/page"
)

// Limits of time. Every request has a deadline; sending rolls it with progress (conn.go).
const (
	readTimeout    = 15 * time.Second // headers and a small body
	uploadTimeout  = 15 * time.Minute // a body of a route that takes files
	requestTimeout = 30 * time.Second // handling, unless the route takes files
	idleTimeout    = 90 * time.Second
)

// Record is what the server needs of the record beyond papers.Store.
type Record interface {
	papers.Store
	livestream.Store
	livestream.RetentionStore
	livestream.Meetings
	auth.Store
	jobs.Store
	LogStore
}

// LogStore is what the publication log needs of the record.
type LogStore interface {
	publog.Shared
	// Act is one act by its number; Salts are those of its commitments that were not erased.
	Act(ctx context.Context, number int64) (papers.Act, error)
	Salts(ctx context.Context, act int64) (map[string][]byte, error)
	// NewestActs are those before a number (0: all), newest first, of a board and of kinds, or of all.
	NewestActs(ctx context.Context, before int64, board string, kinds []papers.Kind, limit int) ([]papers.Act, error)
	// PublishedFiles are the versions that were ever published with a file of this SHA-256.
	PublishedFiles(ctx context.Context, sha256 string) ([]papers.VersionRef, error)
}

// Parts are what cmd puts together. All are needed.
type Parts struct {
	Config    config.Config
	Record    Record
	Publisher *papers.Publisher
	Hub       *livestream.Hub
	Finder    *search.Finder
	Lost      func() bool // the shared search engine is away; nil when there is none
	Tools     *pdf.Tools
	Images    *pdf.Images
	Files     *blob.Dir
	Packs     *packs.Packs
	Reader    *jobs.Reader
	Publog    *publog.Signer
	Alerts    *Alerts // nil while no mail server is set
	Now       func() time.Time
	Log       *slog.Logger
}

// Server answers requests. New makes it, Serve runs it, Shutdown ends it.
type Server struct {
	Parts
	app      *fiber.App
	routes   []route
	pages    *page.Renderer
	cache    *cache
	limits   *limits
	hashing  hashing
	words    *recent[pdf.Page]       // of pages, with their boxes
	found    *recent[[]page.FoundOn] // where a query is in a version
	outlines *recent[[]pdf.Section]  // of files

	compared *recent[compare.Result] // versions of a paper

	cleared   atomic.Int64 // the last act whose withdrawal this program has cleared
	downloads downloads

	untrusted sync.Once // warns of a proxy that is not trusted

	underway underway // uploads that a request is at

	holidayFile atomic.Pointer[notice.Holidays] // nil: none newer than the program's own

	exports chan struct{}       // one for each that is under way
	agendas *recent[agendaFile] // as PDF, by what they say
	sheets  *recent[[]cells]    // as CSV, by the version that they are in
	history feeds.History       // of meetings and withdrawn papers, for feeds and calendars
}

// New puts the routes together. It starts nothing.
func New(p Parts) (*Server, error) {
	pages, err := page.NewRenderer()
	if err != nil {
		return nil, fmt.Errorf("reading the page templates: %w", err)
	}
	s := &Server{Parts: p, pages: pages, cache: newCache(64 << 20), limits: newLimits(p.Now), hashing: make(hashing, maxHashing),
		words:    newRecent(300_000, func(p pdf.Page) int { return 1 + len(p.Words) }),
		found:    newRecent(16<<20, func(on []page.FoundOn) int { return 100 + 100*len(on) }), // in bytes, about
		outlines: newRecent(8<<20, func(list []pdf.Section) int { return 100 + 100*len(list) }),

		compared: newRecent(32<<20, compare.Result.Bytes),

		exports: make(chan struct{}, exportsAtOnce),
		agendas: newRecent(32<<20, func(f agendaFile) int { return len(f.body) }),
		sheets:  newRecent(32<<20, cellBytes),
	}
	s.app = fiber.New(fiber.Config{
		AppName:               "Clearday",
		DisableStartupMessage: true,
		Immutable:             true, // kept c.Params strings change under you otherwise (choices.md)
		StrictRouting:         true,
		CaseSensitive:         true,
		ReadTimeout:           readTimeout,
		IdleTimeout:           idleTimeout,
		BodyLimit:             maxUpload + 1<<20, // the ceiling; each route has its own in bodyLimits
		ReadBufferSize:        16 << 10,
		// Forms are read where they are used: else each is parsed, and large files written to the
		// temporary directory, before anybody asked who sends them.
		DisablePreParseMultipartForm: true,
		WriteBufferSize:              16 << 10, // a page and its header leave in one write: 59 to 47 us a request
		ErrorHandler:                 s.refuseBody,
		ServerHeader:                 "",
	})
	s.app.Server().KeepHijackedConns = true // else closing a socket from another goroutine does nothing
	s.app.Server().NoDefaultServerHeader = true
	s.routes = s.table()
	s.app.Server().HeaderReceived = s.limitBodies(s.bodyLimits())
	s.app.Use(s.survive)
	s.register()
	return s, nil
}

// survive keeps a mistake in one handler from ending the program for everybody.
func (s *Server) survive(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("a handler panicked", slog.String("method", c.Method()), slog.String("route", c.Route().Path), slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
			err = fiber.ErrInternalServerError
		}
	}()
	return c.Next()
}

// Serve answers on the listener until Shutdown.
func (s *Server) Serve(ln net.Listener) error {
	return s.app.Listener(&rolling{Listener: ln, trusted: s.trusted, most: mostOpen})
}

// Follow keeps the page cache's generation in step with the record until ctx ends.
func (s *Server) Follow(ctx context.Context) error {
	for ctx.Err() == nil {
		before := s.cache.generation.Load()
		last, err := s.Record.AwaitAct(ctx, before)
		if err == nil && last != before {
			err = s.readHolidays(ctx)
		}
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Error("following acts for the page cache", slog.Any("err", err))
				s.cache.drop() // better slow than stale
				pause(ctx, time.Second)
			}
			continue
		}
		s.cache.generation.Store(last)
	}
	return nil
}

// Shutdown stops taking requests and waits for those under way, until ctx ends. Sockets are the
// hub's to close.
func (s *Server) Shutdown(ctx context.Context) error {
	return s.app.ShutdownWithContext(ctx)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
