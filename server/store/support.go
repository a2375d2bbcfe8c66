package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"clearday/livestream"
	"clearday/papers"
)

type supportRow struct {
	bun.BaseModel `bun:"table:supports,alias:s"`
	Question      string
	Device        string
	At            time.Time
	Pattern       string // the unusual pattern it came in, or ""
}

// Support implements livestream.Store. Each meeting of the batch whose counts moved gets one event
// and one act; a batch that moves nothing writes nothing.
func (db *DB) Support(ctx context.Context, batch []livestream.Support) ([]livestream.SupportResult, error) {
	results := make([]livestream.SupportResult, len(batch))
	err := db.write(ctx, func(tx *tx) error {
		for _, meeting := range meetingsOf(batch) { // in one order, so that two batches never wait for each other
			if err := tx.supportIn(ctx, meeting, batch, results); err != nil {
				return err
			}
		}
		if len(tx.acts) == 0 {
			return errNothing
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func meetingsOf(batch []livestream.Support) []string {
	var list []string
	for _, s := range batch {
		list = append(list, s.Meeting)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// supportIn counts what the batch holds for one meeting.
func (tx *tx) supportIn(ctx context.Context, meeting string, batch []livestream.Support, results []livestream.SupportResult) error {
	if err := tx.takesSupport(ctx, meeting); err != nil {
		if code := papers.CodeOf(err); code != papers.CodeNotFound && code != papers.CodeConflict {
			return err
		}
		for i, s := range batch {
			if s.Meeting == meeting {
				results[i].Err = err
			}
		}
		return nil
	}
	room, err := tx.holdRoom(ctx, meeting)
	if err != nil {
		return err
	}
	if room.DevicesErasedAt != nil {
		for i, s := range batch {
			if s.Meeting == meeting {
				results[i].Err = papers.Errorf(papers.CodeConflict, "Support for the questions of this meeting has ended.")
			}
		}
		return nil
	}
	batch = slices.Clone(batch)
	questions, err := tx.supported(ctx, meeting, batch)
	if err != nil {
		return err
	}
	added, err := tx.addSupports(ctx, meeting, batch, questions)
	if err != nil {
		return err
	}
	for i, s := range batch {
		if s.Meeting != meeting {
			continue
		}
		results[i] = livestream.SupportResult{Count: questions[s.Question].Supports + added[s.Question], Err: mayBeSupported(questions, s.Question)}
		if results[i].Err != nil && questions[s.Question].State.ShowsWords() {
			counted, err := tx.isCounted(ctx, s)
			if err != nil {
				return err
			}
			if counted { // its acknowledgement was lost, and the question dealt with since
				results[i].Err = nil
			}
		}
	}
	if len(added) == 0 {
		return nil
	}
	return tx.counted(ctx, &room, boardOf(questions), added)
}

func (tx *tx) takesSupport(ctx context.Context, meeting string) error {
	m, err := readMeeting(ctx, tx, papers.Public, meeting)
	if err != nil {
		return err
	}
	rules, err := rulesOf(ctx, tx, m)
	if err != nil {
		return err
	}
	return livestream.TakesSupport(rules)
}

// supported reads the questions of the meeting that the batch names. The support of a question that was
// joined to another meanwhile is for that one.
func (tx *tx) supported(ctx context.Context, meeting string, batch []livestream.Support) (map[string]livestream.Contribution, error) {
	questions, named := map[string]livestream.Contribution{}, map[string]bool{}
	for _, s := range batch {
		named[s.Question] = s.Meeting == meeting || named[s.Question]
	}
	for len(named) > 0 {
		var rows []contributionRow
		err := tx.NewSelect().Model(&rows).ColumnExpr("c.*").Where("c.meeting = ? AND c.number IN (?)", meeting, bun.List(slices.Collect(maps.Keys(named)))).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading questions: %w", err)
		}
		clear(named)
		for _, r := range rows {
			questions[r.Number] = r.Contribution
			if _, read := questions[r.MergedInto]; r.State == livestream.Merged && !read {
				named[r.MergedInto] = true
			}
		}
	}
	for i, s := range batch {
		for questions[s.Question].State == livestream.Merged {
			s.Question = questions[s.Question].MergedInto
		}
		batch[i] = s
	}
	return questions, nil
}

func boardOf(questions map[string]livestream.Contribution) string {
	for _, q := range questions {
		return q.Board // one meeting, one board
	}
	return ""
}

func mayBeSupported(questions map[string]livestream.Contribution, number string) error {
	q, ok := questions[number]
	if !ok {
		return papers.ErrNotFound
	}
	if q.State != livestream.Published { // as the pages offer it: what was dealt with counts no more
		return papers.Errorf(papers.CodeConflict, "%s is %s: it cannot be supported.", number, q.Public().State.Words())
	}
	return nil
}

// isCounted tells whether the device's support is in the count.
func (tx *tx) isCounted(ctx context.Context, s livestream.Support) (bool, error) {
	counted, err := tx.NewSelect().Model((*supportRow)(nil)).Where("question = ? AND device = ?", s.Question, s.Device).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for an earlier support: %w", err)
	}
	return counted, nil
}

// addSupports writes the supports that are new and answers how many each question gained.
func (tx *tx) addSupports(ctx context.Context, meeting string, batch []livestream.Support, questions map[string]livestream.Contribution) (map[string]int, error) {
	var rows []supportRow
	for _, s := range batch {
		if s.Meeting == meeting && mayBeSupported(questions, s.Question) == nil {
			rows = append(rows, supportRow{Question: s.Question, Device: s.Device, At: tx.now})
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	var gained []supportRow
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Returning("question, device").Exec(ctx, &gained)
	if err != nil {
		return nil, fmt.Errorf("counting support: %w", err)
	}
	added, isNew := map[string]int{}, map[[2]string]bool{}
	for _, r := range gained {
		added[r.Question]++
		isNew[[2]string{r.Question, r.Device}] = true
	}
	news := slices.DeleteFunc(slices.Clone(batch), func(s livestream.Support) bool { return !isNew[[2]string{s.Question, s.Device}] })
	return added, tx.keepPlaces(ctx, meeting, news)
}

// counted moves the counts of questions of one room, with one event and one act that say where they
// stand now. The caller holds the room.
func (tx *tx) counted(ctx context.Context, room *livestream.Room, board string, added map[string]int) error {
	counts, facts := map[string]int{}, map[string]string{}
	for number, more := range added {
		var n int
		err := tx.NewRaw("UPDATE contributions SET supports = supports + ? WHERE number = ? RETURNING supports", more, number).Scan(ctx, &n)
		if err != nil {
			return fmt.Errorf("counting support: %w", err)
		}
		counts[number], facts[number] = n, strconv.Itoa(n)
	}
	if err := tx.emit(ctx, room, livestream.EventSupportCounted, map[string]any{"supports": counts}); err != nil {
		return err
	}
	tx.acts = append(tx.acts, papers.Act{Kind: papers.ActSupportCounted, Subject: "meetings/" + room.Meeting + "/questions",
		Board: board, Meeting: room.Meeting, Facts: facts})
	return nil
}
