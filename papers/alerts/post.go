package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Post sends letters.
type Post struct {
	Store  Store
	Writer *Writer
	Mailer Mailer
	Log    *slog.Logger
	Wakes  chan struct{} // a buffered channel of 1: there may be letters
}

const (
	lease     = 5 * time.Minute
	lookEvery = 2 * time.Second // for letters of another program, and for those put back
	maxTries  = 12              // with doubling pauses: over a day
)

// Wake tells the post that there may be letters. It never blocks.
func (p *Post) Wake() {
	select {
	case p.Wakes <- struct{}{}:
	default:
	}
}

// Run sends letters until ctx ends.
func (p *Post) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := p.round(ctx)
		if err != nil && ctx.Err() == nil {
			p.Log.Error("sending letters", slog.Any("err", err))
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-p.Wakes:
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// perLine is how many letters go over one connection.
const perLine = 50

// round opens a line when there is a letter, and sends what there is; more is true when the line
// ended before the letters did.
func (p *Post) round(ctx context.Context) (more bool, err error) {
	l, ok, err := p.Store.TakeLetter(ctx, lease)
	if err != nil || !ok {
		return false, err
	}
	line, err := p.Mailer.Dial(ctx)
	if err != nil {
		return false, errors.Join(fmt.Errorf("reaching the mail server: %w", err), p.later(ctx, l, "The mail server cannot be reached: "+err.Error()))
	}
	defer func() { _ = line.Close() }() // what was sent is sent
	for n := 1; ; n++ {
		if err := p.send(ctx, line, l); err != nil {
			return false, err
		}
		if n == perLine {
			return true, nil
		}
		if l, ok, err = p.Store.TakeLetter(ctx, lease); err != nil || !ok {
			return false, err
		}
	}
}

// send writes one letter and hands it over. An error is ours; what the mail server says of a letter
// goes into the record.
func (p *Post) send(ctx context.Context, line Line, l Letter) error {
	m, err := p.Writer.Write(ctx, l)
	if errors.Is(err, errNothingLeft) {
		return p.Store.FinishLetter(ctx, l.ID, Dropped, "")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing a letter: %w", err), p.later(ctx, l, "The letter could not be written yet."))
	}
	if mine, err := p.Store.HandOver(ctx, l.ID, m.Told); err != nil || !mine {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the server may have taken it: that is said also while stopping
	err = line.Send(m)
	var not *NotTaken
	switch {
	case err == nil:
		return p.Store.FinishLetter(ctx, l.ID, Sent, "")
	case !errors.As(err, &not):
		return errors.Join(fmt.Errorf("handing over a letter: %w", err), p.Store.FinishLetter(ctx, l.ID, Unknown, "The line broke while the letter was handed over. It is not sent again."))
	case not.Permanent || l.Tries >= maxTries:
		return p.Store.FinishLetter(ctx, l.ID, Refused, not.Error())
	}
	return p.later(ctx, l, not.Error())
}

func (p *Post) later(ctx context.Context, l Letter, says string) error {
	return p.Store.RetryLetter(context.WithoutCancel(ctx), l.ID, min(6*time.Hour, 10*time.Second<<min(l.Tries, 12)), says)
}
