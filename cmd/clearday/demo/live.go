package demo

import (
	"context"
	"fmt"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
)

// step is something that happens to a question after it was first decided about, with the number of that
// question; what belongs after the meeting happens once it was held.
type step func(l *loader, ctx context.Context, number string) error

// decides is a step in which the moderator decides.
func decides(d livestream.Decision) step {
	return func(l *loader, ctx context.Context, number string) error {
		d.Number = number
		_, err := l.Hub.Decide(ctx, d, moderator)
		return err
	}
}

// owed promises a written answer by a day so many days after the moment.
func owed(days int) step {
	return func(l *loader, ctx context.Context, number string) error {
		return decides(livestream.Decision{AnswerDue: l.clock.now().In(site.Location()).AddDate(0, 0, days).Format(time.DateOnly)})(l, ctx, number)
	}
}

// passesOn hands it to the procedure for requests, which has about four weeks.
func passesOn(l *loader, ctx context.Context, number string) error {
	due := l.clock.now().In(site.Location()).AddDate(0, 0, 28).Format(time.DateOnly)
	return decides(livestream.Decision{To: livestream.Transferred, Transfer: livestream.Transfer{Kind: livestream.TransferFOI, Due: due}})(l, ctx, number)
}

// responds is a step of the asker, on the private page.
func responds(r livestream.Response) step {
	return func(l *loader, ctx context.Context, number string) error {
		code, err := l.code(ctx, number)
		if err != nil {
			return err
		}
		r.Number, r.Code = number, code
		_, err = l.Hub.Respond(ctx, r)
		return err
	}
}

// follows is a further question after the answer, decided about and owed in writing.
func follows(text string) step {
	return func(l *loader, ctx context.Context, number string) error {
		code, err := l.code(ctx, number)
		if err != nil {
			return err
		}
		c, err := l.Hub.Further(ctx, number, code, text, "")
		if err != nil {
			return err
		}
		if err := decides(published)(l, ctx, c.Number); err != nil {
			return err
		}
		return owed(20)(l, ctx, c.Number)
	}
}

// code is what opens the private page of a question: its asker's browser is told.
func (l *loader) code(ctx context.Context, number string) (string, error) {
	c, err := l.Record.Contribution(ctx, number)
	if err != nil {
		return "", err
	}
	_, mine, err := l.Record.Device(ctx, c.Meeting, c.Device)
	for _, m := range mine {
		if m.Number == number {
			return m.Code, nil
		}
	}
	return "", err
}

// chatter is what is said beside the meeting that is live.
var chatter = []struct{ name, text, removed string }{
	{"Ann", "Good afternoon from the library in Eastwold. Sound and captions work here.", ""},
	{"", "Where is the timetable of item 2?", ""},
	{"Moderator", "Under “Papers” beside the item: page 4.", ""},
	{"Bus user", "My driver’s telephone number is 01632 960 517, call him.", "personal-details"},
	{"Yusuf", "Thank you for the large print copies.", ""},
}

// present brings the meeting of today to where it is now: the second item is heard and captioned, questions are
// published, one is put, people support and talk, and a program that pretends to be many of them is found out.
func (l *loader) present(ctx context.Context, m papers.Meeting, items []papers.Item, numbers []string) error {
	l.clock.set(m.StartsAt)
	if _, err := l.Hub.SetRoom(ctx, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive}, secretary); err != nil {
		return fmt.Errorf("opening the room: %w", err)
	}
	at := m.StartsAt
	for n, said := range [][]string{saidOpening, saidPublishing} {
		at = at.Add(time.Duration(4*n) * time.Minute)
		l.clock.set(at)
		if _, err := l.Hub.StartItem(ctx, m.Slug, items[n].ID, secretary); err != nil {
			return fmt.Errorf("starting item %s: %w", items[n].Number, err)
		}
		if err := l.caption(ctx, m, true, said); err != nil {
			return err
		}
	}
	if err := l.announce(ctx, m, "The large print copies lie by the door. There is tea after item 2."); err != nil {
		return err
	}
	if err := l.flood(ctx, m, numbers[1]); err != nil {
		return err
	}
	for n, number := range numbers {
		for person := range 23 - 7*n {
			s := livestream.Support{Meeting: m.Slug, Question: number, Device: auth.HashSecret(fmt.Sprint("demo supporter ", person))}
			if _, err := l.Hub.Support(ctx, s); err != nil && papers.CodeOf(err) != papers.CodeConflict {
				return fmt.Errorf("supporting %s: %w", number, err)
			}
		}
	}
	if err := decides(livestream.Decision{To: livestream.Put})(l, ctx, numbers[0]); err != nil {
		return fmt.Errorf("putting %s: %w", numbers[0], err)
	}
	for n, c := range chatter {
		l.clock.set(at.Add(time.Duration(n+2) * time.Minute))
		s, err := l.Hub.Say(ctx, livestream.Say{Meeting: m.Slug, Device: auth.HashSecret(fmt.Sprint("demo chat ", n)), Key: "demo", Name: c.name, Text: c.text})
		if err == nil && c.removed != "" {
			_, err = l.Hub.DecideMessage(ctx, livestream.MessageDecision{ID: s.ID, To: livestream.ChatRemoved, Reason: c.removed}, moderator)
		}
		if err != nil {
			return fmt.Errorf("talking beside the meeting: %w", err)
		}
	}
	return nil
}
