package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"clearday/papers"
)

// AddArchive brings papers of past meetings into the record, all in one commit, and answers what became of each. Bytes that the
// board has already are not added again, so that whoever was interrupted begins from the start. It makes the meetings that are not
// there, and writes the acts itself: only here their addresses become known.
func (db *DB) AddArchive(ctx context.Context, list []papers.Archived, c papers.Change) ([]papers.Settled, error) {
	var settled []papers.Settled
	err := db.write(ctx, func(tx *tx) error {
		in := &archiving{tx: tx, by: c.By, settled: make([]papers.Settled, len(list)), meetings: map[string]*archived{}}
		settled = in.settled
		for n, a := range list {
			if err := in.add(ctx, n, a); err != nil {
				return err
			}
		}
		return in.publish(ctx)
	})
	return settled, err
}

// archiving is one commit of an archive.
type archiving struct {
	*tx
	by       papers.Actor
	settled  []papers.Settled
	meetings map[string]*archived // by slug
	order    []*archived
}

// archived is a meeting that something is added to.
type archived struct {
	meeting papers.Meeting
	agenda  []papers.Item
	pub     papers.Publication
	found   []papers.Found
	items   []papers.Item // that become public
}

func (in *archiving) add(ctx context.Context, n int, a papers.Archived) error {
	if len(in.order) == 0 && n == 0 {
		if err := in.holdBoard(ctx, a.Meeting.Board); err != nil {
			return err
		}
	}
	before, err := in.before(ctx, a)
	if err != nil || before.Outcome != "" {
		in.settled[n] = before
		return err
	}
	m, why, err := in.meeting(ctx, a.Meeting)
	if err != nil || why != "" {
		in.settled[n] = papers.Settled{Outcome: papers.SettledRefused, Reason: why}
		return err
	}
	item, err := in.item(ctx, m, a)
	if err != nil {
		return err
	}
	p, err := in.paper(ctx, m, item, a)
	if err != nil {
		return err
	}
	in.settled[n] = papers.Settled{Outcome: papers.SettledPublic, Meeting: m.meeting.Slug, Paper: p.ID}
	if p.Versions[0].State == papers.VersionBlocked {
		in.settled[n].Outcome = papers.SettledBlocked
		return nil
	}
	m.pub.Versions = append(m.pub.Versions, p.Versions[0].Ref())
	m.found = append(m.found, papers.Found{Paper: p, Version: p.Versions[0], Item: item, Meeting: m.meeting})
	return nil
}

// holdBoard makes those who import into one board at once wait for each other.
func (in *archiving) holdBoard(ctx context.Context, slug string) error {
	var row boardRow
	err := in.lock(in.NewSelect().Model(&row).Where("slug = ?", slug)).Scan(ctx)
	return found(err, "the board")
}

// before answers whether the board has, or had, the same bytes.
func (in *archiving) before(ctx context.Context, a papers.Archived) (papers.Settled, error) {
	var rows []struct {
		Paper   string
		Meeting string
		State   papers.VersionState
	}
	err := in.NewRaw(`SELECT v.paper, p.meeting, v.state FROM versions AS v JOIN papers AS p ON p.id = v.paper WHERE p.board = ? AND v.original = ?
		ORDER BY CASE WHEN v.state = 'withdrawn' THEN 0 ELSE 1 END, v.created_at LIMIT 1`, a.Meeting.Board, a.Version.Original).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return papers.Settled{}, found(err, "the same file")
	}
	s := papers.Settled{Outcome: papers.SettledBefore, Paper: rows[0].Paper, Meeting: rows[0].Meeting}
	if rows[0].State == papers.VersionWithdrawn {
		s.Outcome, s.Reason = papers.SettledRefused, "This paper was withdrawn here, so it is not brought in again."
	}
	return s, nil
}

// meeting finds the meeting of the day, or makes it. Why is a sentence when papers cannot join it.
func (in *archiving) meeting(ctx context.Context, want papers.Meeting) (m *archived, why string, err error) {
	if want.StartsAt.After(in.now) {
		return nil, "The meeting of " + want.Date() + " lies ahead. Add its papers at the desk, or correct the date.", nil
	}
	var rows []meetingRow
	q := selectMeetings(in, &rows).Where("m.board = ? AND m.local_time LIKE ?", want.Board, want.Date()+"T%").OrderExpr("m.starts_at, m.slug")
	if want.Title != "" {
		q.Where("m.title = ?", want.Title)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("looking for the meeting of the day: %w", err)
	}
	for _, r := range rows {
		if m := in.meetings[r.Slug]; m != nil {
			return m, "", nil
		}
		if r.Off() {
			continue
		}
		if r.AnnouncedAt == nil {
			return nil, "The meeting of that day is not public yet. Announce it at the desk, then run the import again.", nil
		}
		return in.open(ctx, r.Slug)
	}
	want.State, want.ArchivedAt = papers.MeetingHeld, &in.now
	if err := in.addMeeting(ctx, &want); err != nil {
		return nil, "", err
	}
	if err := in.audit(ctx, in.by, note{what: "added a meeting", subject: "meetings/" + want.Slug, after: want}); err != nil {
		return nil, "", err
	}
	return in.open(ctx, want.Slug)
}

// open holds a meeting that something is added to.
func (in *archiving) open(ctx context.Context, slug string) (*archived, string, error) {
	m, agenda, err := in.agenda(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	b, err := readBoard(ctx, in, m.Board)
	if err != nil {
		return nil, "", err
	}
	m.BoardName = b.Name
	opened := &archived{meeting: m, agenda: agenda, pub: papers.Publication{ID: papers.NewID(), Meeting: slug, State: papers.PublicationDone,
		ScheduledAt: in.now, CreatedAt: in.now, PublishedAt: &in.now, Archive: true, Announces: m.AnnouncedAt == nil, Agenda: m.PublishedAt == nil}}
	in.meetings[slug] = opened
	in.order = append(in.order, opened)
	return opened, "", nil
}

// item finds the public item that the name of the file speaks of, or adds the entry that the paper asks for.
func (in *archiving) item(ctx context.Context, m *archived, a papers.Archived) (papers.Item, error) {
	var open []papers.Item
	for _, i := range m.agenda {
		if i.Heard() && !i.Private {
			open = append(open, i)
		}
	}
	match := papers.Match{}
	if m.meeting.ArchivedAt == nil {
		match = papers.MatchFile(papers.FileHint{Name: a.Version.FileName, Folder: a.Folder}, open, nil)
	}
	for _, i := range open {
		if match.Sure && i.ID == match.Item && i.PublishedAt != nil || i.Title == a.Item {
			return i, nil
		}
	}
	i := papers.Item{ID: papers.NewID(), Meeting: m.meeting.Slug, Title: a.Item, Purpose: papers.Information, Position: len(m.agenda) + 1, Revision: 1}
	if err := in.insertItem(ctx, m.meeting, append(m.agenda, i), len(m.agenda), in.by); err != nil {
		return i, err
	}
	agenda, err := in.arrange(ctx, m.meeting, append(m.agenda, i))
	if err != nil {
		return i, err
	}
	m.agenda, i = agenda, agenda[len(agenda)-1]
	m.pub.Items, m.items = append(m.pub.Items, i.ID), append(m.items, i)
	return i, nil
}

// paper writes the paper, its version, read already, and its text.
func (in *archiving) paper(ctx context.Context, m *archived, item papers.Item, a papers.Archived) (papers.Paper, error) {
	p := papers.Paper{ID: papers.NewID(), Item: item.ID, Meeting: m.meeting.Slug, Board: m.meeting.Board, Title: a.Title, CreatedAt: in.now}
	if err := in.NewRaw("SELECT coalesce(max(position), 0) + 1 FROM papers WHERE item = ?", p.Item).Scan(ctx, &p.Position); err != nil {
		return p, fmt.Errorf("placing a paper: %w", err)
	}
	if _, err := in.NewInsert().Model(&paperRow{Paper: p}).Exec(ctx); err != nil {
		return p, fmt.Errorf("adding a paper: %w", err)
	}
	v := a.Version
	v.Paper, v.N, v.CreatedAt, v.PagesRead, v.State, v.ScheduledAt = p.ID, 1, in.now, len(a.Texts), papers.VersionScheduled, &in.now
	if v.Blocked() {
		v.State, v.ScheduledAt = papers.VersionBlocked, nil
	}
	if _, err := in.NewInsert().Model(&versionRow{Version: v}).Exec(ctx); err != nil {
		return p, fmt.Errorf("adding a version: %w", err)
	}
	rows := make([]pageRow, len(a.Texts))
	for n, text := range a.Texts {
		rows[n] = pageRow{Paper: p.ID, N: 1, Page: n + 1, Text: text}
	}
	if len(rows) > 0 {
		if _, err := in.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return p, fmt.Errorf("keeping pages: %w", err)
		}
	}
	p.Versions = []papers.Version{v}
	return p, nil
}

// publish makes what was added public, a publication for each meeting, as the publisher does it.
func (in *archiving) publish(ctx context.Context) error {
	type span struct{ from, to int }
	var all []papers.Act
	spans := make([]span, len(in.order))
	for n, m := range in.order {
		if m.pub.Empty() {
			continue
		}
		if _, err := in.NewInsert().Model(&publicationRow{Publication: m.pub}).Exec(ctx); err != nil {
			return fmt.Errorf("keeping a publication: %w", err)
		}
		in.acts = m.pub.Acts(m.meeting, m.items, m.found, nil)
		if err := in.tx.publish(ctx, &m.pub); err != nil {
			return err
		}
		if err := in.audit(ctx, in.by, note{what: "brought in from an archive", subject: "meetings/" + m.meeting.Slug + "/publications/" + m.pub.ID, after: m.pub}); err != nil {
			return err
		}
		spans[n] = span{len(all), len(all) + len(in.acts)}
		all = append(all, in.acts...)
	}
	in.acts = all
	in.numbered = func(acts []papers.Act) error {
		for n, m := range in.order {
			if err := in.nameActs(ctx, &m.pub, acts[spans[n].from:spans[n].to]); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// KnownFiles are the hashes of what was uploaded to a board, of those that are asked for.
func (db *DB) KnownFiles(ctx context.Context, board string, hashes []string) (map[string]bool, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	var rows []string
	err := db.r.NewRaw("SELECT DISTINCT v.original FROM versions AS v JOIN papers AS p ON p.id = v.paper WHERE p.board = ? AND v.original IN (?)", board, bun.List(hashes)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("looking for the same files: %w", err)
	}
	known := map[string]bool{}
	for _, h := range rows {
		known[h] = true
	}
	return known, nil
}
