package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clearday/cmd/clearday/importer"
	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/papers/office"
	"clearday/papers/pdf"
	"clearday/server/blob"
)

const importUsage = usageError("usage: clearday import DIR --board SLUG [--dry-run] [--as-published] [--report FILE.csv|FILE.json]")

// importOptions are how an archive is brought in.
type importOptions struct {
	dir, board, report  string
	dryRun, asPublished bool
}

// importArchive brings an archive of papers in. It writes the record; a program that serves it follows the acts.
func importArchive(ctx context.Context, e env, args []string) error {
	o, err := parseImport(args)
	if err != nil {
		return err
	}
	im, done, err := openImport(ctx, e, o)
	if err != nil {
		return err
	}
	defer done()
	report, err := im.Run(ctx)
	if report == nil {
		return err
	}
	report.Print(e.out)
	if o.report != "" {
		err = errors.Join(err, writeReport(report, o.report))
	}
	if err == nil {
		return nil
	}
	fmt.Fprintf(e.out, "\nThe import stopped early. What was brought in stays. To go on, run the same command again: it passes over what is in.\n")
	if ctx.Err() != nil {
		return errors.New("stopped")
	}
	return err
}

func openImport(ctx context.Context, e env, o importOptions) (im *importer.Import, done func(), err error) {
	if info, err := os.Stat(o.dir); err != nil || !info.IsDir() {
		return nil, nil, usageError(fmt.Sprintf("%q is not a folder", o.dir))
	}
	if e.cfg.Data, err = filepath.Abs(e.cfg.Data); err != nil { // children run in other folders
		return nil, nil, fmt.Errorf("naming the data directory: %w", err)
	}
	tools, err := pdf.New(pdf.Limits{MaxOutput: importer.MostText})
	if err != nil {
		return nil, nil, err
	}
	record, err := program.OpenRecord(ctx, e.cfg, e.now)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the record: %w", err)
	}
	done = func() { _ = record.Close() }
	files, err := blob.Open(filepath.Join(e.cfg.Data, "files"))
	if err != nil {
		done()
		return nil, nil, err
	}
	im = &importer.Import{Record: record, Files: files, Tools: tools, Office: office.New(office.ToolLimits{}), Dir: o.dir, Now: e.now, Log: e.log,
		DryRun: o.dryRun, AsPublished: o.asPublished, Skip: o.report, Progress: e.err}
	if im.Board, err = record.Board(ctx, o.board); errors.Is(err, papers.ErrNotFound) {
		err = usageError(fmt.Sprintf("there is no board %q: add it at the desk first", o.board))
	}
	if err == nil {
		im.Site, err = record.Site(ctx)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return im, done, nil
}

func parseImport(args []string) (o importOptions, err error) {
	for len(args) > 0 {
		flag, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		if takes := flag == "--board" || flag == "--report"; takes && !joined {
			if len(args) == 0 {
				return o, importUsage
			}
			value, args = args[0], args[1:]
		}
		switch {
		case flag == "--board":
			o.board = value
		case flag == "--report":
			o.report = value
		case flag == "--dry-run" && !joined:
			o.dryRun = true
		case flag == "--as-published" && !joined:
			o.asPublished = true
		case !strings.HasPrefix(flag, "-") && o.dir == "":
			o.dir = flag
			if joined {
				o.dir += "=" + value
			}
		default:
			return o, importUsage
		}
	}
	if o.dir == "" || o.board == "" {
		return o, importUsage
	}
	return o, nil
}

func writeReport(r *importer.Report, name string) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := errors.Join(r.Write(f, name), f.Close()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
