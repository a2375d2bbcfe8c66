package papers

import "time"

// StateChange takes a meeting from one state to another: it is cancelled, postponed, adjourned, goes on, is
// said to be held, or takes place after all.
type StateChange struct {
	To        MeetingState
	Reason    string     // needed to cancel, postpone and adjourn; public
	Next      *Meeting   // of a postponed one: the meeting on the new date, when it is known
	ResumesAt *time.Time // of an adjourned one: when it goes on, when that is known
	// AnswersDue, of a meeting that was held, is the day by which the questions that were not reached are
	// answered in writing, 2006-01-02, or "".
	AnswersDue string
	Now        time.Time
}

// Tidy checks a change of state as entered.
func (ch *StateChange) Tidy() error {
	needed := ch.To == MeetingCancelled || ch.To == MeetingPostponed || ch.To == MeetingAdjourned
	var err error
	ch.Reason, err = Line("reason, which everybody can read", ch.Reason, 500, needed)
	if !needed {
		ch.Reason = ""
	}
	return err
}

// Apply gives the meeting after the change. It is an Error of CodeConflict when the meeting does not
// stand where the change begins.
func (ch StateChange) Apply(m Meeting) (Meeting, error) {
	var err error
	switch ch.To {
	case MeetingCancelled:
		err = ch.notBegun(m, "cancelled")
	case MeetingPostponed:
		err = ch.postpone(m)
	case MeetingAdjourned:
		err = ch.adjourn(m)
	case MeetingLive:
		if m.State != MeetingAdjourned {
			err = Errorf(CodeConflict, "Only a meeting that was adjourned can go on.")
		}
	case MeetingHeld:
		err = ch.held(m)
	case MeetingAnnounced:
		return ch.reinstate(m)
	default:
		err = Errorf(CodeInvalid, "A meeting can be cancelled, postponed, adjourned, live again, held or announced again.")
	}
	if err != nil {
		return m, err
	}
	m.State = ch.To
	if ch.To != MeetingHeld && ch.To != MeetingLive { // it goes on, so what was said of it stays
		m.Reason, m.ResumesAt = ch.Reason, ch.ResumesAt
	}
	return m, nil
}

func (ch StateChange) notBegun(m Meeting, word string) error {
	switch m.State {
	case MeetingPlanned, MeetingAnnounced, MeetingPublished:
		return nil
	case MeetingCancelled, MeetingPostponed:
		return Errorf(CodeConflict, "This meeting is %s already.", m.State)
	}
	return Errorf(CodeConflict, "This meeting has begun, so it cannot be %s. Adjourn it instead.", word)
}

func (ch StateChange) postpone(m Meeting) error {
	if m.State == MeetingPostponed && m.MovedTo == "" && ch.Next != nil {
		return ch.later(m) // the new date has become known
	}
	if m.State == MeetingPlanned {
		return Errorf(CodeConflict, "This meeting is not public yet. Change its date instead.")
	}
	if err := ch.notBegun(m, "postponed"); err != nil {
		return err
	}
	return ch.later(m)
}

func (ch StateChange) later(m Meeting) error {
	if ch.Next != nil && ch.Next.Date() == m.Date() {
		return Errorf(CodeInvalid, "The new date is the old one. To change the time, change the facts of the meeting.")
	}
	return nil
}

func (ch StateChange) adjourn(m Meeting) error {
	begun := m.State == MeetingLive || m.State == MeetingAdjourned
	if (m.State == MeetingAnnounced || m.State == MeetingPublished) && !ch.Now.Before(m.StartsAt) {
		begun = true // nobody opened the room
	}
	if !begun {
		return Errorf(CodeConflict, "Only a meeting that has begun can be adjourned. Postpone or cancel this one.")
	}
	if ch.ResumesAt != nil && !ch.ResumesAt.After(m.StartsAt) {
		return Errorf(CodeInvalid, "The meeting must go on after it began. Check the day and time.")
	}
	return nil
}

func (ch StateChange) held(m Meeting) error {
	switch m.State {
	case MeetingLive, MeetingAdjourned:
		return nil
	case MeetingAnnounced, MeetingPublished:
		if !ch.Now.Before(m.StartsAt) {
			return nil
		}
	}
	return Errorf(CodeConflict, "Only a meeting that has begun can be said to be held.")
}

// reinstate gives a meeting that was cancelled or postponed by mistake back the state it had.
func (ch StateChange) reinstate(m Meeting) (Meeting, error) {
	if m.State != MeetingCancelled && m.State != MeetingPostponed {
		return m, Errorf(CodeConflict, "This meeting is neither cancelled nor postponed.")
	}
	if m.MovedTo != "" {
		return m, Errorf(CodeConflict, "This meeting has a new date. Cancel the meeting of that date, and make another one.")
	}
	m.Reason, m.ResumesAt = "", nil
	switch {
	case m.PublishedAt != nil:
		m.State = MeetingPublished
	case m.AnnouncedAt != nil:
		m.State = MeetingAnnounced
	default:
		m.State = MeetingPlanned
	}
	return m, nil
}

// Off tells that the meeting does not take place on its day.
func (m Meeting) Off() bool { return m.State == MeetingCancelled || m.State == MeetingPostponed }

// GoesOnUntil is the end of the last day on which the meeting sits, as far as it is known.
func (m Meeting) GoesOnUntil() time.Time {
	if m.ResumesAt == nil {
		return m.EndsAt
	}
	return m.ResumesAt.Add(m.EndsAt.Sub(m.StartsAt))
}

// Act describes the meeting as the public sees it now, for the announcement or a change.
func (m Meeting) Act(kind Kind) Act {
	a := Act{Kind: kind, Subject: "meetings/" + m.Slug, Board: m.Board, Meeting: m.Slug,
		Facts: map[string]string{"starts_at": m.StartsAt.UTC().Format(time.RFC3339), "local_time": m.LocalTime, "zone": m.Zone, "mode": string(m.Mode)},
		Texts: map[string]string{"title": m.Name(), "venue": m.Venue}}
	if kind == ActMeetingChanged {
		a.Facts["state"] = string(m.State)
	}
	for name, slug := range map[string]string{"moved_to": m.MovedTo, "moved_from": m.MovedFrom} {
		if slug != "" {
			a.Facts[name] = slug
		}
	}
	if m.Reason != "" {
		a.Texts["reason"] = m.Reason
	}
	return a
}
