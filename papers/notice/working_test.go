package notice_test

import (
	"testing"

	"clearday/papers/notice"
)

// TestWorkingDays counts over Easter 2021 (Good Friday 2 April, Easter Monday 5 April) and past the end of the data.
func TestWorkingDays(t *testing.T) {
	p, _ := notice.ProfileByID("")
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2021-04-01", 1, "2021-04-06"}, {"2021-04-01", 10, "2021-04-19"}, {"2021-04-03", 1, "2021-04-06"}, {"2999-01-01", 1, ""}} {
		from, err := notice.ParseDate(c.from)
		if err != nil {
			t.Fatal(err)
		}
		got, covered := notice.WorkingDays(from, c.n, p, notice.Snapshot())
		if covered != (c.want != "") || covered && got.String() != c.want {
			t.Errorf("%d working days after %s: %v (%t), want %q", c.n, c.from, got, covered, c.want)
		}
	}
}
