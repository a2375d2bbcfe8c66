package redisbus

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"clearday/livestream"
)

const (
	shards     = 8       // channels on a cluster, spread over its nodes
	signature  = 16      // bytes before each message
	maxMessage = 1 << 20 // what is larger is not ours
)

// message is what goes through Redis, as JSON after its signature.
type message struct {
	From string `json:"from"`
	livestream.Wake
}

// Run sends and hears until ctx ends. It takes the channels up again by itself as often as they are lost.
func (b *Bus) Run(ctx context.Context, hear func(livestream.Wake)) error {
	n := 1
	if b.sharded {
		n = shards
	}
	b.mu.Lock()
	b.heard = make([]time.Time, n)
	for i := range b.heard {
		b.heard[i] = time.Now()
	}
	b.mu.Unlock()
	var running sync.WaitGroup
	defer running.Wait()
	for i := range n {
		running.Go(func() { b.listen(ctx, i, hear) })
	}
	running.Go(func() { b.send(ctx) })
	b.live(ctx, n)
	return nil
}

// live sends a sign of life each second and says in the log when the bus is lost and when it is back.
func (b *Bus) live(ctx context.Context, channels int) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	lost := false
	for {
		var signs []packet
		for i := range channels {
			signs = append(signs, packet{i, livestream.Wake{}})
		}
		b.publish(ctx, signs)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		was := lost
		switch lost = b.Lost(); {
		case lost && !was:
			b.log.Warn("Redis is lost: rooms look into the record each second until it is back", slog.Any("err", b.why()))
		case was && !lost:
			b.log.Info("Redis is back")
		}
	}
}

// Publish puts the wake-up where send takes it. When nothing is taken, it is lost like everything
// that Redis loses: the rooms find what is new in the record.
func (b *Bus) Publish(w livestream.Wake) {
	select {
	case b.out <- w:
	default:
	}
}

func (b *Bus) send(ctx context.Context) {
	var batch []packet
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-b.out:
			batch = append(batch[:0], packet{b.channelOf(w.Meeting), w})
		}
		for waiting := true; waiting && len(batch) < cap(b.out); {
			select {
			case w := <-b.out:
				batch = append(batch, packet{b.channelOf(w.Meeting), w})
			default:
				waiting = false
			}
		}
		b.publish(ctx, batch)
	}
}

// packet is a wake-up and its channel.
type packet struct {
	channel int
	wake    livestream.Wake
}

func (b *Bus) channelOf(meeting string) int {
	if !b.sharded {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(meeting)) // never fails
	return int(h.Sum32() % shards)
}

func (b *Bus) channel(i int) string { return fmt.Sprintf("%s:{wake%d}", b.site, i) }

// publish sends the packets in one go.
func (b *Bus) publish(ctx context.Context, batch []packet) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pipe := b.client.Pipeline()
	for _, p := range batch {
		payload, err := b.seal(message{From: b.program, Wake: p.wake})
		if err != nil {
			b.failed(err)
			continue
		}
		if b.sharded {
			pipe.SPublish(ctx, b.channel(p.channel), payload)
		} else {
			pipe.Publish(ctx, b.channel(p.channel), payload)
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		b.failed(err)
	}
}

func (b *Bus) seal(m message) ([]byte, error) {
	j, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing a wake-up: %w", err)
	}
	return append(b.sign(j)[:signature:signature], j...), nil
}

// unseal reads a message; it is not ok when it is not of this site.
func (b *Bus) unseal(payload string) (m message, ok bool) {
	if len(payload) < signature || len(payload) > maxMessage {
		return m, false
	}
	signed, j := []byte(payload[:signature]), []byte(payload[signature:])
	if !hmac.Equal(signed, b.sign(j)[:signature]) {
		return m, false
	}
	return m, json.Unmarshal(j, &m) == nil
}

// listen hears one channel, and takes it up again after a pause when it was lost.
func (b *Bus) listen(ctx context.Context, channel int, hear func(livestream.Wake)) {
	for {
		b.failed(b.hearChannel(ctx, channel, hear))
		select {
		case <-ctx.Done():
			return
		case <-time.After(100*time.Millisecond + rand.N(400*time.Millisecond)):
		}
	}
}

var errMoved = errors.New("the channel has moved to another node")

// hearChannel hears until the connection ends or nothing comes, not even a sign of life.
func (b *Bus) hearChannel(ctx context.Context, channel int, hear func(livestream.Wake)) error {
	subscribe := b.client.Subscribe
	if b.sharded {
		subscribe = b.client.SSubscribe
	}
	first, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	sub := subscribe(first, b.channel(channel))
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })() // waiting for a message heeds no context
	for {
		came, err := sub.ReceiveTimeout(ctx, b.silence)
		if err != nil {
			return fmt.Errorf("listening to Redis: %w", err)
		}
		switch v := came.(type) {
		case *redis.Subscription:
			if v.Count == 0 { // a slot that moves takes its channels along, and its listeners not
				return errMoved
			}
		case *redis.Message:
			m, ok := b.unseal(v.Payload)
			switch {
			case !ok: // nothing of ours
			case m.Meeting != "":
				hear(m.Wake)
			case m.From == b.program:
				b.alive(channel)
			}
		}
	}
}

func (b *Bus) alive(channel int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard[channel] = time.Now()
}
