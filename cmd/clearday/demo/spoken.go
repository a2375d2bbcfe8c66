package demo

import (
	"context"
	"fmt"
	"time"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
)

// captioner says what is captioned at a meeting, and who does.
var captioner = map[bool]livestream.Caption{
	true:  {Source: livestream.CaptionMachine},
	false: {Source: livestream.CaptionHuman, By: "Fen Speech to Text"},
}

// caption shows what is said from the moment on, a line every few seconds.
func (l *loader) caption(ctx context.Context, m papers.Meeting, live bool, said []string) error {
	for _, line := range said {
		l.clock.set(l.clock.now().Add(7 * time.Second))
		c := captioner[live]
		c.Text = line
		if _, err := l.Hub.Caption(ctx, m.Slug, c); err != nil {
			return fmt.Errorf("captioning: %w", err)
		}
	}
	return nil
}

// announce puts words of the board team above the room.
func (l *loader) announce(ctx context.Context, m papers.Meeting, words string) error {
	if _, err := l.Hub.SetRoom(ctx, m.Slug, livestream.Turn{Notice: &words}, secretary); err != nil {
		return fmt.Errorf("announcing: %w", err)
	}
	return nil
}

// flood supports a question from many new devices at one place within seconds, as a program does that
// pretends to be many people. The moderator leaves them out, which is stated beside the question.
func (l *loader) flood(ctx context.Context, m papers.Meeting, number string) error {
	var batch []livestream.Support
	for n := range livestream.DefaultPatterns.Place + 21 {
		batch = append(batch, livestream.Support{Meeting: m.Slug, Question: number, Device: auth.HashSecret(fmt.Sprint("demo program ", n)), From: "192.0.2.7"})
	}
	if _, err := l.Record.Support(ctx, batch); err != nil {
		return fmt.Errorf("a flood of support: %w", err)
	}
	list, err := l.Record.Arrivals(ctx, m.Slug, l.clock.now().Add(-time.Second), len(batch))
	if err != nil {
		return fmt.Errorf("reading a flood of support: %w", err)
	}
	if _, err := l.Record.NoteBursts(ctx, m.Slug, []livestream.Burst{{Question: number, Kind: livestream.OnePlace, Place: list[0].Place, Arrivals: list}}); err != nil {
		return fmt.Errorf("noting a flood of support: %w", err)
	}
	found, err := l.Record.Patterns(ctx, m.Slug)
	if err != nil {
		return fmt.Errorf("reading unusual patterns: %w", err)
	}
	for _, p := range found {
		if _, err := l.Hub.DecidePattern(ctx, p.Question, p.ID, livestream.PatternLeftOut, moderator); err != nil {
			return err
		}
	}
	return nil
}

// dealtWith says, two weeks after the meeting, that those it was passed on to have dealt with it.
func dealtWith(l *loader, ctx context.Context, number string) error {
	l.clock.set(l.clock.now().AddDate(0, 0, 14))
	return decides(livestream.Decision{Done: l.clock.now().In(site.Location()).Format(time.DateOnly)})(l, ctx, number)
}

// What is said at the meetings, under the items.
var (
	saidOpening = []string{"good afternoon everybody and welcome to the open data committee", "we meet in the hall at salt fen and online",
		"the fire exit is at the back of the hall", "we have one apology from doctor zelack", "are there any interests to declare", "there are none so we go on to item two"}
	saidPublishing = []string{"item two what we publish in the coming months", "the head of information will take us through the plan on page four",
		"thank you chair the short version is that eleven data sets come out before the summer", "live bus times for the villages are the first of them",
		"the operators send us a test file every night and we compare it with the printed timetable", "we would rather be two weeks late than be wrong",
		"that brings me to the question from the bus users group", "the answer is the spring and two people check each file before it goes out"}
	saidBuses = []string{"Item 3. Open data at the transport department.", "We have read the strategy. What does it mean for the villages east of the river?",
		"The operators have agreed to publish live times from the spring.", "We ask them for one format, so that any app can read it.", "Is the ferry at Saltfen part of this?",
		"It has another operator. We will write to them, and answer in writing.", "Thank you. The board notes the strategy."}
	saidTerms = []string{"Item 4. Terms of reference.", "There is one change: the panel reports every quarter.", "Is that agreed? It is agreed."}
)
