package redisbus

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clearday/livestream"
	"clearday/livestream/bustest"
	"clearday/livestream/redisbus/redistest"
	"clearday/papers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const meeting = "partnership-board-2026-04-08"

// newBus is a program's end. The site is whose secret it has.
func newBus(t testing.TB, address, site string) *Bus {
	t.Helper()
	b, err := New(address, []byte(site), slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return b
}

// patient gives Redis all the time that a busy machine may need.
func patient(b *Bus) *Bus {
	b.hurry, b.silence = time.Minute, time.Minute
	return b
}

// given is the Redis of the test set-up.
func given(t testing.TB, name string) string {
	t.Helper()
	address := os.Getenv(name)
	if address == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(name + " is not set: in CI the bus is tested on Redis (.ci/with-redis)")
		}
		t.Skip(name + " is not set: the bus is not tested on it (.ci/with-redis)")
	}
	return address
}

func TestRedis(t *testing.T) {
	for name, env := range map[string]string{"single": "CLEARDAY_TEST_REDIS_URL", "cluster": "CLEARDAY_TEST_REDIS_CLUSTER_URL"} {
		t.Run(name, func(t *testing.T) {
			address := given(t, env)
			bustest.Run(t, func(t *testing.T) func() livestream.Bus {
				site := papers.NewID()
				return func() livestream.Bus { return patient(newBus(t, address, site)) }
			})
		})
	}
}

// Two sites that share one Redis hear nothing of each other, and their limits are their own.
func TestSitesAreApart(t *testing.T) {
	address := given(t, "CLEARDAY_TEST_REDIS_URL")
	one, two := papers.NewID(), papers.NewID()
	a, b := bustest.Start(t, patient(newBus(t, address, one))), bustest.Start(t, patient(newBus(t, address, two)))
	bustest.Connect(t, a)
	bustest.Connect(t, b)
	last := livestream.Bucket{Kind: "room", Key: meeting, Rate: livestream.Rate{Burst: 1, Every: time.Hour}}
	for _, p := range []*bustest.Program{a, b} {
		if p.Take(t.Context(), time.Now(), meeting, last) != "" {
			t.Error("the other site took from the bucket")
		}
	}
	a.Publish(livestream.Wake{Meeting: meeting})
	bustest.Eventually(t, "the site hears itself", func() bool { return len(a.Heard(meeting)) == 1 })
	b.Publish(livestream.Wake{Meeting: "another"})
	bustest.Eventually(t, "the site hears itself", func() bool { return len(b.Heard("another")) == 1 })
	if len(b.Heard(meeting)) > 0 {
		t.Error("a site heard another")
	}
}

// Whoever can write to Redis puts no word into a room: what has no signature, another's, or is no
// message is nothing.
func TestGarbage(t *testing.T) {
	address := given(t, "CLEARDAY_TEST_REDIS_URL")
	bus := patient(newBus(t, address, papers.NewID()))
	p := bustest.Start(t, bus)
	bustest.Connect(t, p)
	forged := message{From: "x", Wake: livestream.Wake{Meeting: meeting, Seq: 1, Events: []json.RawMessage{json.RawMessage(`{"seq":1}`)}}}
	stranger := patient(newBus(t, address, "another secret"))
	signed, err := stranger.seal(forged)
	if err != nil {
		t.Fatal(err)
	}
	own, err := bus.seal(forged)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(own), `"seq":1,`, `"seq":9,`, 1)
	notJSON := string(bus.sign([]byte("nonsense"))[:signature]) + "nonsense"
	huge := strings.Repeat("x", maxMessage+1)
	for _, payload := range []string{"", "x", string(signed), changed, notJSON, huge, string(own[signature:]), string(own[:signature])} {
		if err := bus.client.Publish(t.Context(), bus.channel(0), payload).Err(); err != nil {
			t.Fatal(err)
		}
	}
	bus.Publish(livestream.Wake{Meeting: meeting, Seq: 7})
	bustest.Eventually(t, "a message after the garbage is heard", func() bool { return len(p.Heard(meeting)) > 0 })
	if got := p.Heard(meeting); len(got) != 1 || got[0].Seq != 7 {
		t.Errorf("heard %+v, want the one message that was sent", got)
	}
}

func FuzzUnseal(f *testing.F) {
	b := &Bus{secret: []byte("secret")}
	ours, err := b.seal(message{From: "a", Wake: livestream.Wake{Meeting: meeting, Seq: 3}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(ours))
	f.Add("")
	f.Add(string(ours[:signature]))
	f.Fuzz(func(t *testing.T, payload string) {
		if m, ok := b.unseal(payload); ok && payload != string(ours) {
			t.Errorf("%q was taken as %+v", payload, m)
		}
	})
}

// works holds what a program does while Redis is lost: nobody waits for it, and its own limits hold.
func works(t *testing.T, p *bustest.Program, key string) {
	t.Helper()
	b := livestream.Bucket{Kind: "device", Key: key, Rate: livestream.Rate{Burst: 2, Every: time.Hour}}
	for i, want := range []string{"", "", "device"} {
		if got := p.Take(t.Context(), time.Now(), meeting, b); got != want {
			t.Errorf("take %d: empty is %q, want %q", i, got, want)
		}
	}
	for range 10000 { // more than any queue holds
		p.Publish(livestream.Wake{Meeting: meeting, Seq: 1})
	}
}

func lost(t *testing.T, p *bustest.Program, want bool) {
	t.Helper()
	what := "Redis is back"
	if want {
		what = "Redis is lost"
	}
	bustest.Eventually(t, what, func() bool { return p.Lost() == want })
}

// A Redis that dies is lost, and its return needs nobody.
func TestKilledAndBack(t *testing.T) {
	server := redistest.New(t)
	server.Start()
	one, two := bustest.Start(t, newBus(t, server.URL(), "site")), bustest.Start(t, newBus(t, server.URL(), "site"))
	bustest.Connect(t, one, two)
	server.Kill()
	works(t, one, "at once")
	lost(t, one, true)
	lost(t, two, true)
	works(t, one, "later")
	if _, err := one.Watching(t.Context(), "one", meeting, 1); err == nil {
		t.Error("a lost Redis counts watchers")
	}
	server.Start()
	lost(t, one, false)
	lost(t, two, false)
	bustest.Eventually(t, "a wake-up goes through again", func() bool {
		one.Publish(livestream.Wake{Meeting: "after"})
		return len(two.Heard("after")) > 0
	})
	bustest.Eventually(t, "watchers are counted again", func() bool {
		_, err := one.Watching(t.Context(), "one", meeting, 1)
		return err == nil
	})
}

// A Redis that answers nothing keeps nobody waiting longer than a moment.
func TestFrozen(t *testing.T) {
	server := redistest.New(t)
	server.Start()
	p := bustest.Start(t, newBus(t, server.URL(), "site"))
	bustest.Connect(t, p)
	server.Freeze()
	works(t, p, "at once")
	lost(t, p, true)
	works(t, p, "later")
	server.Thaw()
	lost(t, p, false)
}

// The programs may start before Redis does.
func TestStartedBeforeRedis(t *testing.T) {
	server := redistest.New(t)
	p := bustest.Start(t, newBus(t, server.URL(), "site"))
	works(t, p, "at once")
	lost(t, p, true)
	works(t, p, "later")
	server.Start()
	lost(t, p, false)
	bustest.Connect(t, p)
}

// A wrong password is a lost Redis, and the log says why without saying the password.
func TestPassword(t *testing.T) {
	server := redistest.New(t, "--requirepass", "right")
	server.Start()
	wrong := newBus(t, "redis://:wrong-and-secret@"+server.Addr, "site")
	p := bustest.Start(t, wrong)
	lost(t, p, true)
	works(t, p, "x")
	if why := wrong.why(); why == nil || !strings.Contains(why.Error(), "WRONGPASS") || strings.Contains(why.Error(), "wrong-and-secret") {
		t.Errorf("it is lost because of: %v", why)
	}
	bustest.Connect(t, bustest.Start(t, newBus(t, "redis://:right@"+server.Addr, "site")))
}

// A connection that Redis ends is taken up again.
func TestConnectionsCut(t *testing.T) {
	server := redistest.New(t)
	server.Start()
	bus := newBus(t, server.URL(), "site")
	p := bustest.Start(t, bus)
	bustest.Connect(t, p)
	for _, kind := range []string{"pubsub", "normal"} {
		if err := bus.client.Do(t.Context(), "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes").Err(); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, "wake-ups come again after the connections of "+kind+" were cut", func() bool {
			p.Publish(livestream.Wake{Meeting: kind})
			return len(p.Heard(kind)) > 0
		})
	}
}

func TestAddress(t *testing.T) {
	for _, address := range []string{"redis://:hush@a b", "redis://host/zero", "redis://host?nonsense=1", "redis://host?addr=other&nonsense=1", "http://host", "::hush"} {
		_, err := New(address, nil, slog.New(slog.DiscardHandler))
		if err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
			t.Errorf("New(%q) = %v, want one sentence without the password", address, err)
		}
	}
	for address, sharded := range map[string]bool{"redis://user:x@host:6379/2": false, "rediss://host": false, "redis://host:1?addr=host:2&addr=host:3": true} {
		b, err := New(address, nil, slog.New(slog.DiscardHandler))
		if err != nil || b.sharded != sharded {
			t.Errorf("New(%q): sharded %v (%v)", address, b != nil && b.sharded, err)
			continue
		}
		_ = b.Close() // it never connected
	}
}
