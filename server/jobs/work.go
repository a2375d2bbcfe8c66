// Package jobs does the few works that do not follow acts: reading what was uploaded. A work is a
// leased row: whoever holds the lease does it, a program that dies lets it lapse, and one that
// fails is tried again with growing pauses and shown at the desk.
package jobs

import (
	"context"
	"time"
)

// The kinds of work; the subject of each is "paper/version". They are one work, reading an upload, with takers of
// their own where it takes long: an upload begins as KindRead and is moved when it turns out to need more.
const (
	KindRead      = "read"
	KindConvert   = "convert"   // with LibreOffice
	KindRecognise = "recognise" // with OCRmyPDF
)

// Work is one thing to do.
type Work struct {
	ID        string
	Kind      string
	Subject   string
	Tries     int    // how often it was taken, this time included
	Error     string // why it failed last, a sentence
	CreatedAt time.Time
}

// Store keeps works. Methods are safe for concurrent use by several programs.
type Store interface {
	// TakeWork leases the oldest work of the kind that is due and not leased. ok is false when there is none.
	TakeWork(ctx context.Context, kind string, lease time.Duration) (w Work, ok bool, err error)
	// KeepWork renews the lease.
	KeepWork(ctx context.Context, id string, lease time.Duration) error
	FinishWork(ctx context.Context, id string) error
	// RetryWork gives the work back, due after the pause, with a sentence for the desk.
	RetryWork(ctx context.Context, id string, after time.Duration, sentence string) error
	// MoveWork makes the work one of another kind, due now, not taken yet.
	MoveWork(ctx context.Context, id, kind string) error
	// FailedWorks are those that failed at least once and are not done, oldest first.
	FailedWorks(ctx context.Context) ([]Work, error)
}
