package livestream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"clearday/papers"
)

// What is personal is sealed, and erased when its time is over. The times are data of the site or of a
// board (rules.md 5.2); what was erased leaves how much, by which rule and when (D-1), and nothing else.

// Thing is one kind of what is personal and has a time of its own.
type Thing string

// The things that are erased.
const (
	ThingContacts Thing = "contacts" // e-mail addresses, and names that are not shown
	ThingWords    Thing = "words"    // words of what was never published, and earlier wordings of what was
	ThingMessages Thing = "messages" // between askers and the desk
	ThingDevices  Thing = "devices"  // which browser asked, supported, wrote
	ThingReports  Thing = "reports"  // reports that were settled
	ThingBlocks   Thing = "blocks"   // blocks and slowings that ended
	ThingChat     Thing = "chat"     // messages of the chat that were removed or never shown

	ThingChatNames Thing = "chat_names" // names beside messages of the chat that stay
)

// Things in the order of forms and of erasing.
var Things = []Thing{ThingContacts, ThingWords, ThingMessages, ThingDevices, ThingReports, ThingBlocks, ThingChat, ThingChatNames}

// Words says the thing as people do.
func (t Thing) Words() string {
	return map[Thing]string{
		ThingContacts: "E-mail addresses, and names that are not shown",
		ThingWords:    "Words that were not published",
		ThingMessages: "Messages between askers and the board team",
		ThingDevices:  "Fingerprints of the browsers that asked, supported or wrote",
		ThingReports:  "Reports that were dealt with",
		ThingBlocks:   "Blocks that have ended",
		ThingChat:     "Removed messages of the chat",

		ThingChatNames: "Names shown beside messages of the chat",
	}[t]
}

// Since says from when the days count.
func (t Thing) Since() string {
	return map[Thing]string{
		ThingContacts: "after the last answer or the meeting",
		ThingReports:  "after they were dealt with",
		ThingBlocks:   "after their end",
	}[t]
}

// Retention is for how many days each thing is kept.
type Retention map[Thing]int

// DefaultRetention are the times that a site begins with: contacts until half a year after the answer, so
// that the repeat-question rule can work; refused words for a year (rules.md 5.2).
var DefaultRetention = Retention{ThingContacts: 183, ThingWords: 365, ThingMessages: 183, ThingDevices: 14, ThingReports: 183, ThingBlocks: 30, ThingChat: 30, ThingChatNames: 183}

// Tidy checks the rules as entered. A thing without a number keeps its default.
func (r Retention) Tidy() error {
	for _, t := range Things {
		if _, ok := r[t]; !ok {
			r[t] = DefaultRetention[t]
		}
		if n := r[t]; n < 1 || n > 3650 {
			return papers.Errorf(papers.CodeInvalid, "%s: give a number of days from 1 to 3650.", t.Words())
		}
	}
	return nil
}

// Erasure is that so many of a thing were erased by a rule.
type Erasure struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Thing   Thing     `json:"thing"`
	Board   string    `json:"board"`
	Meeting string    `json:"meeting"`
	Days    int       `json:"days"` // the rule
	N       int       `json:"n"`
}

// PastMeeting is a meeting with a room that is over.
type PastMeeting struct{ Slug, Board string }

// RetentionStore keeps the rules and erases by them. Each erasing is one transaction with its trace, and
// does nothing a second time.
type RetentionStore interface {
	// Retention are the rules of a board, or of every board that has none of its own; own tells which.
	Retention(ctx context.Context, board string) (r Retention, own bool, err error)
	// SetRetention changes them; nil lets a board follow the site.
	SetRetention(ctx context.Context, board string, r Retention, c papers.Change) error
	// Erasures are the latest of a board, or of all.
	Erasures(ctx context.Context, board string, limit int) ([]Erasure, error)

	// BeginErasing takes the round for one program, when the last was done so long ago and nobody is at one.
	BeginErasing(ctx context.Context, every, lease time.Duration) (bool, error)
	EndErasing(ctx context.Context) error
	// PastMeetings are those with a room that were over before the moment.
	PastMeetings(ctx context.Context, before time.Time) ([]PastMeeting, error)
	// Each erases one thing of a meeting that has had its time by so many days, and answers how many.
	EraseContacts(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseWords(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseMessages(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseDevices(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseReports(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseChat(ctx context.Context, m PastMeeting, days int) (int, error)
	EraseChatNames(ctx context.Context, m PastMeeting, days int) (int, error)
	// EraseBlocks erases those of a board.
	EraseBlocks(ctx context.Context, board string, days int) (int, error)
	// Scrub takes what was erased out of the files too, where the database keeps it for a while.
	Scrub(ctx context.Context) error
}

// Eraser erases by the rules, once a day. Of many programs one does a round; one that was cut off is done
// again by whoever comes next, and does nothing twice.
type Eraser struct {
	Store  RetentionStore
	Boards func(ctx context.Context) ([]papers.Board, error)
	Now    func() time.Time
	Log    *slog.Logger
}

const (
	eraseEvery = 24 * time.Hour
	eraseLease = 10 * time.Minute
)

// Run erases until ctx ends.
func (e *Eraser) Run(ctx context.Context) error {
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		if err := e.Once(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("erasing by the retention rule", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// Once does a round, if one is due and nobody else is at it.
func (e *Eraser) Once(ctx context.Context) error {
	mine, err := e.Store.BeginErasing(ctx, eraseEvery, eraseLease)
	if err != nil || !mine {
		return err
	}
	boards, err := e.Boards(ctx)
	if err != nil {
		return fmt.Errorf("reading the boards: %w", err)
	}
	erased := 0
	for _, b := range boards {
		n, err := e.board(ctx, b.Slug)
		erased += n
		if err != nil {
			return err
		}
	}
	if erased > 0 {
		if err := e.Store.Scrub(ctx); err != nil {
			return err
		}
	}
	return e.Store.EndErasing(ctx)
}

func (e *Eraser) board(ctx context.Context, board string) (erased int, err error) {
	rules, _, err := e.Store.Retention(ctx, board)
	if err != nil {
		return 0, err
	}
	for thing, erase := range e.ways() {
		past, err := e.Store.PastMeetings(ctx, e.Now().AddDate(0, 0, -rules[thing]))
		if err != nil {
			return erased, err
		}
		for _, m := range past {
			if m.Board != board {
				continue
			}
			n, err := erase(ctx, m, rules[thing])
			erased += n
			if err != nil {
				return erased, errors.Join(fmt.Errorf("erasing %s of %s", thing, m.Slug), err)
			}
		}
	}
	n, err := e.Store.EraseBlocks(ctx, board, rules[ThingBlocks])
	return erased + n, err
}

func (e *Eraser) ways() map[Thing]func(context.Context, PastMeeting, int) (int, error) {
	return map[Thing]func(context.Context, PastMeeting, int) (int, error){
		ThingContacts: e.Store.EraseContacts, ThingWords: e.Store.EraseWords, ThingMessages: e.Store.EraseMessages,
		ThingDevices: e.Store.EraseDevices, ThingReports: e.Store.EraseReports, ThingChat: e.Store.EraseChat, ThingChatNames: e.Store.EraseChatNames,
	}
}

// EraseName takes the name of who asked off, at their request; the caller has checked the permission.
func (h *Hub) EraseName(ctx context.Context, number string, by papers.Actor) (Contribution, error) {
	h.init()
	c, err := h.Store.EraseName(ctx, number, papers.Change{By: by})
	if err != nil {
		return c, fmt.Errorf("erasing a name: %w", err)
	}
	h.announce(Wake{Meeting: c.Meeting, Queue: true})
	return c, nil
}
