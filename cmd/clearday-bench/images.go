package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// What a reader asks for: pictures as wide as those on the paper's page, one after the other.
const (
	imageWidth = 1200
	readPages  = 20

	afterPublication = 3 * time.Second // the index and the meeting's pack are being made until then
)

// pageImages measures how long the pictures of a long paper take: of its first page, which nobody asked for before, of those that a reader
// turns to at once, and of one that is kept; against pdftoppm alone at the same size.
func pageImages(ctx context.Context, b *bench) (err error) {
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
	var first, next, leafed, cached, alone []time.Duration
	for n := range b.times(5, 2) {
		file, err := newWriter(uint64(400+n)).paper("Integrated annual report", longPaper, "")
		if err != nil {
			return err
		}
		id, err := a.published(ctx, s.items[0], fmt.Sprintf("Report with pictures %d", n), file)
		if err != nil {
			return err
		}
		select {
		case <-time.After(afterPublication):
		case <-ctx.Done():
			return ctx.Err()
		}
		path := b.data("pictures.pdf")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			return fmt.Errorf("writing the paper: %w", err)
		}
		for page := 1; page <= readPages; page++ {
			took, err := a.picture(ctx, id, page)
			if err != nil {
				return err
			}
			if page == 1 {
				first = append(first, took)
			} else {
				next = append(next, took)
			}
			if took, err = a.picture(ctx, id, page); err != nil {
				return err
			}
			cached = append(cached, took)
			if took, err = pdftoppm(ctx, path, page); err != nil {
				return err
			}
			alone = append(alone, took)
		}
		for page := longPaper / 2; page < longPaper/2+readPages; page++ {
			took, err := a.picture(ctx, id, page)
			if err != nil {
				return err
			}
			leafed = append(leafed, took)
		}
	}
	b.report.note("Page images: JPEG, %d pixels wide, of a PDF of %d pages of about 400 words, a new one in each run, asked for a few seconds after its publication; medians of the first page, and of the %d that follow, each asked for as soon as the page before and the yardstick for it were done, so that a picture which is drawn ahead may be ready. Leafing through asks for %d pages from the middle on without a moment between. Kept is the same picture once more. pdftoppm draws the same page by itself.", imageWidth, longPaper, readPages-1, readPages)
	yard := medianTime(alone)
	for _, r := range []struct {
		what  string
		times []time.Duration
		aim   time.Duration
	}{{"First page image of 190 pages", first, 300 * time.Millisecond}, {"Next page images", next, 100 * time.Millisecond}, {"Leafing through without a pause, each page image", leafed, 100 * time.Millisecond}, {"Page image that is kept", cached, 5 * time.Millisecond}} {
		took := medianTime(r.times)
		b.report.add(row{what: r.what, figure: fine(took), yardstick: fine(yard) + " (pdftoppm)", ratio: share(took.Seconds(), yard.Seconds()), aim: "at most " + seconds(r.aim), met: took <= r.aim})
	}
	return nil
}

// fine writes a short time with a tenth of a millisecond.
func fine(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
}

// published uploads a paper and publishes it.
func (a api) published(ctx context.Context, item, title string, file []byte) (string, error) {
	p, err := a.upload(ctx, item, "report.pdf", title, file)
	if err != nil {
		return "", err
	}
	if err := a.awaitReady(ctx, p); err != nil {
		return "", err
	}
	return p.ID, a.do(ctx, http.MethodPost, "/papers/"+p.ID+"/publish", map[string]any{}, nil)
}

// picture times the request for the image of a page, to its last byte.
func (a api) picture(ctx context.Context, id string, page int) (time.Duration, error) {
	begun := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/papers/%s/v/1/pages/%d.jpg?w=%d", a.addr, id, page, imageWidth), nil)
	if err != nil {
		return 0, fmt.Errorf("asking for a page image: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("asking for a page image: %w", err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || n == 0 {
		return 0, fmt.Errorf("asking for a page image: answered %d with %d bytes: %w", resp.StatusCode, n, err)
	}
	return time.Since(begun), nil
}

// pdftoppm times the yardstick: an A4 page at the same size.
func pdftoppm(ctx context.Context, path string, page int) (time.Duration, error) {
	n := strconv.Itoa(page)
	begun := time.Now()
	cmd := exec.CommandContext(ctx, "pdftoppm", "-jpeg", "-cropbox", "-f", n, "-l", n, "-scale-to-x", strconv.Itoa(imageWidth), "-scale-to-y", "-1", path)
	if out, err := cmd.Output(); err != nil || len(out) == 0 {
		return 0, fmt.Errorf("running pdftoppm: %d bytes: %w", len(out), err)
	}
	return time.Since(begun), nil
}
