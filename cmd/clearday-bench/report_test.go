package main

import (
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i > 0; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	for _, c := range []struct {
		values []time.Duration
		p      float64
		want   time.Duration
	}{{nil, 50, 0}, {hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred, 0, 1}, {hundred[:1], 99, 100}} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("percentile(%d values, %v) = %v, want %v", len(c.values), c.p, got, c.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567.6: "1,234,568", -1500: "-1,500", -150: "-150"} {
		if got := thousands(f); got != want {
			t.Errorf("thousands(%v) = %q, want %q", f, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want string
	}{{7, 10, "0.70"}, {3, 2, "1.50"}, {1, 291, "0.0034"}, {1, 10, "0.10"}} {
		if got := share(c.a, c.b); got != c.want {
			t.Errorf("share(%v, %v) = %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	r := report{Command: "clearday-bench -quick", Machine: []string{"2 processors"}, Took: 61 * time.Second}
	r.add(row{what: "start | stop", figure: "0.4 s", aim: "at most 1 s", met: true})
	r.add(row{what: "home", figure: "10", yardstick: "20", ratio: "0.50", aim: "at least 0.7"})
	r.add(row{what: "plain", figure: "5"})
	r.note("the same %s", "bytes")
	got := r.markdown()
	for _, want := range []string{
		"| start \\| stop | 0.4 s |  |  | at most 1 s | yes |\n",
		"| home | 10 | 20 | 0.50 | at least 0.7 | no |\n",
		"| plain | 5 |  |  |  |  |\n",
		"* the same bytes\n",
		"* 2 processors\n* Command: `clearday-bench -quick`, 1m1s\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q:\n%s", want, got)
		}
	}
}
