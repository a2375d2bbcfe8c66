package papers

import "time"

// Clock names one of the four clocks of a meeting; the rules of each are in papers/notice.
type Clock string

// The clocks.
const (
	ClockNotice  Clock = "notice"  // of the meeting
	ClockAgenda  Clock = "agenda"  // of each item
	ClockReports Clock = "reports" // of each paper
	ClockTarget  Clock = "target"  // the board's own
)

// Posting is a notice or an agenda put up at the offices: its own fact with its own time, because some
// laws count from it and not from the website (N-4, N-13).
type Posting struct {
	ID         string    `json:"id"`
	Meeting    string    `json:"meeting"`
	Clock      Clock     `json:"clock"` // which one it counts for
	Place      string    `json:"place"`
	PostedAt   time.Time `json:"posted_at"`
	RecordedAt time.Time `json:"recorded_at"`
	RecordedBy string    `json:"recorded_by"` // the role, never the person
}

// Tidy checks a posting as entered at the moment.
func (p *Posting) Tidy(now time.Time) error {
	if p.Clock != ClockNotice && p.Clock != ClockAgenda && p.Clock != ClockReports {
		return Errorf(CodeInvalid, "Say what was posted: the notice of the meeting, the agenda or the reports.")
	}
	var err error
	if p.Place, err = Line("place where it was posted", p.Place, 200, true); err != nil {
		return err
	}
	if p.PostedAt.IsZero() {
		return Errorf(CodeInvalid, "Say when it was posted.")
	}
	if p.PostedAt.After(now) {
		return Errorf(CodeInvalid, "Record a posting after it was put up: that time is still to come.")
	}
	p.PostedAt = p.PostedAt.UTC()
	return nil
}

// Act describes the posting, or that it was recorded by mistake.
func (p Posting) Act(kind Kind, board string) Act {
	return Act{Kind: kind, Subject: "meetings/" + p.Meeting + "/postings/" + p.ID, Board: board, Meeting: p.Meeting,
		Facts: map[string]string{"clock": string(p.Clock), "posted_at": p.PostedAt.UTC().Format(time.RFC3339)}, Texts: map[string]string{"place": p.Place}}
}

// OutcomeKind says what became of a scheduled publication.
type OutcomeKind string

// The kinds of outcome.
const (
	OutcomeDone   OutcomeKind = "done"
	OutcomeFailed OutcomeKind = "failed" // it is tried again; done follows when that helps
)

// Outcome tells the secretaries of a board what became of a publication that was scheduled for later.
// It is written in the transaction of the publication. ID counts up, so that letters can follow.
type Outcome struct {
	ID          int64       `json:"id"`
	Publication string      `json:"publication"`
	Board       string      `json:"board"`
	Meeting     string      `json:"meeting"`
	Kind        OutcomeKind `json:"kind"`
	Says        string      `json:"says"` // of a failure: the sentence
	At          time.Time   `json:"at"`
	SeenAt      *time.Time  `json:"seen_at,omitempty"`
}

// HolidayFile names a file of bank holidays that was uploaded.
type HolidayFile struct {
	Hash    string    `json:"hash"` // SHA-256, hex
	AddedAt time.Time `json:"added_at"`
}
