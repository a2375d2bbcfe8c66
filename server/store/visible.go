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

// itemFor: from the publication of the item; a private one then shows its safe title (itemFace).
func itemFor(a papers.Audience) schema.QueryWithArgs {
	return bun.SafeQuery("((m.announced_at IS NOT NULL AND i.published_at IS NOT NULL) OR ?)", among("m.board", a.Drafts))
}

// versionFor: from the publication of the version, unless paper or item is private. Whoever sees
// drafts sees all versions, private ones only when they may see private matter too. Private papers
// are never published: whoever sees private matter reads them from the publication of their item,
// once they have been read and nothing blocks them.
func versionFor(a papers.Audience) schema.QueryWithArgs {
	return bun.SafeQuery(`CASE WHEN p.private OR i.private
		THEN ? AND (? OR (m.announced_at IS NOT NULL AND i.published_at IS NOT NULL AND v.state IN ('ready', 'scheduled', 'published', 'superseded', 'withdrawn')))
		ELSE ? OR (m.announced_at IS NOT NULL AND i.published_at IS NOT NULL AND v.published_at IS NOT NULL
			AND v.state IN ('published', 'superseded', 'withdrawn'))
		END`, among("p.board", a.Private), among("p.board", a.Drafts), among("p.board", a.Drafts))
}

// itemFace gives the item as the audience may see it.
func itemFace(a papers.Audience, board string, i papers.Item) papers.Item {
	if a.SeesPrivate(board) {
		return i
	}
	return i.ForPublic()
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
