package importer

import (
	"context"
	"fmt"
	"path"
	"time"

	"clearday/papers"
	"clearday/papers/archive"
)

// write commits what was read, in groups, until ready is closed.
func (im *Import) write(ctx context.Context, ready <-chan *document) error {
	for d := range ready {
		group, text := []*document{d}, d.size()
		wait := time.After(linger)
	gather:
		for len(group) < groupSize && text < groupText {
			select {
			case next, open := <-ready:
				if !open {
					break gather
				}
				group, text = append(group, next), text+next.size()
			case <-wait:
				break gather
			}
		}
		if err := im.commit(ctx, group); err != nil {
			return err
		}
	}
	return nil
}

// commit brings a group into the record.
func (im *Import) commit(ctx context.Context, group []*document) error {
	var list []papers.Archived
	var of []*document
	for _, d := range group {
		a, err := im.archived(d)
		if err != nil {
			im.settle(d.row, Refused, err.Error())
			continue
		}
		list, of = append(list, a), append(of, d)
	}
	settled, err := im.Record.AddArchive(ctx, list, papers.Change{By: papers.Actor{Name: "clearday import", Role: "operator"}})
	if err != nil {
		return fmt.Errorf("bringing papers into the record: %w", err)
	}
	for i, s := range settled {
		im.mu.Lock()
		of[i].row.settled(s, of[i].version)
		im.mu.Unlock()
	}
	return nil
}

// archived describes a document for the record.
func (im *Import) archived(d *document) (papers.Archived, error) {
	title, err := papers.Line("title of the paper", d.guess.Title, 300, true)
	if err != nil {
		return papers.Archived{}, err
	}
	m := papers.Meeting{Board: im.Board.Slug, Zone: im.Site.Location().String(), Mode: papers.InPerson}
	if d.guess.Date.Day == 0 {
		m.Title = "Papers of " + d.guess.Date.Month.String() + fmt.Sprintf(" %d", d.guess.Date.Year)
	}
	if m.StartsAt, err = begins(d.guess, im.Site.Location()); err != nil {
		return papers.Archived{}, err
	}
	if err := m.Tidy(); err != nil {
		return papers.Archived{}, err
	}
	return papers.Archived{Meeting: m, Item: d.guess.Kind.ItemTitle(), Folder: path.Dir(d.path), Title: title, Version: d.version, Texts: d.texts}, nil
}

// begins is when the meeting began, or the first moment of its day where that is not known.
func begins(g archive.Guess, zone *time.Location) (time.Time, error) {
	if g.Clock != "" {
		if t, err := papers.WallTime(g.Date.First(), g.Clock, zone); err == nil {
			return t, nil
		}
	}
	return papers.WallTime(g.Date.First(), "00:00", zone)
}
