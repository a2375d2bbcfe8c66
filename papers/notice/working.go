package notice

// WorkingDays gives the date n working days after a day, which itself does not count. covered is false where
// the bank holidays do not reach that far.
func WorkingDays(from Date, n int, p Profile, h Holidays) (day Date, covered bool) {
	day = from
	for left := n; left > 0; {
		day = day.AddDays(1)
		if !h.Covers(p.Division, from, day) {
			return Date{}, false
		}
		if kind, _ := p.kind(day, Working, h); kind == Counted {
			left--
		}
	}
	return day, true
}
