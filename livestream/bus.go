package livestream

import (
	"context"
	"encoding/json"
	"time"
)

// Bus joins the hubs of several programs: it wakes them, carries small public events, and adds up
// who watches and who asks how often. It is never the truth. A hub that hears of a gap reads the
// record, and one that hears nothing looks there each second by itself; so what cannot be carried is
// lost, Lost says so, and nobody's question fails or waits for it.
type Bus interface {
	// Run calls hear for every wake-up of any program, its own among them, until ctx ends. hear does
	// not block. A bus that was lost comes back by itself.
	Run(ctx context.Context, hear func(Wake)) error
	// Publish sends the wake-up to every program. It does not wait.
	Publish(w Wake)
	// Watching notes that n watch the room in the program, and answers how many watch it in all. A
	// program that said nothing for WatchingFor is gone.
	Watching(ctx context.Context, program, meeting string, n int) (all int, err error)
	// Take takes one from each of the buckets, which all programs share, or none from any when one is
	// empty: it answers the kind of that one, else "". A bus that is lost takes from this program's alone.
	Take(ctx context.Context, now time.Time, meeting string, from ...Bucket) (empty string)
	// Lost tells that the programs do not hear of each other at this moment.
	Lost() bool
}

// Wake says that there is something new in a room.
type Wake struct {
	Meeting string `json:"meeting"`
	Seq     int64  `json:"seq,omitempty"`   // the room has reached this event; 0: not known, look
	Queue   bool   `json:"queue,omitempty"` // the moderators' queue changed: who has a moderator reads it

	// Events are the public events that end with Seq, each an [Event] as watchers get it; none when
	// they are many or large.
	Events []json.RawMessage `json:"events,omitempty"`
}

// WatchingFor is how long a program counts that was not heard from.
const WatchingFor = 6 * time.Second

// What a wake-up carries at most: who hears of more reads it in the record.
const (
	maxCarried      = 64
	maxCarriedBytes = 32 << 10
)

// carry makes the wake-up of these events, without them when they are many or large.
func carry(meeting string, seq int64, events []json.RawMessage) Wake {
	w := Wake{Meeting: meeting, Seq: seq}
	size := 0
	for _, e := range events {
		size += len(e)
	}
	if len(events) <= maxCarried && size <= maxCarriedBytes {
		w.Events = events
	}
	return w
}
