package server

import (
	"context"

	"clearday/papers"
)

// hashing bounds how many passwords are hashed at once: each takes 19 MiB and a processor, and
// anybody may ask for one.
type hashing chan struct{}

const maxHashing = 4

// do runs f when it is its turn. When the turn does not come in the time of ctx, it is an Error of
// CodeTooMany and f is not run.
func (h hashing) do(ctx context.Context, f func()) error {
	select {
	case h <- struct{}{}:
	case <-ctx.Done():
		return papers.Errorf(papers.CodeTooMany, "Many people sign in just now. Try again in a minute.")
	}
	defer func() { <-h }()
	f()
	return nil
}
