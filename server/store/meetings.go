package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type meetingRow struct {
	bun.BaseModel `bun:"table:meetings,alias:m"`
	papers.Meeting
}

// selectMeetings begins every query of meetings: with the name of the board.
func selectMeetings(from bun.IDB, dest any) *bun.SelectQuery {
	return from.NewSelect().Model(dest).ColumnExpr("m.*, b.name AS board_name").Join("JOIN boards AS b ON b.slug = m.board")
}

// Meetings implements papers.Store.
func (db *DB) Meetings(ctx context.Context, a papers.Audience, f papers.MeetingFilter) ([]papers.Meeting, string, error) {
	var rows []meetingRow
	limit := atMost(f.Limit)
	q := selectMeetings(db.r, &rows).Where("?", meetingFor(a)).Limit(limit + 1)
	if f.Board != "" {
		q.Where("m.board = ?", f.Board)
	}
	if !f.From.IsZero() {
		q.Where("(m.starts_at >= ? OR m.resumes_at >= ?)", f.From, f.From) // an adjourned meeting comes again
	}
	if !f.To.IsZero() {
		q.Where("m.starts_at < ?", f.To)
	}
	if err := pageBy(q, "m.starts_at", "m.slug", f.Cursor, f.Newest); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("reading meetings: %w", err)
	}
	next := ""
	if int64(len(rows)) > limit {
		rows = rows[:limit]
		next = cursor(rows[limit-1].StartsAt, rows[limit-1].Slug)
	}
	list := make([]papers.Meeting, len(rows))
	for i, r := range rows {
		list[i] = r.Meeting
	}
	return list, next, nil
}

// cursor names a row by its moment and its key, opaque to who carries it.
func cursor(at time.Time, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + key))
}

// pageBy orders a query by moment and key and continues it after the cursor.
func pageBy(q *bun.SelectQuery, moment, key, cursor string, newest bool) error {
	order, beyond := "? ASC, ? ASC", "(?, ?) > (?, ?)"
	if newest {
		order, beyond = "? DESC, ? DESC", "(?, ?) < (?, ?)"
	}
	q.OrderExpr(order, bun.Ident(moment), bun.Ident(key))
	if cursor == "" {
		return nil
	}
	wrong := papers.Errorf(papers.CodeInvalid, "This cursor is not one of ours. Begin again without it.")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return wrong
	}
	at, last, _ := strings.Cut(string(raw), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || strings.ContainsRune(last, 0) {
		return wrong
	}
	q.Where(beyond, bun.Ident(moment), bun.Ident(key), t, last)
	return nil
}

// Meeting implements papers.Store.
func (db *DB) Meeting(ctx context.Context, a papers.Audience, slug string) (papers.Meeting, error) {
	return readMeeting(ctx, db.r, a, slug)
}

func readMeeting(ctx context.Context, from bun.IDB, a papers.Audience, slug string) (papers.Meeting, error) {
	var row meetingRow
	err := selectMeetings(from, &row).Where("m.slug = ?", slug).Where("?", meetingFor(a)).Scan(ctx)
	return row.Meeting, found(err, "a meeting")
}

// lockMeeting reads a meeting and holds it: changes of one agenda happen one after the other.
func (tx *tx) lockMeeting(ctx context.Context, slug string) (papers.Meeting, error) {
	var row meetingRow
	err := tx.lock(tx.NewSelect().Model(&row).Where("m.slug = ?", slug)).Scan(ctx)
	return row.Meeting, found(err, "a meeting")
}

// AddMeeting implements papers.Store.
func (db *DB) AddMeeting(ctx context.Context, m papers.Meeting, c papers.Change) (papers.Meeting, error) {
	list, err := db.AddMeetings(ctx, []papers.Meeting{m}, c)
	return only(list, err)
}

// AddMeetings implements papers.Store. Each has its own row in the audit.
func (db *DB) AddMeetings(ctx context.Context, list []papers.Meeting, c papers.Change) ([]papers.Meeting, error) {
	added := make([]papers.Meeting, len(list))
	err := db.write(ctx, func(tx *tx) error {
		tx.acts = append([]papers.Act(nil), c.Acts...)
		for i, m := range list {
			m.State, m.AnnouncedAt, m.ArchivedAt = papers.MeetingPlanned, nil, nil
			if err := tx.addMeeting(ctx, &m); err != nil {
				return err
			}
			if err := tx.audit(ctx, c.By, note{what: "added a meeting", subject: "meetings/" + m.Slug, after: m}); err != nil {
				return err
			}
			added[i] = m
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// addMeeting inserts a meeting under the first address of its date that is free.
func (tx *tx) addMeeting(ctx context.Context, m *papers.Meeting) error {
	b, err := readBoard(ctx, tx, m.Board)
	if err != nil {
		return err
	}
	m.StartsAt, m.EndsAt, m.AskUntil = inMicroseconds(m.StartsAt), inMicroseconds(m.EndsAt), perhapsInMicroseconds(m.AskUntil)
	m.CreatedAt, m.BoardName, m.PublishedAt = tx.now, b.Name, nil
	m.Reason, m.MovedTo, m.ResumesAt = "", "", nil
	m.Revision, m.OrderRevision = 1, 1
	if m.Numbering == "" {
		if m.Numbering, err = tx.lastNumbering(ctx, *m); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		m.Slug = m.SlugOn(n)
		added, err := tx.insertNew(ctx, "adding a meeting", &meetingRow{Meeting: *m})
		if added || err != nil {
			return err
		}
	}
}

// lastNumbering is how the last agenda of the board before this one is numbered.
func (tx *tx) lastNumbering(ctx context.Context, m papers.Meeting) (papers.NumberStyle, error) {
	var styles []papers.NumberStyle
	err := tx.NewRaw("SELECT numbering FROM meetings WHERE board = ? AND starts_at < ? ORDER BY starts_at DESC LIMIT 1", m.Board, m.StartsAt).Scan(ctx, &styles)
	if err != nil || len(styles) == 0 {
		return papers.NumberDecimal, found(err, "the numbering of the last agenda")
	}
	return styles[0], nil
}

func inMicroseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func perhapsInMicroseconds(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := inMicroseconds(*t)
	return &at
}

// ChangeMeeting implements papers.Store. Slug and board stay, and when it was announced and
// published. It is an Error of CodeConflict while a scheduled publication announces the meeting.
func (db *DB) ChangeMeeting(ctx context.Context, m papers.Meeting, c papers.Change) error {
	return db.change(ctx, c, func(tx *tx) (note, error) {
		old, err := tx.lockMeeting(ctx, m.Slug)
		if err != nil {
			return note{}, err
		}
		announces := func(p papers.Publication) bool { return p.Announces }
		if err := tx.frozen(ctx, old, announces); err != nil {
			return note{}, err
		}
		if err := tx.said(old.AnnouncedAt != nil); err != nil {
			return note{}, err
		}
		if m.Revision != old.Revision {
			return note{}, papers.Errorf(papers.CodeConflict, "Somebody else changed this meeting a moment ago. Look at it again, then change it.")
		}
		m.StartsAt, m.EndsAt, m.AskUntil = inMicroseconds(m.StartsAt), inMicroseconds(m.EndsAt), perhapsInMicroseconds(m.AskUntil)
		m.Board, m.AnnouncedAt, m.PublishedAt, m.ArchivedAt, m.CreatedAt = old.Board, old.AnnouncedAt, old.PublishedAt, old.ArchivedAt, old.CreatedAt
		m.Numbering, m.NumberFrom, m.OrderRevision, m.Revision = old.Numbering, old.NumberFrom, old.OrderRevision, old.Revision+1
		if m.State == "" {
			m.State, m.Reason, m.ResumesAt = old.State, old.Reason, old.ResumesAt
		}
		m.MovedFrom, m.MovedTo = old.MovedFrom, old.MovedTo
		if _, err := tx.NewUpdate().Model(&meetingRow{Meeting: m}).Where("slug = ?", m.Slug).Exec(ctx); err != nil {
			return note{}, fmt.Errorf("changing a meeting: %w", err)
		}
		return note{what: "changed the meeting", subject: "meetings/" + m.Slug, before: old, after: m}, nil
	})
}

// ChangeMeetingState implements papers.Store. It writes the acts itself: only here the address of the new
// date becomes known. It is an Error of CodeConflict while a publication of the meeting is scheduled.
func (db *DB) ChangeMeetingState(ctx context.Context, slug string, ch papers.StateChange, c papers.Change) (papers.Meeting, error) {
	var m papers.Meeting
	err := db.change(ctx, c, func(tx *tx) (note, error) {
		tx.acts = nil
		old, now, err := tx.changeMeetingState(ctx, slug, ch, c.By)
		if err != nil {
			return note{}, err
		}
		m = now
		if err := tx.stopRoom(ctx, m); err != nil {
			return note{}, err
		}
		if m.State == papers.MeetingHeld && old.State != papers.MeetingHeld && m.AnnouncedAt != nil {
			if err := tx.notReached(ctx, slug, ch.AnswersDue, c.By); err != nil {
				return note{}, err
			}
		}
		return note{what: "said that the meeting is " + string(m.State), subject: "meetings/" + slug, before: old, after: m}, nil
	})
	return m, err
}

// changeMeetingState changes the meeting and adds the acts that say so.
func (tx *tx) changeMeetingState(ctx context.Context, slug string, ch papers.StateChange, by papers.Actor) (old, m papers.Meeting, err error) {
	if old, err = tx.lockMeeting(ctx, slug); err != nil {
		return old, m, err
	}
	b, err := readBoard(ctx, tx, old.Board)
	if err != nil {
		return old, m, err
	}
	old.BoardName = b.Name
	ch.Now, ch.ResumesAt = tx.now, perhapsInMicroseconds(ch.ResumesAt)
	if m, err = ch.Apply(old); err != nil {
		return old, m, err
	}
	if m.Off() {
		if err := tx.frozen(ctx, old, func(papers.Publication) bool { return true }); err != nil {
			return old, m, err
		}
	}
	m.Revision++
	var moved []papers.Act
	if m.Off() && ch.Next != nil {
		if moved, err = tx.moveTo(ctx, &m, *ch.Next, by); err != nil {
			return old, m, err
		}
	}
	if m.AnnouncedAt != nil {
		tx.acts = append(tx.acts, m.Act(papers.ActMeetingChanged))
	}
	tx.acts = append(tx.acts, moved...)
	if _, err := tx.NewUpdate().Model(&meetingRow{Meeting: m}).Column("state", "reason", "resumes_at", "moved_to", "revision").Where("slug = ?", slug).Exec(ctx); err != nil {
		return old, m, fmt.Errorf("changing the state of a meeting: %w", err)
	}
	return old, m, nil
}

// stopRoom pauses the room of a meeting that was adjourned while people watched it.
func (tx *tx) stopRoom(ctx context.Context, m papers.Meeting) error {
	if m.State != papers.MeetingAdjourned || m.AnnouncedAt == nil {
		return nil
	}
	room, err := tx.holdRoom(ctx, m.Slug)
	if err != nil || room.State == livestream.RoomClosed {
		return err
	}
	return tx.turnState(ctx, m, livestream.Turn{State: livestream.RoomPaused, Adjourn: true, Reason: m.Reason, Until: m.ResumesAt}, &room)
}

// moveTo adds the meeting of the new date, public as the old one is, links both, and gives the acts of the new one.
func (tx *tx) moveTo(ctx context.Context, m *papers.Meeting, next papers.Meeting, by papers.Actor) (acts []papers.Act, err error) {
	next.Board, next.MovedFrom, next.State, next.AnnouncedAt = m.Board, m.Slug, papers.MeetingPlanned, nil
	if m.AnnouncedAt != nil {
		next.State, next.AnnouncedAt = papers.MeetingAnnounced, &tx.now
	}
	if err := tx.addMeeting(ctx, &next); err != nil {
		return nil, err
	}
	m.MovedTo = next.Slug
	if next.AnnouncedAt != nil {
		acts = append(acts, next.Act(papers.ActMeetingAnnounced))
	}
	return acts, tx.audit(ctx, by, note{what: "added a meeting", subject: "meetings/" + next.Slug, after: next})
}
