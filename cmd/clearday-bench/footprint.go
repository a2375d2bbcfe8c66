package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// footprint measures what the program needs at rest: its size, how long it takes to start and its
// memory, with the demo loaded.
func footprint(ctx context.Context, b *bench) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return fmt.Errorf("looking at the binary: %w", err)
	}
	b.report.add(row{what: "Size of the binary", figure: megabytes(info.Size()), aim: "at most 60 MB", met: info.Size() <= 60e6})
	data := b.data("demo")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	first, err := b.serve(ctx, data, "", "--demo")
	if err != nil {
		return err
	}
	loading := time.Since(first.began)
	if err := errors.Join(pause(ctx, 3*time.Second), first.stop()); err != nil { // search has followed by then
		return err
	}
	var starts []time.Duration
	for range b.times(5, 3) {
		p, err := b.serve(ctx, data, "", "--demo")
		if err != nil {
			return err
		}
		starts = append(starts, time.Since(p.began))
		if err := p.stop(); err != nil {
			return err
		}
	}
	b.report.add(row{what: "Start to ready, with the demo", figure: seconds(medianTime(starts)), aim: "at most 1 s", met: medianTime(starts) <= time.Second})
	b.report.note("Start: from the start of the process to the first 200 of /readyz, with the demo loaded before; median of %d, the longest %s. Loading the demo, once: %s.", len(starts), seconds(percentile(starts, 100)), seconds(loading))
	return b.idle(ctx, data)
}

func (b *bench) idle(ctx context.Context, data string) (err error) {
	p, err := b.serve(ctx, data, "", "--demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := pause(ctx, time.Until(p.began.Add(5*time.Second))); err != nil {
		return err
	}
	resident, own, err := p.memory()
	if err != nil {
		return err
	}
	b.report.add(row{what: "Idle memory, with the demo", figure: megabytes(resident), aim: "at most 100 MB", met: resident <= 100e6})
	b.report.note("Idle memory: VmRSS 5 s after the start, of which %s its own and the rest pages of mapped files.", megabytes(own))
	return nil
}
