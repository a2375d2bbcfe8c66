package main

import (
	"context"
	"fmt"
	"net"

	"clearday/cmd/clearday/demo"
	"clearday/cmd/clearday/program"
	"clearday/server/auth"
	"clearday/static"
)

// serve starts the program and runs it until a signal.
func serve(ctx context.Context, e env, args []string) error {
	withDemo := len(args) == 1 && args[0] == "--demo"
	if len(args) > 0 && !withDemo {
		return usageError("usage: clearday serve [--demo]")
	}
	if err := static.Check(); err != nil {
		return err
	}
	if withDemo {
		if err := demo.Prepare(ctx, e.cfg, e.now, e.log); err != nil {
			return fmt.Errorf("loading the demo: %w", err)
		}
	}
	ln, err := net.Listen("tcp", e.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s (set CLEARDAY_LISTEN to use another): %w", e.cfg.Listen, err)
	}
	base := baseURL(e, ln)
	p, err := program.Open(ctx, e.cfg, base, e.now, e.log)
	if err != nil {
		return fmt.Errorf("starting: %w", err)
	}
	fmt.Fprintf(e.out, "Clearday is at %s\n", base)
	if withDemo {
		if err := printLinks(ctx, e, p, base); err != nil {
			return err
		}
	}
	err = p.Serve(ctx, ln)
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return err
}

// printLinks prints fresh one-time links for the people of the demo.
func printLinks(ctx context.Context, e env, p *program.Program, base string) error {
	for _, person := range demo.People {
		u, err := p.Record.UserByEmail(ctx, person.Email)
		if err != nil {
			continue // not the demo's record, or the demo's people were removed
		}
		link, err := newLink(ctx, e, p.Record, u.ID, base)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Sign in as the demo's %s, once: %s\n", person.Role, link)
	}
	return nil
}

func newLink(ctx context.Context, e env, record auth.Store, user, base string) (string, error) {
	l, secret := auth.NewLink(user, e.now())
	if err := record.AddLink(ctx, l); err != nil {
		return "", fmt.Errorf("making a sign-in link: %w", err)
	}
	return base + "/sign-in/" + secret, nil
}

// baseURL is the address that people type, or a local one when none is set.
func baseURL(e env, ln net.Listener) string {
	if e.cfg.PublicURL != nil {
		return e.cfg.PublicURL.String()
	}
	_, port, err := net.SplitHostPort(e.cfg.Listen)
	if ln != nil {
		_, port, err = net.SplitHostPort(ln.Addr().String())
	}
	if err != nil {
		port = "8080"
	}
	return "http://localhost:" + port
}
