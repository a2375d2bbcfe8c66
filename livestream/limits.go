package livestream

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound what comes in. A field that is zero takes the default of [DefaultLimits].
type Limits struct {
	Watchers   int // sockets of this program
	PerAddress int // sockets of one address; whole hospitals share one

	Asks          Rate          // of one device
	RoomAsks      Rate          // of one room, whoever asks
	PlaceAsks     Rate          // of one address: it only slows floods
	Supports      Rate          // of one device
	PlaceSupports Rate          // of one address, whose program may pretend to be many devices
	Reports       Rate          // of one device
	PlaceReports  Rate          // of one address
	Chats         Rate          // messages of one device
	PlaceChats    Rate          // of one address
	RoomChats     Rate          // of one room: more than a moderator could ever read
	Captions      Rate          // of one room
	Frames        Rate          // of one socket
	BadFrames     int           // a socket that sent so many is closed
	MessageWait   time.Duration // in which a message that has begun is here
	PlaceWait     time.Duration // how long a support waits for others of its address before it is refused for now
	StoreWait     time.Duration
	Gather        time.Duration // how long supports and messages of a room wait for each other
	PingEvery     time.Duration
	PerWatcher    time.Duration // how much the pause between two writes of a room grows with each watcher
}

// Rate is a number at once and then one Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// DefaultLimits are for a room of residents and their neighbours, and what a small machine holds.
var DefaultLimits = Limits{
	Watchers: 15000, PerAddress: 200,
	Asks:          Rate{5, 20 * time.Second},
	RoomAsks:      Rate{200, 50 * time.Millisecond},
	PlaceAsks:     Rate{100, time.Second},
	Supports:      Rate{30, time.Second},
	PlaceSupports: Rate{300, 100 * time.Millisecond},
	Reports:       Rate{5, time.Minute},
	PlaceReports:  Rate{50, 5 * time.Second},
	Chats:         Rate{5, 3 * time.Second},
	PlaceChats:    Rate{100, 200 * time.Millisecond},
	RoomChats:     Rate{200, 20 * time.Millisecond},
	Captions:      Rate{20, 500 * time.Millisecond},
	Frames:        Rate{40, 100 * time.Millisecond},
	PlaceWait:     3 * time.Second,
	MessageWait:   10 * time.Second,
	BadFrames:     20, StoreWait: 10 * time.Second, Gather: 20 * time.Millisecond, PingEvery: 30 * time.Second,
	PerWatcher: 10 * time.Microsecond,
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	orInt := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orRate := func(v *Rate, d Rate) {
		if *v == (Rate{}) {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&l.Watchers, d.Watchers)
	orInt(&l.PerAddress, d.PerAddress)
	orInt(&l.BadFrames, d.BadFrames)
	orRate(&l.Asks, d.Asks)
	orRate(&l.RoomAsks, d.RoomAsks)
	orRate(&l.PlaceAsks, d.PlaceAsks)
	orRate(&l.Supports, d.Supports)
	orRate(&l.PlaceSupports, d.PlaceSupports)
	orRate(&l.Reports, d.Reports)
	orRate(&l.PlaceReports, d.PlaceReports)
	orRate(&l.Chats, d.Chats)
	orRate(&l.PlaceChats, d.PlaceChats)
	orRate(&l.RoomChats, d.RoomChats)
	orRate(&l.Captions, d.Captions)
	orRate(&l.Frames, d.Frames)
	orTime(&l.PlaceWait, d.PlaceWait)
	orTime(&l.MessageWait, d.MessageWait)
	orTime(&l.StoreWait, d.StoreWait)
	orTime(&l.Gather, d.Gather)
	orTime(&l.PingEvery, d.PingEvery)
	orTime(&l.PerWatcher, d.PerWatcher)
	return l
}

func (r Rate) bucket() *rate.Limiter { return rate.NewLimiter(rate.Every(r.Every), r.Burst) }

// Bucket is one of the buckets that a request takes from: so many at once, then one each while.
type Bucket struct {
	Kind string // what is limited, by whom: buckets of one kind push out no others
	Key  string // who
	Rate Rate
}

// Buckets are the buckets of one program. The zero value works.
type Buckets struct {
	mu    sync.Mutex
	kinds map[string]*limiter
}

// Take takes one from each of the buckets, or none from any when one is empty: it answers the kind
// of that one, else "".
func (b *Buckets) Take(now time.Time, from ...Bucket) (empty string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := make([]*rate.Limiter, len(from))
	for i, f := range from {
		l := b.kinds[f.Kind]
		if l == nil {
			if b.kinds == nil {
				b.kinds = map[string]*limiter{}
			}
			l = &limiter{buckets: map[string]*rate.Limiter{}}
			b.kinds[f.Kind] = l
		}
		if found[i] = l.bucket(f, now); found[i].TokensAt(now) < 1 {
			return f.Kind
		}
	}
	for _, f := range found {
		f.AllowN(now, 1)
	}
	return ""
}

// maxBuckets bounds the memory of a limiter.
const maxBuckets = 20000

// limiter holds the buckets of a kind. A full bucket is the same as none, so full ones are let go.
type limiter struct {
	buckets map[string]*rate.Limiter
	swept   time.Time
}

func (l *limiter) bucket(f Bucket, now time.Time) *rate.Limiter {
	b := l.buckets[f.Key]
	if b == nil {
		l.makeRoom(now)
		b = f.Rate.bucket()
		l.buckets[f.Key] = b
	}
	return b
}

func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	if now.Sub(l.swept) > time.Second {
		l.swept = now
		for k, b := range l.buckets {
			if b.TokensAt(now) >= float64(b.Burst()) {
				delete(l.buckets, k)
			}
		}
	}
	for k := range l.buckets { // still full: any one goes
		if len(l.buckets) < maxBuckets {
			return
		}
		delete(l.buckets, k)
	}
}

// answers remembers the latest answers to asks by key, so that a retry costs nothing and counts for
// no limit. It holds two generations of at most maxAnswers; what it forgets the record knows.
type answers struct {
	mu       sync.Mutex
	now, old map[string]Contribution
}

const maxAnswers = 4000

func answerKey(a Ask) string { return a.Meeting + "\x00" + a.Device + "\x00" + a.Key }

func (s *answers) find(key string) (Contribution, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.now[key]
	if !ok {
		c, ok = s.old[key]
	}
	return c, ok
}

// keep holds on to what an acknowledgement says, without anybody's words.
func (s *answers) keep(key string, c Contribution) {
	c.Text, c.Name, c.Area, c.For, c.Answer, c.Private = "", "", "", "", "", Private{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || len(s.now) >= maxAnswers {
		s.now, s.old = map[string]Contribution{}, s.now
	}
	s.now[key] = c
}
