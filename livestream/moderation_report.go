package livestream

import (
	"context"
	"fmt"
	"time"

	"clearday/papers"
)

// Reports are what readers say about something that is published.
type Reports interface {
	// Report keeps it, once by device and subject; again tells that it was there.
	Report(ctx context.Context, r Report) (again bool, err error)
	// ReportsOf are the reports of the meeting, urgent ones first, then oldest first.
	ReportsOf(ctx context.Context, meeting string, settled bool) ([]Report, error)
	// Settle closes all reports about the subject with an outcome.
	Settle(ctx context.Context, meeting, subject, outcome string, c papers.Change) error
}

// Report is one reader's report.
type Report struct {
	ID      string    `json:"id"`
	Board   string    `json:"board"`
	Meeting string    `json:"meeting"`
	Subject string    `json:"subject"` // questions/Q-2026-0042, chat/...
	Part    string    `json:"part"`    // question or answer; empty for a message
	Reason  string    `json:"reason"`  // key of ReportReasons
	Text    string    `json:"text"`
	Urgent  bool      `json:"urgent"` // somebody may be in danger
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome,omitempty"`

	Device string `json:"-"` // hash

	// From is the address it came from. It slows floods and is never stored.
	From string `json:"-"`
}

// ReportReasons are what can be said against something, in the order of the form.
var ReportReasons = []struct{ Code, Words string }{
	{"personal", "It says something private about a person"},
	{"abuse", "It is abusive or hateful"},
	{"untrue", "It says something untrue about a person"},
	{"danger", "Somebody may be in danger"},
	{"other", "Something else"},
}

// Tidy checks a report as written.
func (r *Report) Tidy() error {
	known := false
	for _, reason := range ReportReasons {
		known = known || reason.Code == r.Reason
	}
	if !known {
		return papers.Errorf(papers.CodeInvalid, "Choose what is wrong with it.")
	}
	r.Urgent = r.Urgent || r.Reason == "danger"
	r.Text = printable(r.Text)
	if n := len([]rune(r.Text)); n > MaxText {
		return papers.Errorf(papers.CodeTooLarge, "Your words have %d characters. Shorten them to %d.", n, MaxText)
	}
	return nil
}

// Report takes what a reader says about something published. The caller has checked that the subject
// is public. The same device reports the same thing once.
func (h *Hub) Report(ctx context.Context, r Report) error {
	h.init()
	if err := r.Tidy(); err != nil {
		return err
	}
	if r.Device == "" {
		return papers.Errorf(papers.CodeInvalid, "Your browser kept no cookie of this site. Allow cookies here, then send it again.")
	}
	if h.take(ctx, r.Meeting, Bucket{"report", r.Device, h.Limits.Reports}, Bucket{"report by address", r.From, h.Limits.PlaceReports}) != "" {
		return papers.Errorf(papers.CodeTooMany, "Many reports come from you or from where you are. Wait a few minutes, then send it again.")
	}
	if _, err := h.Store.Report(ctx, r); err != nil {
		return fmt.Errorf("keeping a report: %w", err)
	}
	h.announce(Wake{Meeting: r.Meeting, Queue: true})
	return nil
}

// Settle closes the reports about a subject; the outcome says what was done.
func (h *Hub) Settle(ctx context.Context, meeting, subject, outcome string, by papers.Actor) error {
	h.init()
	outcome, err := papers.Line("outcome", outcome, 200, true)
	if err != nil {
		return err
	}
	if err := h.Store.Settle(ctx, meeting, subject, outcome, papers.Change{By: by}); err != nil {
		return fmt.Errorf("settling reports: %w", err)
	}
	h.announce(Wake{Meeting: meeting, Queue: true})
	return nil
}
