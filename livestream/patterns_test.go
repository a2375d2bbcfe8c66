package livestream

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// crowdOf makes n arrivals of new devices at one place within the time, drawn evenly.
func crowdOf(n int, within time.Duration, question, place string, r *rand.Rand) []Arrival {
	start := time.Date(2026, 4, 8, 9, 0, 0, 0, time.UTC)
	list := make([]Arrival, n)
	for i := range list {
		list[i] = Arrival{Question: question, Place: place, Device: fmt.Sprintf("%s %d", place, i), At: start.Add(time.Duration(r.Int64N(int64(within))))}
	}
	sortArrivals(list)
	return list
}

// TestBursts: what a script does is found whole, and a hospital, a full hall and a lively room are not.
func TestBursts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	homes := func(n int, within time.Duration) []Arrival { // each its own place
		list := crowdOf(n, within, "Q-1", "", r)
		for i := range list {
			list[i].Place = fmt.Sprint("home ", i)
		}
		return list
	}
	join := func(lists ...[]Arrival) (all []Arrival) {
		for _, l := range lists {
			all = append(all, l...)
		}
		sortArrivals(all)
		return all
	}
	for _, c := range []struct {
		name     string
		list     []Arrival
		watching int
		want     []string // kind and how many
	}{
		{"nothing", nil, 10, nil},
		{"a hospital of 3,000 in an hour", crowdOf(3000, time.Hour, "Q-1", "hospital", r), 3500, nil},
		{"a hall of 100 at once", crowdOf(100, 10*time.Second, "Q-1", "library", r), 150, nil},
		{"a room of 800 where 500 press at once", homes(500, 20*time.Second), 800, nil},
		{"a script", crowdOf(1000, 20*time.Second, "Q-1", "script", r), 50, []string{"one_place 1000"}},
		{"a script among people of the same place", join(crowdOf(100, time.Hour, "Q-1", "hospital", r), crowdOf(1000, 20*time.Second, "Q-2", "hospital", r)), 50, []string{"one_place 1000"}},
		{"a script with many addresses", homes(900, 20*time.Second), 50, []string{"more_than_here 900"}},
		{"places that are not known", crowdOf(500, 20*time.Second, "Q-1", "", r), 400, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, b := range DefaultPatterns.bursts(c.list, c.watching) {
				got = append(got, fmt.Sprint(b.Kind, " ", len(b.Arrivals)))
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("bursts = %v, want %v", got, c.want)
			}
		})
	}
}

func TestUnusualWords(t *testing.T) {
	for _, c := range []struct {
		counted, left int
		want          string
	}{
		{0, 0, ""},
		{1204, 0, "1,204 of these came in an unusual pattern. They are counted."},
		{0, 12, "12 more came in an unusual pattern. They are not counted."},
		{120, 1000000, "120 of these came in an unusual pattern. They are counted. 1,000,000 more came in an unusual pattern. They are not counted."},
	} {
		if got := unusualWords(c.counted, c.left); got != c.want {
			t.Errorf("unusualWords(%d, %d) = %q, want %q", c.counted, c.left, got, c.want)
		}
	}
}
