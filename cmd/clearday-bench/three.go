package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// three are three programs on one PostgreSQL and one Redis, and their watchers.
type three struct {
	b        *bench
	programs []*process
	crowds   []*audience
	redis    *exec.Cmd
	port     string // of Redis
	desk     desk
	watchers int
}

// joined measures a meeting at three programs: as it goes, when one is killed and started again, when Redis
// is lost for ten seconds, and when it is back.
func joined(ctx context.Context, b *bench) (err error) {
	database, drop, err := schema(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	s := &three{b: b, watchers: b.times(3_000, 600)}
	defer func() { err = errors.Join(err, s.end()) }()
	if s.port, err = freePort(); err != nil {
		return err
	}
	if err := s.startRedis(ctx); err != nil {
		return err
	}
	key := strings.Repeat("5a", 32) // of this run alone
	b.env = []string{"CLEARDAY_DATABASE_URL=" + database, "CLEARDAY_REDIS_URL=redis://127.0.0.1:" + s.port, "CLEARDAY_SITE_KEY=" + key, "CLEARDAY_LOG_KEY=" + key}
	defer func() { b.env = nil }()
	if err := s.open(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		aim  time.Duration // 0: none, who comes back is late
		do   func(context.Context) error
	}{
		{"", 350 * time.Millisecond, nil},
		{", one killed and started again", 0, s.killProgram},
		{", Redis lost for 10 s", 2 * time.Second, s.loseRedis},
		{", Redis back", 350 * time.Millisecond, nil},
	} {
		if err := s.measure(ctx, part.name, part.aim, part.do); err != nil {
			return err
		}
	}
	b.report.note("Three programs: one PostgreSQL, one Redis, %s watchers in three parts, all on this machine; 20 events/s by the API of one program. Lateness is from the time that the record gave the event until a watcher has read it. Killed: kill -9, and the program again at its address; its watchers come back with the pauses of the room's page, with since. Lost: kill -9 of Redis, which is started again after 10 s at the same port.",
		thousands(float64(s.watchers)))
	return nil
}

// schema makes a schema of its own in the PostgreSQL of the test set-up.
func schema(ctx context.Context) (address string, drop func() error, err error) {
	given := os.Getenv("CLEARDAY_TEST_DATABASE_URL")
	if given == "" {
		return "", nil, errors.New("CLEARDAY_TEST_DATABASE_URL names no PostgreSQL (.ci/with-postgres)")
	}
	db, err := sql.Open("pgx", given)
	if err != nil {
		return "", nil, fmt.Errorf("opening PostgreSQL: %w", err)
	}
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA bench"); err != nil {
		return "", nil, errors.Join(fmt.Errorf("making a schema: %w", err), db.Close())
	}
	drop = func() error {
		_, err := db.ExecContext(context.WithoutCancel(ctx), "DROP SCHEMA bench CASCADE")
		return errors.Join(err, db.Close())
	}
	u, err := url.Parse(given)
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("reading the address of PostgreSQL: %w", err), drop())
	}
	q := u.Query()
	q.Set("search_path", "bench")
	u.RawQuery = q.Encode()
	return u.String(), drop, nil
}

func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a port: %w", err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return port, err
}

func (s *three) startRedis(ctx context.Context) error {
	s.redis = exec.CommandContext(ctx, "redis-server", "--bind", "127.0.0.1", "--port", s.port, "--save", "", "--dir", s.b.dir)
	if err := s.redis.Start(); err != nil {
		return fmt.Errorf("starting redis-server: %w", err)
	}
	return nil
}

// open makes the data and starts the programs with their watchers.
func (s *three) open(ctx context.Context) error {
	made, err := s.b.site(ctx, "three")
	if err != nil {
		return fmt.Errorf("making the data: %w", err)
	}
	for i := range 3 {
		data := made.data
		if i > 0 {
			data = s.b.data(fmt.Sprintf("three-%d", i))
		}
		p, err := s.b.serve(ctx, data, "")
		if err != nil {
			return err
		}
		s.programs = append(s.programs, p)
		if i == 0 {
			s.desk = desk{api: api{p.addr, made.secretary}, site: made, workers: 4}
			if err := s.desk.open(ctx); err != nil {
				return err
			}
		}
		a, err := gather(ctx, p.addr, made.socketPath(), s.watchers/3, 10*i, true)
		if err != nil {
			return err
		}
		s.crowds = append(s.crowds, a)
	}
	return pause(ctx, 6*time.Second)
}

// measure makes events for a while, with something happening, and waits until each watcher has all.
func (s *three) measure(ctx context.Context, name string, aim time.Duration, happens func(context.Context) error) error {
	if _, err := s.all(watchTask{}); err != nil { // what was before does not count
		return err
	}
	n := 20 * s.b.times(15, 12)
	did := make(chan error, 1)
	go func() {
		if happens == nil {
			did <- nil
			return
		}
		did <- happens(ctx)
	}()
	last, err := s.desk.hear(ctx, n, 50*time.Millisecond)
	if err := errors.Join(err, <-did); err != nil {
		return err
	}
	got, err := s.all(watchTask{Until: last, Wait: time.Minute})
	if err != nil {
		return err
	}
	what := fmt.Sprintf("Three programs, %s watchers, 20 events/s%s", thousands(float64(s.watchers)), name)
	want := n * s.watchers
	all := got.Missing == 0 && got.Gaps == 0 && (got.Delivered == want || got.Hellos > 0)
	s.b.report.add(row{what: what + ", delivered in order", figure: thousands(float64(got.Delivered)), aim: "all " + thousands(float64(want)), met: all})
	if late := got.Late.percentile(99); aim > 0 {
		s.b.report.add(row{what: what + ", 99 of 100 within", figure: millis(late), aim: "at most " + millis(aim), met: late <= aim && all})
	}
	return nil
}

func (s *three) all(t watchTask) (sum watchAnswer, err error) {
	return (&audience{children: s.children()}).do(t)
}

func (s *three) children() (list []*running) {
	for _, a := range s.crowds {
		list = append(list, a.children...)
	}
	return list
}

func (s *three) killProgram(ctx context.Context) error {
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	p := s.programs[2]
	_ = p.cmd.Process.Kill() // it runs: stop says otherwise
	if err := p.stop(); err != nil {
		return err
	}
	again, err := s.b.serveAt(ctx, p.addr, s.b.data("three-2"), "")
	if err == nil {
		s.programs[2] = again
	}
	return err
}

func (s *three) loseRedis(ctx context.Context) error {
	s.killRedis()
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	return s.startRedis(ctx)
}

func (s *three) killRedis() {
	_ = s.redis.Process.Kill() // it may be gone, and Wait tells only that it was killed
	_ = s.redis.Wait()
}

func (s *three) end() error {
	var errs []error
	for _, a := range s.crowds {
		errs = append(errs, a.end())
	}
	for _, p := range s.programs {
		errs = append(errs, p.stop())
	}
	if s.redis != nil && s.redis.Process != nil {
		s.killRedis()
	}
	return errors.Join(errs...)
}
