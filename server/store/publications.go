package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/papers"
)

type publicationRow struct {
	bun.BaseModel `bun:"table:publications,alias:pu"`
	papers.Publication
}

func readPublications(ctx context.Context, from bun.IDB, narrow func(*bun.SelectQuery)) ([]papers.Publication, error) {
	var rows []publicationRow
	q := from.NewSelect().Model(&rows).OrderExpr("scheduled_at, created_at, id")
	narrow(q)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading publications: %w", err)
	}
	list := make([]papers.Publication, len(rows))
	for i, r := range rows {
		list[i] = r.Publication
	}
	return list, nil
}

func readPublication(ctx context.Context, from bun.IDB, id string) (papers.Publication, error) {
	return only(readPublications(ctx, from, func(q *bun.SelectQuery) { q.Where("id = ?", id) }))
}

// frozen is an Error of CodeConflict while a scheduled publication of the meeting holds what is to
// be changed. The caller holds the meeting.
func (tx *tx) frozen(ctx context.Context, m papers.Meeting, holds func(papers.Publication) bool) error {
	scheduled, err := tx.scheduled(ctx, m.Slug)
	if err != nil {
		return err
	}
	for _, p := range scheduled {
		if holds(p) {
			return papers.Errorf(papers.CodeConflict, "This is part of a publication planned for %s. Stop the publication first.", planned(p.ScheduledAt, m.Location()))
		}
	}
	return nil
}

// scheduled are the publications of a meeting that wait for their time.
func (tx *tx) scheduled(ctx context.Context, meeting string) ([]papers.Publication, error) {
	return readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ? AND state = 'scheduled'", meeting) })
}

// planned writes the moment of a publication as sentences name it.
func planned(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("Monday 2 January 2006, 3:04pm")
}

func holdsItem(id string) func(papers.Publication) bool {
	return func(p papers.Publication) bool {
		return slices.Contains(p.Items, id) || slices.ContainsFunc(p.Releases, func(r papers.Release) bool { return r.Item == id })
	}
}

func holdsPaper(id string) func(papers.Publication) bool {
	return func(p papers.Publication) bool {
		return slices.ContainsFunc(p.Versions, func(r papers.VersionRef) bool { return r.Paper == id })
	}
}

// Schedule implements papers.Store. It is an Error of CodeConflict when something of it changed
// since it was planned.
func (db *DB) Schedule(ctx context.Context, p papers.Publication, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		m, err := tx.lockMeeting(ctx, p.Meeting)
		if err != nil {
			return note{}, err
		}
		for _, id := range p.Items {
			if err := tx.frozen(ctx, m, holdsItem(id)); err != nil {
				return note{}, err
			}
		}
		for _, r := range p.Releases {
			if err := tx.frozen(ctx, m, holdsItem(r.Item)); r.Item != "" && err != nil {
				return note{}, err
			}
		}
		if err := tx.itemsFirst(ctx, m, p); err != nil {
			return note{}, err
		}
		if err := tx.parentFirst(ctx, p); err != nil {
			return note{}, err
		}
		p.State, p.ScheduledAt, p.CreatedAt, p.PublishedAt = papers.PublicationScheduled, inMicroseconds(p.ScheduledAt), tx.now, nil
		for _, r := range p.Versions {
			n, err := tx.exec(ctx, "freezing a version", `UPDATE versions SET state = 'scheduled', scheduled_at = ? WHERE paper = ? AND n = ? AND state = 'ready'
				AND paper IN (SELECT id FROM papers WHERE meeting = ? AND (NOT private OR id IN (?)))`, p.ScheduledAt, r.Paper, r.N, p.Meeting, released(p))
			if err != nil {
				return note{}, err
			}
			if n == 0 {
				return note{}, papers.Errorf(papers.CodeConflict, "A paper changed while you were looking: version %d of it is not ready any more. Look at the meeting again, then publish.", r.N)
			}
		}
		if _, err := tx.NewInsert().Model(&publicationRow{Publication: p}).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("scheduling a publication: %w", err)
		}
		return note{what: "scheduled a publication", subject: "meetings/" + p.Meeting + "/publications/" + p.ID, after: p}, nil
	})
}

// itemsFirst is an Error of CodeConflict when a paper of the publication would be public before its item.
func (tx *tx) itemsFirst(ctx context.Context, m papers.Meeting, p papers.Publication) error {
	waiting, err := tx.itemsToCome(ctx, p)
	if err != nil || len(waiting) == 0 {
		return err
	}
	scheduled, err := readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ? AND state = 'scheduled' AND id <> ?", m.Slug, p.ID) })
	if err != nil {
		return err
	}
	for _, item := range waiting {
		i := slices.IndexFunc(scheduled, holdsItem(item))
		if i < 0 {
			return papers.Errorf(papers.CodeConflict, "An item of these papers is not public. Publish it together with them.")
		}
		if scheduled[i].ScheduledAt.After(p.ScheduledAt) {
			return papers.Errorf(papers.CodeConflict, "An item of these papers becomes public on %s. Choose that time or a later one, or stop that publication.",
				planned(scheduled[i].ScheduledAt, m.Location()))
		}
	}
	return nil
}

// itemsToCome are the items of a publication's papers that are neither public nor part of it.
func (tx *tx) itemsToCome(ctx context.Context, p papers.Publication) ([]string, error) {
	if len(p.Versions) == 0 {
		return nil, nil
	}
	ids := make([]string, len(p.Versions))
	for i, r := range p.Versions {
		ids[i] = r.Paper
	}
	var items []string
	err := tx.NewRaw("SELECT DISTINCT i.id FROM items AS i JOIN papers AS p ON p.item = i.id WHERE i.published_at IS NULL AND p.id IN (?)", bun.List(ids)).Scan(ctx, &items)
	if err != nil {
		return nil, fmt.Errorf("reading the items of papers: %w", err)
	}
	return slices.DeleteFunc(items, func(id string) bool { return slices.Contains(p.Items, id) }), nil
}

// StopPublication implements papers.Store. One that is public already is an Error of CodeConflict.
func (db *DB) StopPublication(ctx context.Context, id string, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "stopping a publication", "UPDATE publications SET state = 'stopped' WHERE id = ? AND state = 'scheduled'", id)
		if err != nil {
			return note{}, err
		}
		p, err := readPublication(ctx, tx, id)
		if err != nil {
			return note{}, err
		}
		if n == 0 && p.State == papers.PublicationDone {
			return note{}, papers.Errorf(papers.CodeConflict, "This is public already and cannot be stopped. Withdraw the papers instead.")
		}
		if n == 0 {
			return note{}, errNothing
		}
		if err := tx.needed(ctx, p); err != nil {
			return note{}, err
		}
		for _, r := range p.Versions {
			_, err := tx.exec(ctx, "letting a version go", "UPDATE versions SET state = 'ready', scheduled_at = NULL WHERE paper = ? AND n = ? AND state = 'scheduled'", r.Paper, r.N)
			if err != nil {
				return note{}, err
			}
		}
		return note{what: "stopped the publication", subject: "meetings/" + p.Meeting + "/publications/" + id, before: papers.PublicationScheduled, after: p.State}, nil
	})
}

// needed is an Error of CodeConflict when papers that are scheduled wait for the items of a publication
// that was just stopped.
func (tx *tx) needed(ctx context.Context, stopped papers.Publication) error {
	m, err := tx.lockMeeting(ctx, stopped.Meeting)
	if err != nil {
		return err
	}
	scheduled, err := readPublications(ctx, tx, func(q *bun.SelectQuery) { q.Where("meeting = ? AND state = 'scheduled'", stopped.Meeting) })
	if err != nil {
		return err
	}
	for _, p := range scheduled {
		waiting, err := tx.itemsToCome(ctx, p)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(waiting, func(id string) bool { return slices.Contains(stopped.Items, id) }) {
			return papers.Errorf(papers.CodeConflict, "Papers planned for %s need the items of this publication. Stop those first.", planned(p.ScheduledAt, m.Location()))
		}
	}
	return nil
}

// Publications implements papers.Store, in the order of their moments.
func (db *DB) Publications(ctx context.Context, meeting string) ([]papers.Publication, error) {
	return readPublications(ctx, db.r, func(q *bun.SelectQuery) { q.Where("meeting = ?", meeting) })
}

// DuePublications implements papers.Store.
func (db *DB) DuePublications(ctx context.Context, by time.Time) ([]papers.Publication, error) {
	return readPublications(ctx, db.r, func(q *bun.SelectQuery) { q.Where("state = 'scheduled' AND scheduled_at <= ?", by) })
}

// Publish implements papers.Store. Whoever moves the row from scheduled to done publishes; a second
// caller waits for that commit, finds the row done, and changes nothing. A crash before the commit
// leaves it scheduled, to be found again. Before its time it is an Error of CodeConflict.
func (db *DB) Publish(ctx context.Context, id string, c papers.Change) (papers.Publication, error) {
	var p papers.Publication
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		n, err := tx.exec(ctx, "publishing", "UPDATE publications SET state = 'done', published_at = ?, failure = '' WHERE id = ? AND state = 'scheduled'", tx.now, id)
		if err != nil {
			return note{}, err
		}
		if p, err = readPublication(ctx, tx, id); err != nil {
			return note{}, err
		}
		if n == 0 {
			return note{}, errNothing
		}
		if p.ScheduledAt.After(tx.now) {
			return note{}, papers.Errorf(papers.CodeConflict, "This publication is planned for later. Stop it first, then publish.")
		}
		if err := tx.publish(ctx, &p); err != nil {
			return note{}, err
		}
		if err := tx.tell(ctx, p, papers.OutcomeDone, p.Outcome()); err != nil {
			return note{}, err
		}
		tx.numbered = func(acts []papers.Act) error { return tx.nameActs(ctx, &p, acts) }
		return note{what: "published", subject: "meetings/" + p.Meeting + "/publications/" + p.ID, after: p}, nil
	})
	return p, err
}

// publish makes everything of the publication public, and drops the acts of what turned out not to. A
// version that was overtaken moves from what the publication holds to what it left out.
func (tx *tx) publish(ctx context.Context, p *papers.Publication) error {
	m, err := tx.lockMeeting(ctx, p.Meeting)
	if err != nil {
		return err
	}
	waiting, err := tx.itemsToCome(ctx, *p)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		return papers.Errorf(papers.CodeConflict, "These papers wait for their items, which are part of a publication that is not done yet.")
	}
	if err := tx.publishMeeting(ctx, m, *p); err != nil {
		return err
	}
	if len(p.Items) > 0 {
		_, err := tx.exec(ctx, "publishing items", "UPDATE items SET published_at = ? WHERE meeting = ? AND published_at IS NULL AND id IN (?)",
			tx.now, p.Meeting, bun.List(p.Items))
		if err != nil {
			return err
		}
	}
	if err := tx.release(ctx, *p); err != nil {
		return err
	}
	happened := map[string]papers.Kind{}
	var overtaken []papers.VersionRef
	for _, r := range p.Versions {
		late, err := tx.publishVersion(ctx, r, happened)
		if err != nil {
			return err
		}
		if late {
			overtaken = append(overtaken, r)
		}
	}
	if err := tx.leaveOut(ctx, p, overtaken); err != nil {
		return err
	}
	if err := tx.countSupplement(ctx, m, p); err != nil {
		return err
	}
	if err := tx.numberPack(ctx, p.Meeting, papers.PublicSeries); err != nil {
		return err
	}
	tx.acts = slices.DeleteFunc(tx.acts, func(a papers.Act) bool {
		if strings.HasPrefix(a.Subject, "papers/") {
			return happened[a.Subject] != a.Kind
		}
		return a.Kind == papers.ActMeetingAnnounced && m.AnnouncedAt != nil // another publication did that meanwhile
	})
	return nil
}

func (tx *tx) publishMeeting(ctx context.Context, m papers.Meeting, p papers.Publication) error {
	if p.Announces && m.AnnouncedAt == nil {
		m.AnnouncedAt = &tx.now
		if m.State == papers.MeetingPlanned {
			m.State = papers.MeetingAnnounced
		}
	}
	if p.Agenda && m.PublishedAt == nil {
		m.PublishedAt = &tx.now
		if m.State == papers.MeetingAnnounced {
			m.State = papers.MeetingPublished
		}
	}
	_, err := tx.exec(ctx, "publishing a meeting", "UPDATE meetings SET announced_at = ?, published_at = ?, state = ? WHERE slug = ?",
		m.AnnouncedAt, m.PublishedAt, m.State, m.Slug)
	return err
}

// leaveOut says in the publication that versions of it did not become public after all.
func (tx *tx) leaveOut(ctx context.Context, p *papers.Publication, overtaken []papers.VersionRef) error {
	if len(overtaken) == 0 {
		return nil
	}
	for _, r := range overtaken {
		paper, err := readPaper(ctx, tx, papers.Insider, r.Paper)
		if err != nil {
			return err
		}
		p.LeftOut = append(p.LeftOut, papers.LeftOut{Paper: r.Paper, Title: paper.Title, Reason: papers.ReasonOvertaken})
	}
	p.Versions = slices.DeleteFunc(p.Versions, func(r papers.VersionRef) bool { return slices.Contains(overtaken, r) })
	if _, err := tx.NewUpdate().Model(&publicationRow{Publication: *p}).Column("versions", "left_out").Where("id = ?", p.ID).Exec(ctx); err != nil {
		return fmt.Errorf("leaving out a version: %w", err)
	}
	return nil
}

// countSupplement numbers what comes after the agenda. m is the meeting as it was before.
func (tx *tx) countSupplement(ctx context.Context, m papers.Meeting, p *papers.Publication) error {
	if m.PublishedAt == nil || p.Archive || len(p.Items)+len(p.Versions) == 0 {
		return nil
	}
	err := tx.NewRaw("SELECT COALESCE(MAX(supplement), 0) + 1 FROM publications WHERE meeting = ?", m.Slug).Scan(ctx, &p.Supplement)
	if err != nil {
		return fmt.Errorf("counting supplements: %w", err)
	}
	_, err = tx.exec(ctx, "numbering a supplement", "UPDATE publications SET supplement = ? WHERE id = ?", p.Supplement, p.ID)
	return err
}

// publishVersion publishes one version and supersedes the one before, unless a later one was public
// before it: that is overtaken. What happened is kept by subject, to hold the acts against it.
func (tx *tx) publishVersion(ctx context.Context, r papers.VersionRef, happened map[string]papers.Kind) (overtaken bool, err error) {
	var held versionRow
	err = tx.NewSelect().Model(&held).Where("paper = ? AND n = ? AND state = 'scheduled'", r.Paper, r.N).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // taken back since it was scheduled
	}
	if err != nil {
		return false, fmt.Errorf("reading a version: %w", err)
	}
	later, err := tx.NewSelect().Model((*versionRow)(nil)).Where("paper = ? AND n > ? AND published_at IS NOT NULL", r.Paper, r.N).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the versions after: %w", err)
	}
	if later { // it was overtaken while it waited: a revision never gives way to what it replaced
		_, err := tx.exec(ctx, "letting a version go", "UPDATE versions SET state = 'ready', scheduled_at = NULL WHERE paper = ? AND n = ?", r.Paper, r.N)
		return true, err
	}
	var before []versionRow
	if err := tx.NewSelect().Model(&before).Where("paper = ? AND state = 'published'", r.Paper).Scan(ctx); err != nil {
		return false, fmt.Errorf("reading the version before: %w", err)
	}
	for _, b := range before {
		if _, err := tx.exec(ctx, "superseding a version", "UPDATE versions SET state = 'superseded' WHERE paper = ? AND n = ?", b.Paper, b.N); err != nil {
			return false, err
		}
		happened[versionSubject(b.Ref())] = papers.ActPaperSuperseded
	}
	if _, err := tx.exec(ctx, "publishing a version", "UPDATE versions SET state = 'published', published_at = ? WHERE paper = ? AND n = ?", tx.now, r.Paper, r.N); err != nil {
		return false, err
	}
	happened[versionSubject(r)] = papers.ActPaperPublished
	return false, nil
}

// nameActs writes into the publication the first act that it made, and into each published version which
// act published it.
func (tx *tx) nameActs(ctx context.Context, p *papers.Publication, acts []papers.Act) error {
	if len(acts) > 0 {
		p.Act = acts[0].Number
		if _, err := tx.exec(ctx, "naming the act of a publication", "UPDATE publications SET act = ? WHERE id = ?", p.Act, p.ID); err != nil {
			return err
		}
	}
	for _, a := range acts {
		for _, r := range p.Versions {
			if a.Kind != papers.ActPaperPublished || a.Subject != versionSubject(r) {
				continue
			}
			if _, err := tx.exec(ctx, "naming the act of a version", "UPDATE versions SET act = ? WHERE paper = ? AND n = ?", a.Number, r.Paper, r.N); err != nil {
				return err
			}
		}
	}
	return nil
}
