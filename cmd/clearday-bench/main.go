// Command clearday-bench measures the built program against yardsticks in the same run. It starts
// `clearday serve` on free loopback ports with a data directory of its own, makes its data by the
// API, measures, stops what it started, and writes a table in Markdown. Load, yardsticks and the
// crowd of watchers are this same binary in processes of their own (children.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 2 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](os.Stdin, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "clearday-bench %s: %v\n", os.Args[1], err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "clearday-bench:", err)
		os.Exit(1)
	}
}

// measurement is one thing that is measured. What it needs it starts and stops by itself.
type measurement struct {
	name string
	run  func(context.Context, *bench) error
}

var measurements = []measurement{
	{"footprint", footprint},
	{"cached", cachedPages},
	{"uncached", uncachedPages},
	{"paper", paperToSearch},
	{"search", searched},
	{"images", pageImages},
	{"packs", packTimes},
	{"archive", archiveTimes},
	{"sockets", idleSockets},
	{"live", live},
	{"burst", burst},
	{"crowd", crowded},
	{"supports", supported},
	{"restart", restarted},
	{"three", joined},
}

// bench is one run: what was asked for, and what came out so far.
type bench struct {
	binary string   // the program that is measured
	env    []string // further settings of the programs
	under  []string // starts the program, when it is not started by itself
	quick  bool     // fewer and shorter, to see that it works; the figures are rough
	dir    string   // temporary; holds the data directories
	made   site     // see filled
	plain  plainly
	report report
}

func run(ctx context.Context, args []string) error {
	if len(args) > 1 && args[0] == "preflight" {
		return checkFolders(ctx, args[1:], os.Stdout)
	}
	flags := flag.NewFlagSet("clearday-bench", flag.ContinueOnError)
	binary := flags.String("clearday", "bin/clearday", "the program to measure")
	out := flags.String("out", "bench.md", "where to write the table")
	only := flags.String("only", "", "measure these alone, separated by commas: "+names())
	quick := flags.Bool("quick", false, "fewer and shorter runs, for a rough look")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "clearday-bench-")
	if err != nil {
		return fmt.Errorf("making a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // temporary: nothing depends on it
	b := &bench{binary: *binary, quick: *quick, dir: dir, report: report{Command: "clearday-bench " + strings.Join(args, " ")}}
	b.report.Machine = machine(ctx)
	start := time.Now()
	for _, m := range chosen {
		fmt.Fprintf(os.Stderr, "%s ...\n", m.name)
		if ferr := m.run(ctx, b); ferr != nil {
			err = errors.Join(err, fmt.Errorf("measuring %s: %w", m.name, ferr))
			b.report.note("%s was not measured: %v", m.name, ferr)
		}
	}
	b.report.Took = time.Since(start)
	text := b.report.markdown()
	fmt.Print(text)
	if werr := os.WriteFile(*out, []byte(text), 0o644); werr != nil {
		err = errors.Join(err, fmt.Errorf("writing the table: %w", werr))
	}
	return err
}

func names() string {
	var list []string
	for _, m := range measurements {
		list = append(list, m.name)
	}
	return strings.Join(list, ", ")
}

func choose(only string) ([]measurement, error) {
	if only == "" {
		return measurements, nil
	}
	var list []measurement
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(measurements, func(m measurement) bool { return m.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no measurement %q", name)
		}
		list = append(list, measurements[i])
	}
	return list, nil
}

// times gives n, or the smaller number of a quick run.
func (b *bench) times(n, quick int) int {
	if b.quick {
		return quick
	}
	return n
}
