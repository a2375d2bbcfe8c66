package livestream

import (
	"context"

	"clearday/papers"
)

// Store is the room's part of the record. Every method is one transaction, safe for concurrent
// use; what is public gets its room event (numbered without gaps per room) and its act in the same
// transaction. Absent is papers.ErrNotFound; a meeting that is not public has no room for the public.
type Store interface {
	Ledger
	Chats
	PatternStore
	Room(ctx context.Context, meeting string) (Room, error)
	// Snapshot reads room, questions and counts at one event number.
	Snapshot(ctx context.Context, meeting string) (Snapshot, error)
	// Events after since, in order, at most limit.
	Events(ctx context.Context, meeting string, since int64, limit int) ([]Event, error)
	// OpenRooms are the rooms that are open, paused or in private session, of public meetings.
	OpenRooms(ctx context.Context) ([]Room, error)
	RunStore

	// Ask commits the question with its number, its room event (number and state only) and its act. The
	// same meeting, device and key give the first answer again, with again true.
	Ask(ctx context.Context, a Ask) (c Contribution, again bool, err error)
	// Enter does so for somebody, with a row in the audit.
	Enter(ctx context.Context, a Ask, ch papers.Change) (c Contribution, again bool, err error)
	// Asked answers what the device's key got in this meeting, as Ask gave it, or ErrNotFound. A retry is
	// told its number also when asking has closed meanwhile.
	Asked(ctx context.Context, meeting, device, key string) (Contribution, error)
	// Support counts each device once per question, however often it comes; the batch is one
	// transaction with one event. It answers, index-aligned, the question's count or an error.
	Support(ctx context.Context, batch []Support) ([]SupportResult, error)
	// Decide applies a moderator's decision after Decision.Check. When the public may not see the words
	// any more they leave the earlier events too, which keep kind and number.
	Decide(ctx context.Context, d Decision, c papers.Change) (Contribution, error)

	// Respond does what an asker wants, for whoever holds the code, after Response.Check. What was joined
	// to a question that its asker takes back waits for the moderator again.
	Respond(ctx context.Context, r Response) (Contribution, error)
	// EraseName takes the name off, and what else says who asked, everywhere.
	EraseName(ctx context.Context, number string, c papers.Change) (Contribution, error)
	// Messages is the file of a contribution, oldest first; callers hold the permission.
	Messages(ctx context.Context, number string) ([]Message, error)
	// MyMessages is the file as its asker may read it, for whoever holds the code.
	MyMessages(ctx context.Context, number, code string) ([]Message, error)

	// Contribution as staff see it; callers hold the permission.
	Contribution(ctx context.Context, number string) (Contribution, error)
	// Question is the public face, of a public meeting.
	Question(ctx context.Context, number string) (Question, error)
	// Mine is the asker's own view, for whoever holds the code.
	Mine(ctx context.Context, number, code string) (Contribution, error)
	// Questions are public faces, newest first, with the cursor of the next page.
	Questions(ctx context.Context, f Filter) (list []Question, next string, err error)
	// Queue is what a moderator works on: everything of the meeting, oldest first.
	Queue(ctx context.Context, meeting string) ([]Contribution, error)
	// Counts of a meeting, or of a board, or of all where both are empty.
	Counts(ctx context.Context, meeting, board string) (Counts, error)
	// Device answers which public questions of the meeting the device supports and its own contributions.
	Device(ctx context.Context, meeting, device string) (supported []string, mine []Contribution, err error)

	Moderation
}

// Support is one device's support of one question.
type Support struct {
	Meeting  string
	Question string
	Device   string

	// From is the address it came from. It slows floods and is never stored.
	From string
}

// SupportResult is the count after the support, or why it was not taken.
type SupportResult struct {
	Count int
	Err   error
}
