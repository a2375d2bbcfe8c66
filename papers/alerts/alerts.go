// Package alerts tells people by e-mail what became public: who asked for it (Subscription), what
// happened (Event), and the letters that say so.
//
// A letter's way: the Follower reads acts and queues, in one transaction with its position, a letter
// for each subscription that an event concerns. The Post takes letters one by one, writes them from
// what is public at that moment, and hands them to a Line to the mail server. Before it hands one
// over it says so in the record: a letter whose program died in that moment is never sent again.
package alerts

import (
	"context"
	"time"

	"clearday/papers"
)

// Scope is how much somebody wants to hear of.
type Scope string

// The scopes, narrowest first.
const (
	OfMeeting  Scope = "meeting"
	OfBoard    Scope = "board"
	Everything Scope = "everything"
	OfSearch   Scope = "search" // the passages that a search finds, wherever they are
)

// Rhythm is how often somebody hears of what a search finds.
type Rhythm string

// The rhythms. Letters about boards and meetings have none: they come when something happens.
const (
	AtOnce Rhythm = "at once"
	Weekly Rhythm = "weekly"
)

// Subscription is somebody's wish to hear. It counts from its confirmation (double opt-in).
type Subscription struct {
	ID          string
	Code        string // of its private address; derived by the store, never kept
	Email       string
	Scope       Scope
	Subject     string // slug of the board or meeting; of a search the query of its address
	Rhythm      Rhythm // of a search
	CreatedAt   time.Time
	ConfirmedAt *time.Time
}

// Tidy checks a subscription as entered.
func (s *Subscription) Tidy() error {
	var err error
	if s.Email, err = papers.Email(s.Email); err != nil {
		return err
	}
	if s.Scope == Everything {
		s.Subject = ""
	}
	if s.Scope == OfSearch {
		return s.tidySearch()
	}
	s.Rhythm = ""
	if s.Scope != Everything && (s.Scope != OfBoard && s.Scope != OfMeeting || s.Subject == "") {
		return papers.Errorf(papers.CodeInvalid, "Choose what you want to hear of: a board, a meeting or everything.")
	}
	return nil
}

// Event is what one publication or change made known of one meeting: the acts of one transaction.
type Event struct {
	Board, Meeting string
	First, Last    int64 // numbers of acts
	At             time.Time
}

// Kind is what a letter is for.
type Kind string

// The kinds of letter.
const (
	Confirm Kind = "confirm" // asks whether they meant it
	Already Kind = "already" // they asked again for what they get
	News    Kind = "news"    // an event
	Outcome Kind = "outcome" // tells a secretary what became of a scheduled publication
	Asked   Kind = "asked"   // tells an asker what became of their question
	Found   Kind = "found"   // passages that a search finds and that nobody told them of yet
)

// Asking is what a letter tells an asker. It says where the question stands when the letter is written.
type Asking struct {
	Number  string
	Path    string // of the private page, below the site's address
	Subject string
	Says    string
	Answer  string
}

// Letter is one letter to one person.
type Letter struct {
	ID           string
	Kind         Kind
	To           string        // address
	Subscription *Subscription // nil for people of the desk
	Event        Event         // of News
	Outcome      papers.Outcome
	Subjects     []string // of Found: what became public, as acts name it
	Asking       Asking   // of Asked; empty when a later letter tells it, or nobody is to be told any more
	Tries        int
	CreatedAt    time.Time
}

// State is where a letter stands.
type State string

// The states of a letter.
const (
	Queued  State = "queued"
	Handing State = "handing" // on the line to the mail server: from here on it is not sent again
	Sent    State = "sent"
	Dropped State = "dropped" // nothing was left to say when its turn came
	Refused State = "refused" // the mail server will not take it
	Unknown State = "unknown" // the line or the program broke while it was handed over
)

// Store keeps subscriptions and letters. Addresses are sealed. Every method is one transaction.
type Store interface {
	// Subscribe keeps a subscription and queues the letter that asks for its confirmation, or the one
	// that says it exists already. It tells the asker nothing. Too many letters to one address in a day
	// are CodeTooMany.
	Subscribe(ctx context.Context, s Subscription) error
	// Subscription is ErrNotFound unless the code is right.
	Subscription(ctx context.Context, id, code string) (Subscription, error)
	ConfirmSubscription(ctx context.Context, id, code string) error
	// Unsubscribe erases the subscription and its letters.
	Unsubscribe(ctx context.Context, id, code string) error
	// ForgetUnconfirmed erases what nobody confirmed since the moment.
	ForgetUnconfirmed(ctx context.Context, before time.Time) error

	// AlertPosition is the last act that letters were queued for.
	AlertPosition(ctx context.Context) (int64, error)
	// QueueLetters queues a letter for each subscription that an event concerns, one for each person
	// and event, and moves the position, unless another program did meanwhile.
	QueueLetters(ctx context.Context, events []Event, from, to int64) error
	// QueueOutcomes queues letters to the secretaries of boards for outcomes that have none yet.
	QueueOutcomes(ctx context.Context) error

	// SearchPosition is the last act that was searched for those who keep a search.
	SearchPosition(ctx context.Context) (int64, error)
	// Searches are the searches that somebody keeps, confirmed, each once.
	Searches(ctx context.Context) ([]string, error)
	// QueueFound queues a letter for each subscription to a search that finds something that became
	// public after its confirmation, or adds to the one that waits, and moves the position, unless
	// another program did meanwhile. Weekly letters are due at the moment given.
	QueueFound(ctx context.Context, matches []Match, from, to int64, weekly time.Time) error
	// Untold leaves of the passages those that no other letter of the subscription told of.
	Untold(ctx context.Context, l Letter, passages []string) ([]string, error)
	// SetRhythm changes how often a search is told of. What waits already stays due.
	SetRhythm(ctx context.Context, id, code string, r Rhythm) error

	// TakeLetter leases the next letter that is due; ok is false when there is none.
	TakeLetter(ctx context.Context, lease time.Duration) (l Letter, ok bool, err error)
	// HandOver says that the letter goes to the mail server now, and that it tells of the passages;
	// false when somebody else has it, or when another letter tells of one of them.
	HandOver(ctx context.Context, id string, told []Told) (bool, error)
	// FinishLetter ends a letter in a state, with what the mail server said.
	FinishLetter(ctx context.Context, id string, s State, says string) error
	// RetryLetter puts a letter back for later.
	RetryLetter(ctx context.Context, id string, after time.Duration, says string) error
	// LetterCounts says how many letters are in each state, and the latest words of the mail server.
	LetterCounts(ctx context.Context) (counts map[State]int, says string, err error)
	// WrittenTo counts the letters that were sent about a subject of acts, such as papers/abc/v/1.
	WrittenTo(ctx context.Context, subject string) (int, error)
}

// Told is a passage that a letter tells of.
type Told struct {
	Passage string // hash of its words
	Subject string // where it was read, such as papers/abc/v/2
}

// Message is a letter in words, ready for the mail server.
type Message struct {
	ID         string // unique for ever, for the Message-ID
	To         string
	Subject    string
	Text, HTML string
	// Unsubscribe is the address for one click (RFC 8058), empty in letters that are no list mail.
	Unsubscribe string
	Told        []Told
}

// Mailer reaches the mail server.
type Mailer interface {
	// Dial opens a line: connected, greeted, signed in.
	Dial(ctx context.Context) (Line, error)
}

// Line is an open connection to the mail server.
type Line interface {
	// Send hands over one message. An error that is a *NotTaken means that the server did not take it;
	// after any other nobody knows.
	Send(m Message) error
	Close() error
}

// NotTaken is the error of a message that the mail server certainly did not take.
type NotTaken struct {
	Err       error
	Permanent bool // trying again will not help
}

func (e *NotTaken) Error() string { return e.Err.Error() }

// Unwrap gives what the mail server said.
func (e *NotTaken) Unwrap() error { return e.Err }
