// Package redisbus joins programs by Redis: it is [livestream.Bus] for many machines.
//
// Redis wakes and carries and is never the truth. Every second each program sends itself a sign of
// life through it; a program that does not hear its own for a while calls the bus lost, and its rooms
// go on from the record alone. What comes is believed only with the site's signature, so that two
// sites may share one Redis and a stranger who can write there puts no word into a room.
//
// On a cluster everything of a room lies on the node of its meeting, and wake-ups go by sharded
// channels; on a single Redis by a plain one.
package redisbus

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"clearday/livestream"
	"clearday/papers"
)

// patience is for what Redis is asked while nobody waits.
const patience = time.Second

// Bus is one program's end. [Bus.Run] keeps it; until then it is silent.
type Bus struct {
	client  redis.UniversalClient
	sharded bool
	program string // tells this program's signs of life from others'
	secret  []byte
	site    string // begins every name in Redis
	log     *slog.Logger
	hurry   time.Duration // for what somebody waits for
	silence time.Duration // without a sign of life the bus is lost

	out     chan livestream.Wake
	buckets livestream.Buckets
	resting atomic.Int64 // Unix nanoseconds until which Redis is not asked for buckets

	mu     sync.Mutex
	heard  []time.Time // by channel: when the last own sign of life came; empty before Run
	reason error       // the last thing that failed
}

var _ livestream.Bus = (*Bus)(nil)

// New makes the program's end of the bus without connecting yet. The address is redis:// or rediss://
// with user, password, host, port and the number of the database; with ?addr=host:port for each further
// node it is that of a cluster. The secret is the same for all programs of the site.
func New(address string, secret []byte, log *slog.Logger) (*Bus, error) {
	client, sharded, err := open(address)
	if err != nil {
		return nil, err
	}
	quieten()
	b := &Bus{client: client, sharded: sharded, program: papers.NewID(), secret: secret, log: log,
		hurry: 250 * time.Millisecond, silence: 3 * time.Second, out: make(chan livestream.Wake, 256)}
	b.site = "clearday:" + hex.EncodeToString(b.sign([]byte("site"))[:8])
	return b, nil
}

// quieten keeps the library from writing to the program's own output: what fails comes back as an error.
var quieten = sync.OnceFunc(func() { redis.SetLogger(silent{}) })

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func open(address string) (client redis.UniversalClient, sharded bool, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, false, fmt.Errorf("must be like redis://user:password@host:6379/0") // the error of Parse holds the password
	}
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if u.Query().Has("addr") {
		o, err := redis.ParseClusterURL(address)
		if err != nil {
			return nil, false, err
		}
		o.Protocol, o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = 2, -1, 1, true, true, quiet
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = patience, patience, patience, patience
		o.FailingTimeoutSeconds, o.ClusterStateReloadInterval = 1, 5*time.Second
		return redis.NewClusterClient(o), true, nil
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, false, err
	}
	o.Protocol, o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = 2, -1, 1, true, true, quiet
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = patience, patience, patience, patience
	return redis.NewClient(o), false, nil
}

// Close ends the connections.
func (b *Bus) Close() error { return b.client.Close() }

// Lost tells that an own sign of life is overdue on one of the channels.
func (b *Bus) Lost() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range b.heard {
		if time.Since(at) > b.silence {
			return true
		}
	}
	return false
}

func (b *Bus) failed(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reason = err
}

func (b *Bus) why() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reason
}

// sign is the site's signature of a message or a name.
func (b *Bus) sign(message []byte) []byte {
	h := hmac.New(sha256.New, b.secret)
	h.Write(message)
	return h.Sum(nil)
}
