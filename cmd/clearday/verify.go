package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"clearday/papers"
	"clearday/papers/publog"
)

// verify proves a receipt, and the file that it is about, without a connection.
func verify(_ context.Context, e env, args []string) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("file", "", "")
	key := flags.String("key", "", "")
	receipt, err := nameAndFlags(flags, args)
	if err != nil || receipt == "" {
		return usageError("usage: clearday verify RECEIPT [--file FILE] [--key KEY]")
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	r, err := publog.ParseReceipt(text)
	if err != nil {
		return notProven(err)
	}
	trusted := *key
	if trusted == "" {
		trusted = r.Key
	}
	log, err := note.NewVerifier(trusted)
	if err != nil {
		return notProven(fmt.Errorf("the key %q cannot be read: %w", trusted, err))
	}
	p, err := r.Verify(log)
	if err != nil {
		return notProven(err)
	}
	if *file != "" {
		if err := sameFile(p.Act, *file); err != nil {
			return notProven(err)
		}
	}
	fmt.Fprintln(e.out, proven(p, *file))
	if *key == "" {
		fmt.Fprintf(e.out, "The receipt names its own key. Compare it with the one on the publisher's page of the log, or give the one that you know with --key:\n%s\n", r.Key)
	}
	return nil
}

// nameAndFlags reads one name and flags in any order.
func nameAndFlags(flags *flag.FlagSet, args []string) (name string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return "", err
		}
		if args = flags.Args(); len(args) > 0 {
			if name != "" {
				return "", fmt.Errorf("one name, not %q too", args[0])
			}
			name, args = args[0], args[1:]
		}
	}
	return name, nil
}

func notProven(err error) error { return fmt.Errorf("NOT PROVEN: %w", err) }

// sameFile is an error unless the file is the one whose hash was logged.
func sameFile(a papers.Act, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	got := hex.EncodeToString(h.Sum(nil))
	switch want := a.Facts["sha256"]; {
	case want == "":
		return fmt.Errorf("the entry is about no file, but about %s (%s)", a.Subject, a.Kind)
	case got != want:
		return fmt.Errorf("%s is not the file that was published: its SHA-256 is %s, the log holds %s", path, got, want)
	}
	return nil
}

// proven says in one sentence what was shown.
func proven(p publog.Proven, file string) string {
	what := p.Act.Subject + " (" + string(p.Act.Kind) + ")"
	if v, ok := papers.VersionOf(p.Act.Subject); ok && p.Act.Kind == papers.ActPaperPublished {
		what = fmt.Sprintf("version %d of the paper %s was published", v.N, v.Paper)
		if title := p.Texts["title"]; title != "" {
			what = fmt.Sprintf("version %d of “%s” was published", v.N, title)
		}
	}
	with := ""
	if file != "" {
		with = ", with exactly the bytes of " + file
	}
	seen := "The time is as stated by the publisher: no witness has signed."
	if len(p.Seen) > 0 {
		var names []string
		for _, s := range p.Seen {
			names = append(names, s.Witness+" by "+s.At.Format("2 January 2006 15:04 UTC"))
		}
		seen = "Seen by " + strings.Join(names, ", ") + "."
	}
	return fmt.Sprintf("PROVEN: the log %s holds as entry %d of %d that %s at %s%s. %s", p.Checkpoint.Origin, p.Act.Number, p.Checkpoint.Size, what,
		p.Act.At.Format("2 January 2006 15:04:05 UTC"), with, seen)
}
