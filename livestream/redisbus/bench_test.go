package redisbus

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// pair is two programs' ends of a bus, running. heard gets what the second hears of the meeting.
func pair(b *testing.B, open func() livestream.Bus) (one, two livestream.Bus, heard chan livestream.Wake) {
	b.Helper()
	one, two, heard = open(), open(), make(chan livestream.Wake, 1<<16)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	run := func(bus livestream.Bus, hear func(livestream.Wake)) {
		_ = bus.Run(ctx, hear) // nil
		done <- struct{}{}
	}
	go run(two, func(w livestream.Wake) { heard <- w })
	if one == two {
		done <- struct{}{}
	} else {
		go run(one, func(livestream.Wake) {})
	}
	b.Cleanup(func() { stop(); <-done; <-done })
	for ready := false; !ready; {
		one.Publish(livestream.Wake{Meeting: "ready"})
		select {
		case <-heard:
			ready = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	for len(heard) > 0 {
		<-heard
	}
	return one, two, heard
}

// buses are the bus on Redis, alone and as a cluster, and the yardstick in memory.
func buses(b *testing.B, run func(b *testing.B, open func() livestream.Bus)) {
	b.Run("memory", func(b *testing.B) {
		bus := &livestream.MemoryBus{}
		run(b, func() livestream.Bus { return bus })
	})
	for name, env := range map[string]string{"redis": "CLEARDAY_TEST_REDIS_URL", "cluster": "CLEARDAY_TEST_REDIS_CLUSTER_URL"} {
		b.Run(name, func(b *testing.B) {
			address, site := given(b, env), papers.NewID()
			run(b, func() livestream.Bus { return patient(newBus(b, address, site)) })
		})
	}
}

var event = livestream.Wake{Meeting: meeting, Seq: 1, Events: []json.RawMessage{json.RawMessage(
	`{"seq":1,"kind":"question.published","data":{"id":"Q-2026-0042","text":"` + strings.Repeat("many words ", 20) + `"}}`)}}

// BenchmarkWake measures how long a wake-up with an event takes from one program to another.
func BenchmarkWake(b *testing.B) {
	buses(b, func(b *testing.B, open func() livestream.Bus) {
		one, _, heard := pair(b, open)
		var took []time.Duration
		for b.Loop() {
			started := time.Now()
			one.Publish(event)
			<-heard
			took = append(took, time.Since(started))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
	})
}

// BenchmarkPublish measures how many wake-ups with an event go from one program to another in a second:
// a hundred at a time, because a room that has more carries several in one.
func BenchmarkPublish(b *testing.B) {
	buses(b, func(b *testing.B, open func() livestream.Bus) {
		one, _, heard := pair(b, open)
		const burst = 100
		n := 0
		for b.Loop() {
			for range burst {
				one.Publish(event)
			}
			for range burst {
				<-heard
			}
			n += burst
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "wake-ups/s")
	})
}

// BenchmarkTake measures how many questions' limits are looked at in a second: device, address and room.
func BenchmarkTake(b *testing.B) {
	buses(b, func(b *testing.B, open func() livestream.Bus) {
		one, _, _ := pair(b, open)
		var device, refused atomic.Int64
		often := livestream.Rate{Burst: 1 << 30, Every: time.Microsecond}
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if one.Take(context.Background(), time.Now(), meeting,
					livestream.Bucket{Kind: "ask", Key: fmt.Sprint(device.Add(1) % 10000), Rate: often},
					livestream.Bucket{Kind: "ask by address", Key: "192.0.2.1", Rate: often},
					livestream.Bucket{Kind: "ask by room", Key: meeting, Rate: often}) != "" {
					refused.Add(1)
				}
			}
		})
		if refused.Load() > 0 {
			b.Errorf("%d were refused", refused.Load())
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
	})
}
