package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

// site is the data that is measured: the demo, and a board with a meeting of 40 items of a paper each.
type site struct {
	data      string // directory
	secretary string // token
	meeting   string // slug
	items     []string
	short     string // slug of a second meeting, without papers
}

const agendaItems = 40

// filled gives the site with its data, which is made the first time.
func (b *bench) filled(ctx context.Context) (site, error) {
	if b.made.data != "" {
		return b.made, nil
	}
	s, err := b.site(ctx, "site")
	if err != nil {
		return s, fmt.Errorf("making the data: %w", err)
	}
	b.made = s
	return s, nil
}

// site makes the data in a directory of its own and stops the program again.
func (b *bench) site(ctx context.Context, name string) (s site, err error) {
	s.data = b.data(name)
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return s, fmt.Errorf("making the data directory: %w", err)
	}
	p, err := b.serve(ctx, s.data, "", "--demo")
	if err != nil {
		return s, err
	}
	defer func() {
		if serr := p.stop(); err == nil {
			err = serr
		}
	}()
	admin, err := b.token(ctx, s.data, "admin")
	if err != nil {
		return s, err
	}
	if s.secretary, err = b.token(ctx, s.data, "secretary"); err != nil {
		return s, err
	}
	board := map[string]any{"name": "Board of Measures", "slug": "board-of-measures", "question_rules": map[string]any{"support": true}}
	if err := (api{p.addr, admin}).do(ctx, http.MethodPost, "/boards", board, nil); err != nil {
		return s, err
	}
	return s, s.fill(ctx, api{p.addr, s.secretary})
}

// fill makes the meeting and publishes it.
func (s *site) fill(ctx context.Context, a api) error {
	var m struct {
		Slug string `json:"slug"`
	}
	at := time.Now().AddDate(0, 0, 14).UTC().Format(time.RFC3339)
	body := map[string]any{"board": "board-of-measures", "starts_at": at, "venue": "Town Hall"}
	if err := a.do(ctx, http.MethodPost, "/meetings", body, &m); err != nil {
		return err
	}
	s.meeting = m.Slug
	write := newWriter(1)
	purposes := []string{"decision", "discussion", "assurance", "information"}
	for i := range agendaItems {
		var item struct {
			ID string `json:"id"`
		}
		title := write.title()
		body := map[string]any{"title": title, "purpose": purposes[i%4], "lead": write.person(), "minutes": 5 + i%4*5}
		if err := a.do(ctx, http.MethodPost, "/meetings/"+m.Slug+"/items", body, &item); err != nil {
			return err
		}
		s.items = append(s.items, item.ID)
		file, err := write.paper(title, 3, "")
		if err != nil {
			return err
		}
		p, err := a.upload(ctx, item.ID, fmt.Sprintf("%02d-report.pdf", i+1), title, file)
		if err != nil {
			return err
		}
		if err := a.awaitReady(ctx, p); err != nil {
			return err
		}
	}
	var done struct {
		Included []any `json:"included"`
	}
	if err := a.do(ctx, http.MethodPost, "/meetings/"+m.Slug+"/publish", map[string]any{}, &done); err != nil {
		return err
	}
	if len(done.Included) < agendaItems {
		return fmt.Errorf("publishing the meeting included %d of %d papers", len(done.Included), agendaItems)
	}
	return s.addShort(ctx, a)
}

func (s *site) addShort(ctx context.Context, a api) error {
	var m struct {
		Slug string `json:"slug"`
	}
	at := time.Now().AddDate(0, 0, 15).UTC().Format(time.RFC3339)
	if err := a.do(ctx, http.MethodPost, "/meetings", map[string]any{"board": "board-of-measures", "starts_at": at, "venue": "Town Hall"}, &m); err != nil {
		return err
	}
	s.short = m.Slug
	return a.do(ctx, http.MethodPost, "/meetings/"+m.Slug+"/announce", nil, nil)
}
