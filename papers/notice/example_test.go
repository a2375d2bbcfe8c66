package notice_test

import (
	"fmt"
	"time"

	"clearday/papers/notice"
)

func Example() {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	profile, ok := notice.ProfileByID("partnership") // of the board; false: fall back to notice.DefaultProfile
	if !ok {
		panic("unknown profile")
	}
	published := time.Date(2027, 4, 1, 9, 0, 0, 0, london)
	meeting := time.Date(2027, 4, 8, 9, 30, 0, 0, london)

	result, err := notice.Count(published, meeting, london, profile.Reports, profile, notice.Snapshot())
	if err != nil {
		panic(err)
	}
	fmt.Println(result)
	for _, day := range result.Days {
		fmt.Println(day.Kind, "-", day.Text())
	}

	latest, staff, covered := notice.Latest(result.Meeting, profile.Reports, profile, notice.Snapshot())
	fmt.Println(latest.Long(), "/", staff.Long(), "/", covered)
	// Output:
	// On time: 4 clear days, 3 needed
	// published - Thursday 1 April: published, not counted
	// counted - Friday 2 April: clear day 1
	// weekend - Saturday 3 April: weekend, not counted
	// weekend - Sunday 4 April: weekend, not counted
	// counted - Monday 5 April: clear day 2
	// counted - Tuesday 6 April: clear day 3
	// counted - Wednesday 7 April: clear day 4
	// meeting - Thursday 8 April: the meeting, not counted
	// Sunday 4 April 2027 / Friday 2 April 2027 / true
}
