package papers

// Unreadable is the error of a file that cannot become a paper. Sentence is for the person who uploaded it: what is wrong, then what to
// do, in plain English and without names of programs or paths. Error is for the log.
type Unreadable struct {
	Sentence string
	Cause    error // may be nil
}

// Error describes the failure for the log, with its cause.
func (u *Unreadable) Error() string {
	if u.Cause == nil {
		return "unreadable file: " + u.Sentence
	}
	return "unreadable file: " + u.Sentence + " (" + u.Cause.Error() + ")"
}

// Unwrap gives the cause.
func (u *Unreadable) Unwrap() error { return u.Cause }
