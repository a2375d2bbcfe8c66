package redisbus

import (
	"context"
	_ "embed"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"clearday/livestream"
)

//go:embed take.lua
var takeSource string

//go:embed watching.lua
var watchingSource string

var (
	takeScript     = redis.NewScript(takeSource)
	watchingScript = redis.NewScript(watchingSource)
)

// Take takes from this program's own buckets first, so that a flood from one place is stopped here and
// a lost Redis leaves each program with limits; then from those that all programs share.
func (b *Bus) Take(ctx context.Context, now time.Time, meeting string, from ...livestream.Bucket) string {
	if kind := b.buckets.Take(now, from...); kind != "" {
		return kind
	}
	if len(from) == 0 || b.Lost() || time.Now().UnixNano() < b.resting.Load() {
		return ""
	}
	keys, args := make([]string, len(from)), make([]any, 0, 2*len(from))
	for i, f := range from {
		keys[i] = b.bucket(meeting, f)
		args = append(args, f.Rate.Burst, max(1, f.Rate.Every.Microseconds()))
	}
	hurried, cancel := context.WithTimeout(ctx, b.hurry)
	defer cancel()
	empty, err := takeScript.Run(hurried, b.client, keys, args...).Int()
	if err != nil && ctx.Err() == nil { // nobody waits again before a second has passed
		b.resting.Store(time.Now().Add(time.Second).UnixNano())
		b.failed(fmt.Errorf("asking Redis for limits: %w", err))
	}
	if err != nil || empty < 1 || empty > len(from) {
		return ""
	}
	return from[empty-1].Kind
}

// bucket names a bucket without telling whose it is. The braces keep all of a meeting on one node.
func (b *Bus) bucket(meeting string, f livestream.Bucket) string {
	return b.room(meeting) + ":bucket:" + hex.EncodeToString(b.sign([]byte(f.Kind + "\x00" + f.Key))[:16])
}

func (b *Bus) room(meeting string) string { return b.site + ":{" + meeting + "}" }

// Watching keeps a number for each program under the meeting, which goes by itself when the program
// says nothing more.
func (b *Bus) Watching(ctx context.Context, program, meeting string, n int) (int, error) {
	if b.Lost() {
		return 0, fmt.Errorf("counting watchers: Redis is lost")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all, err := watchingScript.Run(ctx, b.client, []string{b.room(meeting) + ":watching"}, program, n, livestream.WatchingFor.Milliseconds()).Int()
	if err != nil {
		return 0, fmt.Errorf("counting watchers: %w", err)
	}
	return all, nil
}
