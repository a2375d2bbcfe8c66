package store

import (
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"clearday/papers"
)

// This file decides who sees what; every query of the record takes its condition from here. The
// rule is the comment of papers.Audience. The conditions expect the aliases m (meetings), i
// (items), p (papers) and v (versions). Contributions of a public meeting are public by number, date
// and state; Contribution.Public holds their words back.

// among is the condition that a board is one of a list of an audience.
func among(column string, boards []string) schema.QueryWithArgs {
	switch {
	case slices.Contains(boards, papers.EveryBoard):
		return bun.SafeQuery("TRUE")
	case len(boards) == 0:
		return bun.SafeQuery("FALSE")
	}
	return bun.SafeQuery("? IN (?)", bun.Ident(column), bun.List(boards))
}

// meetingFor: from the announcement.
func meetingFor(a papers.Audience) schema.QueryWithArgs {
	return bun.SafeQuery("(m.announced_at IS NOT NULL OR ?)", among("m.board", a.Drafts))
}

// withheld is the condition that the person has a conflict that keeps an item, or one paper of it, from
// them (papers.Conflict). paper is the column of the paper's id, or empty for the item as such.
func withheld(a papers.Audience, item, paper string) schema.QueryWithArgs {
	if a.Person == "" {
		return bun.SafeQuery("FALSE")
	}
	whole := bun.SafeQuery("cf.paper = ''")
	if paper != "" {
		whole = bun.SafeQuery("(cf.paper IN ('', ?) OR cf.paper = p.rendition_of)", bun.Ident(paper))
	}
	return bun.SafeQuery("EXISTS (SELECT 1 FROM conflicts AS cf WHERE cf.person = ? AND cf.item = ? AND cf.withholds AND cf.ended_at IS NULL AND ?)",
		a.Person, bun.Ident(item), whole)
}

// itemFor: from the publication of the item; a private one then shows its safe title (itemFace).
func itemFor(a papers.Audience) schema.QueryWithArgs {
	return bun.SafeQuery("((m.announced_at IS NOT NULL AND i.published_at IS NOT NULL) OR ?)", among("m.board", a.Drafts))
}

// versionFor: from the publication of the version, unless it, its paper or its item is private. Whoever
// sees drafts sees all versions, private ones only when they may see private matter too. Private papers
// are never published: whoever sees private matter reads them from the publication of their item,
// once they have been read and nothing blocks them. A conflict leaves what the public sees. What belongs to
// a paper is public only while that is.
func versionFor(a papers.Audience) schema.QueryWithArgs {
	drafts, no := among("p.board", a.Drafts), withheld(a, "p.item", "p.id")
	return bun.SafeQuery(`CASE WHEN p.private OR v.private OR (i.private AND p.released_at IS NULL)
		THEN ? AND NOT ? AND (? OR (m.announced_at IS NOT NULL AND i.published_at IS NOT NULL AND v.state IN ('ready', 'scheduled', 'published', 'superseded', 'withdrawn')))
		ELSE (? AND NOT ?) OR (m.announced_at IS NOT NULL AND i.published_at IS NOT NULL AND v.published_at IS NOT NULL
			AND v.state IN ('published', 'superseded', 'withdrawn')
			AND (p.rendition_of = '' OR v.state = 'withdrawn' OR EXISTS (SELECT 1 FROM versions AS pv WHERE pv.paper = p.rendition_of AND pv.state = 'published')))
		END`, among("p.board", a.Private), no, drafts, drafts, no)
}

// itemFace gives the item as the audience may see it; kept tells that a conflict withholds it.
func itemFace(a papers.Audience, board string, i papers.Item, kept bool) papers.Item {
	if a.SeesPrivate(board) && !kept {
		return i
	}
	return i.ForPublic()
}

// paperFace gives the paper as the audience may see it: why it is private is for insiders.
func paperFace(a papers.Audience, p papers.Paper) papers.Paper {
	if a.SeesPrivate(p.Board) {
		return p
	}
	p.Grounds = papers.Grounds{}
	if p.ReleasedAt == nil {
		p.Exemption = ""
	}
	return p
}

// versionFace empties what the audience may not see of a version that it sees. Of a withdrawn one
// only its tombstone is left.
func versionFace(a papers.Audience, board string, v papers.Version) papers.Version {
	if a.SeesDrafts(board) {
		return v
	}
	v.FileName, v.Findings, v.ScheduledAt = "", nil, nil
	if v.State == papers.VersionWithdrawn {
		return papers.Version{Paper: v.Paper, N: v.N, State: v.State, CreatedAt: v.CreatedAt, PublishedAt: v.PublishedAt, Act: v.Act,
			WithdrawnAt: v.WithdrawnAt, WithdrawnBy: v.WithdrawnBy, WithdrawnWhy: v.WithdrawnWhy}
	}
	return v
}
