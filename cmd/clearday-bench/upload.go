package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"time"
)

const longPaper = 190 // pages

// paperToSearch measures how long a long paper takes from its upload until a word of its last page
// is found, against pdftotext alone on the same file.
func paperToSearch(ctx context.Context, b *bench) (err error) {
	s, err := b.filled(ctx)
	if err != nil {
		return err
	}
	p, err := b.serve(ctx, s.data, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	a := api{p.addr, s.secretary}
	var send, read, find, total, alone []time.Duration
	for n := range b.times(5, 2) {
		word := fmt.Sprintf("kestrelbarrow%d", n)
		file, err := newWriter(uint64(100+n)).paper("Integrated annual report", longPaper, "The last word of this report is "+word+".")
		if err != nil {
			return err
		}
		text, err := b.pdftotext(ctx, file)
		if err != nil {
			return err
		}
		t, err := a.journey(ctx, s.items[n], word, file)
		if err != nil {
			return err
		}
		alone = append(alone, text)
		send, read = append(send, t[1].Sub(t[0])), append(read, t[2].Sub(t[1]))
		find, total = append(find, t[4].Sub(t[3])), append(total, t[2].Sub(t[1])+t[4].Sub(t[3]))
		if n == 0 {
			b.report.note("Paper: a PDF of %d pages of about 400 words, %s KiB, different in each of the runs; medians. The answer to an upload waits until the paper is read, so reading is in its time. In all is from the first byte of the upload until the page is found, without the moment between ready and asking for publication. Search is asked each 10 ms for a word of the last page. pdftotext runs alone before each upload.", longPaper, thousands(float64(len(file))/1024))
		}
	}
	up, yard := medianTime(send), medianTime(alone)
	whole := up + medianTime(total)
	aim := yard*3/2 + time.Second
	b.report.add(row{what: "Upload of the 190 pages, request and answer", figure: seconds(up)})
	b.report.add(row{what: "Upload answered to paper ready", figure: seconds(medianTime(read))})
	b.report.add(row{what: "Publication asked to last page found", figure: seconds(medianTime(find))})
	b.report.add(row{what: "Upload to searchable, in all", figure: seconds(whole), yardstick: seconds(yard) + " (pdftotext)", ratio: share(whole.Seconds(), yard.Seconds()),
		aim: fmt.Sprintf("at most 1.5 times and 1 s: %s", seconds(aim)), met: whole <= aim})
	return nil
}

// journey uploads, publishes and finds. It answers the moments: upload sent, upload answered, paper
// ready, publication sent, last page found.
func (a api) journey(ctx context.Context, item, word string, file []byte) (t [5]time.Time, err error) {
	t[0] = time.Now()
	p, err := a.upload(ctx, item, "annual-report.pdf", "Integrated annual report "+word, file)
	if err != nil {
		return t, err
	}
	t[1] = time.Now()
	if err := a.awaitReady(ctx, p); err != nil {
		return t, err
	}
	t[2] = time.Now()
	if found, err := a.finds(ctx, word, p.ID); err != nil || found {
		return t, errors.Join(err, fmt.Errorf("found before its publication: %v", found))
	}
	t[3] = time.Now()
	if err := a.do(ctx, http.MethodPost, "/papers/"+p.ID+"/publish", map[string]any{}, nil); err != nil {
		return t, err
	}
	err = until(ctx, "the last page is found", func() (bool, error) { return a.finds(ctx, word, p.ID) })
	t[4] = time.Now()
	return t, err
}

// pdftotext times the yardstick: the text of all pages and nothing else.
func (b *bench) pdftotext(ctx context.Context, file []byte) (time.Duration, error) {
	path := b.data("paper.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return 0, fmt.Errorf("writing the paper: %w", err)
	}
	begun := time.Now()
	if err := exec.CommandContext(ctx, "pdftotext", "-enc", "UTF-8", path, b.data("paper.txt")).Run(); err != nil {
		return 0, fmt.Errorf("running pdftotext: %w", err)
	}
	return time.Since(begun), nil
}
