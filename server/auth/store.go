package auth

import (
	"context"
	"time"

	"clearday/papers"
)

// Store keeps users, sessions, links and tokens. E-mail addresses and names are sealed with the
// site key. Absent, used and expired are all papers.ErrNotFound.
type Store interface {
	// AddUser adds the user, or gives a known e-mail address (case does not matter) the further grants.
	AddUser(ctx context.Context, u User) (User, error)
	// Admit is AddUser by somebody, with its audit row.
	Admit(ctx context.Context, u User, c papers.Change) (User, error)
	// Revoke takes a role away. The last administrator's is CodeConflict.
	Revoke(ctx context.Context, user string, g Grant, c papers.Change) error
	User(ctx context.Context, id string) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	Users(ctx context.Context) ([]User, error)
	SetPassword(ctx context.Context, user, hash string) error

	AddLink(ctx context.Context, l Link) error
	// Link answers an unused link that has not expired, without using it.
	Link(ctx context.Context, hash string, now time.Time) (Link, error)
	// UseLink marks it used; the second use is ErrNotFound.
	UseLink(ctx context.Context, hash string, now time.Time) (Link, error)

	AddSession(ctx context.Context, s Session) error
	// Session answers a session that has not expired, and notes that it was seen (at most once a minute).
	Session(ctx context.Context, hash string, now time.Time) (Session, User, error)
	EndSession(ctx context.Context, hash string) error
	// EndSessions ends all of the user's.
	EndSessions(ctx context.Context, user string) error

	AddToken(ctx context.Context, t Token) error
	Token(ctx context.Context, hash string) (Token, error)
}
