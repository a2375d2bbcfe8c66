// Command clearday is Clearday: it serves the site and holds the operator's commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // the zone of every meeting, wherever the program runs

	"clearday/papers"
	"clearday/server/config"
)

// gcPercent makes the program collect at half again of what it holds: a small machine has processor
// time to spare before it has memory (idle watcher: 9.0 to 8.4 kB).
const gcPercent = 50

func main() {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	var usage usageError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, "clearday:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "clearday:", err)
		os.Exit(1)
	}
}

// command is one command of the program.
type command struct {
	name, usage, about string
	run                func(context.Context, env, []string) error
}

// env is what a command works with.
type env struct {
	cfg      config.Config
	out, err io.Writer
	now      func() time.Time
	log      *slog.Logger
}

var commands = []command{
	{"serve", "serve [--demo]", "start; --demo loads the example partnership when there is no board yet", serve},
	{"import", "import DIR --board SLUG [--dry-run] [--as-published] [--report FILE]", "bring an archive of papers in; resumable; prints progress and a report of what needs a person", importArchive},
	{"user", "user add EMAIL --role ROLE [--board SLUG]... [--name NAME]", "print a one-time sign-in link; no --board means every board", user},
	{"token", "token add NAME --role ROLE [--board SLUG]...", "print an API token, once", token},
	{"verify", "verify RECEIPT [--file FILE] [--key KEY]", "prove a receipt, and the file that it is about, without a connection; 0 when it is proven", verify},
}

// usageError is a wrong call; its text says how to call.
type usageError string

func (e usageError) Error() string { return string(e) }

func run(ctx context.Context, args, environ []string, out, errOut io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(out, args)
		return nil
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		var cfg config.Config
		var err error
		if c.name != "verify" { // it is run anywhere, by people who have no settings and want no data directory
			cfg, err = config.Read(environ)
		}
		if err != nil {
			return err
		}
		e := env{cfg: cfg, out: out, err: errOut, now: time.Now, log: slog.New(slog.NewTextHandler(errOut, nil))}
		err = c.run(ctx, e, args[1:])
		if papers.CodeOf(err) != "" {
			return errors.New(err.Error()) // a sentence for people stands alone
		}
		return err
	}
	return usageError(fmt.Sprintf("there is no command %q: run clearday help", args[0]))
}

func help(w io.Writer, args []string) {
	if len(args) > 1 && args[1] == "settings" {
		config.Help(w)
		return
	}
	fmt.Fprintln(w, "Clearday publishes board papers, holds meetings in public, takes questions and keeps the record searchable.")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  clearday %s\n      %s\n", c.usage, c.about)
	}
	fmt.Fprintln(w, "  clearday help settings\n      list the settings, which come from the environment")
}
