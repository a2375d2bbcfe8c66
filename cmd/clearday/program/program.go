// Package program puts the parts of Clearday together: it is the only place where they meet. The
// command serves with it, and server/servertest starts the very same program for tests.
package program

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"clearday/livestream"
	"clearday/livestream/redisbus"
	"clearday/papers"
	"clearday/papers/alerts"
	"clearday/papers/office"
	"clearday/papers/packs"
	"clearday/papers/pdf"
	"clearday/papers/preflight"
	"clearday/search"
	"clearday/search/embedded"
	"clearday/search/meili"
	"clearday/server"
	"clearday/server/blob"
	"clearday/server/config"
	"clearday/server/jobs"
	"clearday/server/mail"
	"clearday/server/store"
)

// imageCache bounds the page images kept on disk, in bytes.
const imageCache = 1 << 30

// Program is everything that serves, opened but not started.
type Program struct {
	Record    *store.DB
	Publisher *papers.Publisher
	Hub       *livestream.Hub
	Files     *blob.Dir
	Tools     *pdf.Tools
	Office    *office.Tools
	Reader    *jobs.Reader
	Packs     *packs.Packs

	eraser   *livestream.Eraser
	engine   search.Engine
	shared   *search.Pair // with Meilisearch; nil when each machine searches alone
	images   *pdf.Images
	redis    *redisbus.Bus // nil when the rooms are in this program alone
	follower *search.Follower
	server   *server.Server
	letters  letters
	log      *slog.Logger
}

// letters are the parts that write to people; empty while no mail server is set.
type letters struct {
	follower *alerts.Follower
	searches *alerts.SearchFollower
	post     *alerts.Post
	pages    *server.Alerts
}

// OpenRecord opens the record alone, for commands that write it while the program runs or before
// it ever did.
func OpenRecord(ctx context.Context, cfg config.Config, now func() time.Time) (*store.DB, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	return store.Open(ctx, store.Options{URL: cfg.DatabaseURL, Path: RecordPath(cfg), SiteKey: cfg.SiteKey, Now: now})
}

// RecordPath is where SQLite keeps the record.
func RecordPath(cfg config.Config) string { return filepath.Join(cfg.Data, "record.db") }

// Open opens every part on the settings. It starts nothing; Serve does. base is the address of the
// site for links that are made outside a request, without a trailing slash.
func Open(ctx context.Context, cfg config.Config, base string, now func() time.Time, log *slog.Logger) (p *Program, err error) {
	p = &Program{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil { // children run in other folders
		return p, fmt.Errorf("naming the data directory: %w", err)
	}
	if p.Record, err = OpenRecord(ctx, cfg, now); err != nil {
		return p, fmt.Errorf("opening the record: %w", err)
	}
	if p.Files, err = blob.Open(filepath.Join(cfg.Data, "files")); err != nil {
		return p, err
	}
	if p.Tools, err = pdf.New(pdf.Limits{}); err != nil {
		return p, err
	}
	p.Office = office.New(office.ToolLimits{})
	drawing, err := pdf.New(pdf.Limits{}) // page images never wait behind long texts
	if err != nil {
		return p, err
	}
	if p.images, err = pdf.OpenImages(filepath.Join(cfg.Data, "images"), imageCache, drawing); err != nil {
		return p, fmt.Errorf("opening the page images: %w", err)
	}
	index, err := embedded.Open(filepath.Join(cfg.Data, "search"), log)
	if errors.Is(err, embedded.ErrInUse) {
		return p, fmt.Errorf("another program is using the data directory %s: stop it first, or set CLEARDAY_DATA to another: %w", cfg.Data, err)
	}
	if err != nil {
		return p, fmt.Errorf("opening the search index: %w", err)
	}
	p.engine = index // not before: a nil *Engine is no nil search.Engine, and Close would use it
	p.follower = &search.Follower{Engine: p.engine, Store: p.Record, Log: log}
	finder := &search.Finder{Engine: p.engine, Record: p.Record, Follow: p.follower}
	if cfg.MeiliURL != "" {
		main := meili.New(cfg.MeiliURL, cfg.MeiliKey)
		p.shared = &search.Pair{Engine: p.engine, Main: main, OwnFollow: p.follower, Now: now, Log: log,
			MainFollow: &search.Follower{Engine: main, Store: p.Record, Log: log}}
		finder.Engine = p.shared
	}
	p.Publisher = &papers.Publisher{Store: p.Record, Now: now, Log: log}
	p.Reader = &jobs.Reader{Works: p.Record, Store: p.Record, Files: p.Files, Tools: p.Tools, Office: p.Office, Log: log}
	bus, err := p.openBus(cfg)
	if err != nil {
		return p, err
	}
	p.Hub = &livestream.Hub{
		Store: p.Record, Bus: bus, Meetings: p.Record, Now: now, Log: log,
		Link:     func(number, code string) string { return base + "/questions/" + number + "/mine/" + code },
		Personal: preflight.Personal,
	}
	p.eraser = &livestream.Eraser{Store: p.Record, Boards: p.Record.Boards, Now: now, Log: log}
	if cfg.SMTPURL != "" {
		p.openLetters(cfg, finder, now)
	}
	binding, err := pdf.New(pdf.Limits{Children: 1}) // packs wait for nobody, and nobody for them
	if err != nil {
		return p, err
	}
	p.Packs = &packs.Packs{Store: p.Record, Tools: binding, Path: p.Files.Path, Dir: filepath.Join(cfg.Data, "packs"), Address: base, Now: now, Log: log}
	signer, err := p.openLog(ctx, cfg, base)
	if err != nil {
		return p, err
	}
	parts := server.Parts{
		Config: cfg, Record: p.Record, Publisher: p.Publisher, Hub: p.Hub,
		Finder: finder, Tools: drawing, Images: p.images, Files: p.Files, Packs: p.Packs, Reader: p.Reader, Publog: signer, Alerts: p.letters.pages, Now: now, Log: log,
	}
	if p.shared != nil {
		parts.Lost = p.shared.Lost
	}
	p.server, err = server.New(parts)
	if err == nil {
		p.Publisher.Count = p.server.CountNotice
	}
	return p, err
}

// openBus joins the rooms of this program with those of others.
func (p *Program) openBus(cfg config.Config) (livestream.Bus, error) {
	if cfg.RedisURL == "" {
		return &livestream.MemoryBus{}, nil
	}
	secret, err := hkdf.Key(sha256.New, cfg.SiteKey[:], nil, "redis", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("making the key of the bus: %w", err)
	}
	p.redis, err = redisbus.New(cfg.RedisURL, secret, p.log)
	if err != nil {
		return nil, fmt.Errorf("CLEARDAY_REDIS_URL: %w", err)
	}
	return p.redis, nil
}

func (p *Program) openLetters(cfg config.Config, finder *search.Finder, now func() time.Time) {
	smtp := mail.SMTP{URL: cfg.SMTPURL, From: func(ctx context.Context) (address, name string, err error) {
		site, err := p.Record.Site(ctx)
		return site.Contact, site.Name, err
	}}
	kept := server.KeptSearches{Finder: finder}
	writer := &alerts.Writer{Record: p.Record, Search: kept, Base: cfg.PublicURL.String()}
	post := &alerts.Post{Store: p.Record, Writer: writer, Mailer: smtp, Log: p.log, Wakes: make(chan struct{}, 1)}
	p.letters = letters{
		follower: &alerts.Follower{Acts: p.Record, Store: p.Record, Now: now, Wake: post.Wake, Log: p.log},
		searches: &alerts.SearchFollower{Acts: p.Record, Store: p.Record, Search: kept, Zone: p.zone, Now: now, Wake: post.Wake, Log: p.log},
		post:     post,
		pages:    &server.Alerts{Store: p.Record, Writer: writer, Mailer: smtp, Server: smtp.Server(), Wake: post.Wake},
	}
}

// zone is the site's.
func (p *Program) zone(ctx context.Context) (*time.Location, error) {
	site, err := p.Record.Site(ctx)
	return site.Location(), err
}

// runs are the parts that write to people, to be run.
func (l letters) runs() []func(context.Context) error {
	if l.post == nil {
		return nil
	}
	return []func(context.Context) error{l.follower.Run, l.searches.Run, l.post.Run}
}

// drainTime is how long requests under way may take once the program was told to stop.
const drainTime = 20 * time.Second

// Serve runs everything until ctx ends, then stops in order: no new requests and those under way
// finished; sockets closed, so that browsers come back to the next program; then what works by
// itself. The record is closed last, by Close.
func (p *Program) Serve(ctx context.Context, ln net.Listener) error {
	if err := p.Files.Sweep(); err != nil {
		return fmt.Errorf("clearing unfinished uploads: %w", err)
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, working := errgroup.WithContext(working)
	runs := p.letters.runs()
	if p.shared != nil {
		runs = append(runs, p.shared.MainFollow.Run, p.shared.Run)
	}
	for _, run := range append(runs,
		p.Publisher.Run,
		p.Reader.Run,
		p.follower.Run,
		p.Packs.Run,
		p.Hub.Run,
		p.Hub.RunOutgoing,
		p.server.Follow,
		p.server.Clear,
		p.server.CountDownloads,
		p.server.Sweep,
		p.giveBack,
		p.eraser.Run,
	) {
		group.Go(func() error { return run(working) })
	}
	group.Go(func() error {
		if err := p.server.Serve(ln); err != nil {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	select {
	case <-ctx.Done():
	case <-working.Done(): // a part failed
	}
	p.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	p.Hub.Close()
	err := p.server.Shutdown(drain)
	stop()
	return errors.Join(group.Wait(), err)
}

// giveBack returns memory to the machine once the start is over, and once a crowd that came or went has
// settled: what the start and ten thousand handshakes leave behind would else stay with the program
// until the collector has reason to look.
func (p *Program) giveBack(ctx context.Context) error {
	const crowd = 500 // watchers that make it worth a collection of some milliseconds
	settled, before := -crowd, 0
	look := time.NewTicker(3 * time.Second)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		now := p.Hub.Watchers()
		calm := max(now-before, before-now) < crowd/10 // some always come and go
		if calm && max(now-settled, settled-now) >= crowd {
			debug.FreeOSMemory()
			settled = now
		}
		before = now
	}
}

// Close closes what Open opened: what is derived first, the record last. It is safe on a half-opened one.
func (p *Program) Close() error {
	var errs []error
	if p.shared != nil {
		errs = append(errs, p.shared.Main.Close())
	}
	if p.engine != nil {
		errs = append(errs, p.engine.Close())
	}
	if p.images != nil {
		errs = append(errs, p.images.Close())
	}
	if p.redis != nil {
		errs = append(errs, p.redis.Close())
	}
	if p.Record != nil {
		errs = append(errs, p.Record.Close())
	}
	return errors.Join(errs...)
}
