package alerts

import (
	"testing"
	"time"
)

// Weekly letters go out on Monday at seven by the site's clock, also across the change of the clocks.
func TestNextWeek(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-03-25T10:00:00Z": "2026-03-30T06:00:00Z", // summer time began on the 29th
		"2026-03-30T05:59:59Z": "2026-03-30T06:00:00Z",
		"2026-03-30T06:00:00Z": "2026-04-06T06:00:00Z",
		"2026-03-29T23:30:00Z": "2026-03-30T06:00:00Z", // Monday already, by the site's clock
		"2026-10-24T10:00:00Z": "2026-10-26T07:00:00Z",
		"2026-12-31T10:00:00Z": "2027-01-04T07:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextWeek(at, london).UTC().Format(time.RFC3339); got != want {
			t.Errorf("after %s comes %s, want %s", now, got, want)
		}
	}
}
