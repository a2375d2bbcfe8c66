package livestream

import (
	"context"
	"fmt"
	"slices"
)

// Ledger reads what the public list of contributions says beside each of them.
type Ledger interface {
	// Owed are public faces of a meeting, of a board, or of all, whose written answer is promised by a
	// day and not given: the first that is due first.
	Owed(ctx context.Context, meeting, board string) ([]Question, error)
	// Heard are public faces that were put to a meeting, in the order in which they were.
	Heard(ctx context.Context, meeting string) ([]Question, error)
	// Unfinished are contributions of boards that wait for the desk after the meeting, oldest first;
	// callers hold the permission. No boards are none, papers.EveryBoard is all.
	Unfinished(ctx context.Context, boards []string) ([]Contribution, error)
}

// Choice says how the questions of a meeting were chosen.
type Choice struct {
	Put        []Question // in the order in which they were put
	BySupport  bool       // nobody with more support was left behind
	NotReached int
}

// ChoiceOf finds in which order questions were put, and whether that was the order of support: each had
// at least as much as those put after it, and as those that were not reached.
func ChoiceOf(put, left []Question) Choice {
	c := Choice{Put: put, NotReached: len(left)}
	bySupport := func(a, b Question) int { return b.Supports - a.Supports }
	c.BySupport = len(put) > 1 && put[0].Supports > 0 && slices.IsSortedFunc(append(slices.Clone(put), mostSupported(left)...), bySupport)
	return c
}

func mostSupported(left []Question) []Question {
	if len(left) == 0 {
		return nil
	}
	return []Question{slices.MaxFunc(left, func(a, b Question) int { return a.Supports - b.Supports })}
}

// Sentences say it in public.
func (c Choice) Sentences() []string {
	if len(c.Put) == 0 && c.NotReached == 0 { // nothing was chosen yet
		return []string{"A moderator reads each one and publishes it. At the meeting the moderator puts them to the board, one after the other."}
	}
	says := []string{fmt.Sprintf("The moderator chose which were put to the board, and in what order. %s put.", were(len(c.Put)))}
	switch {
	case c.BySupport:
		says = append(says, "The order was that of support, most first.")
	case len(c.Put) > 1:
		says = append(says, "The order was the moderator’s own.")
	}
	if c.NotReached > 0 {
		says = append(says, fmt.Sprintf("%s published and not reached.", were(c.NotReached)))
	}
	return says
}

func were(n int) string {
	if n == 1 {
		return "One was"
	}
	return fmt.Sprintf("%d were", n)
}
