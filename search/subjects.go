package search

import (
	"context"
	"fmt"
	"strings"

	"clearday/papers"
)

// Subjects gives the subjects whose documents the acts may have changed, each once.
func Subjects(ctx context.Context, from Source, acts []papers.Act) ([]string, error) {
	c := concerned{from: from, seen: map[string]bool{}}
	for _, a := range acts {
		if err := c.add(ctx, a); err != nil {
			return nil, fmt.Errorf("reading what act %d concerns: %w", a.Number, err)
		}
	}
	return c.subjects, nil
}

type concerned struct {
	from     Source
	seen     map[string]bool
	subjects []string
}

func (c *concerned) first(key string) bool {
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}

func (c *concerned) subject(s string) {
	if c.first(s) {
		c.subjects = append(c.subjects, s)
	}
}

func (c *concerned) add(ctx context.Context, a papers.Act) error {
	switch a.Kind {
	case papers.ActPaperPublished, papers.ActPaperSuperseded, papers.ActPaperWithdrawn, papers.ActPaperChanged:
		if rest, ok := strings.CutPrefix(a.Subject, ofPapers); ok {
			id, _, _ := strings.Cut(rest, "/")
			c.subject(ofPapers + id)
		}
	case papers.ActContributionTaken, papers.ActContributionMoved:
		c.subject(a.Subject)
	case papers.ActAgendaPublished:
		c.subject(ofMeetings + a.Meeting + ofAgenda)
	case papers.ActRoomChanged: // what was said meanwhile; captions are no acts
		c.subject(ofMeetings + a.Meeting + ofCaptions)
	case papers.ActItemChanged, papers.ActItemRemoved, papers.ActItemReleased:
		c.subject(ofMeetings + a.Meeting + ofAgenda)
		return c.papers(ctx, papers.PaperFilter{Meeting: a.Meeting})
	case papers.ActMeetingChanged:
		return c.meeting(ctx, a.Meeting)
	case papers.ActBoardChanged:
		return c.board(ctx, a.Board)
	case papers.ActPartnerAdded, papers.ActPartnerChanged: // what is the partner's own goes by its name
		return c.everything(ctx)
	}
	return nil
}

func (c *concerned) papers(ctx context.Context, f papers.PaperFilter) error {
	if !c.first("of meeting " + f.Meeting) {
		return nil
	}
	f.Renditions = true
	list, err := c.from.Papers(ctx, papers.Public, f)
	for _, p := range list {
		c.subject(ofPapers + p.ID)
	}
	return err
}

func (c *concerned) meeting(ctx context.Context, slug string) error {
	if !c.first("all of meeting " + slug) {
		return nil
	}
	c.subject(ofMeetings + slug + ofAgenda)
	c.subject(ofMeetings + slug + ofCaptions)
	numbers, err := c.from.PublicNumbers(ctx, slug)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		c.subject(ofQuestions + n)
	}
	return c.papers(ctx, papers.PaperFilter{Meeting: slug})
}

func (c *concerned) board(ctx context.Context, slug string) error {
	if slug == "" || !c.first("all of board "+slug) {
		return nil
	}
	f := papers.MeetingFilter{Board: slug, Limit: 1000}
	for {
		list, next, err := c.from.Meetings(ctx, papers.Public, f)
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := c.meeting(ctx, m.Slug); err != nil {
				return err
			}
		}
		if f.Cursor = next; next == "" {
			return nil
		}
	}
}

func (c *concerned) everything(ctx context.Context) error {
	boards, err := c.from.Boards(ctx)
	if err != nil {
		return err
	}
	for _, b := range boards {
		if err := c.board(ctx, b.Slug); err != nil {
			return err
		}
	}
	return nil
}

// News names what of an act may hold passages that are new to the public: less than what changes, because
// another name of a board makes no old paper news.
func News(a papers.Act) (subject string, ok bool) {
	switch a.Kind {
	case papers.ActPaperPublished:
		ref, ok := papers.VersionOf(a.Subject)
		return ofPapers + ref.Paper, ok
	case papers.ActContributionTaken, papers.ActContributionMoved:
		return a.Subject, true
	case papers.ActAgendaPublished, papers.ActItemChanged, papers.ActItemReleased:
		return ofMeetings + a.Meeting + ofAgenda, true
	case papers.ActRoomChanged: // what was said, once all is: its last passage grows until then
		return ofMeetings + a.Meeting + ofCaptions, a.Facts["room"] == "closed"
	}
	return "", false
}
