package papers

import (
	"context"
	"slices"
)

// Release makes something public that was heard or kept in private: an exemption holds only so long as
// its reasons do (rules.md N-9). It is part of a publication, with its moment, act and notice. What was
// not released stays private: other papers of the item, and earlier versions of the paper.
type Release struct {
	Item   string `json:"item,omitempty"`  // id of the item whose title and lead become public
	Paper  string `json:"paper,omitempty"` // or id of a paper, of which the publication names the version
	Reason string `json:"reason"`          // public
}

// ToRelease is what a secretary chose of an item.
type ToRelease struct {
	Whole  bool     // the item itself: its title and lead
	Papers []string // ids
	Reason string
}

// releases tells whether the publication releases the paper.
func (p Publication) releases(paper string) (Release, bool) {
	at := slices.IndexFunc(p.Releases, func(r Release) bool { return r.Paper == paper })
	if at < 0 {
		return Release{}, false
	}
	return p.Releases[at], true
}

// PlanRelease says what releasing would make public now. all are the papers of the item.
func PlanRelease(m Meeting, item Item, all []Paper, t ToRelease) (Publication, error) {
	p := Publication{Meeting: m.Slug}
	reason, err := Line("reason for the release", t.Reason, 1000, true)
	if err != nil {
		return p, err
	}
	if item.PublishedAt == nil {
		return p, Errorf(CodeConflict, "Item %s is not on the public agenda yet. Change it in its own form.", item.Number)
	}
	if t.Whole {
		if !item.Private {
			return p, Errorf(CodeConflict, "Item %s is not private any more.", item.Number)
		}
		p.Releases = append(p.Releases, Release{Item: item.ID, Reason: reason})
	}
	for _, paper := range all {
		if !slices.Contains(t.Papers, paper.ID) {
			continue
		}
		v, ok := paper.Newest()
		if !ok || !paper.Private {
			return p, Errorf(CodeConflict, "“%s” is not private any more.", paper.Title)
		}
		paper.Private = false
		if why := whyNot(paper, v); why != "" {
			return p, Errorf(CodeConflict, "“%s” cannot be released: %s", paper.Title, why)
		}
		p.Releases = append(p.Releases, Release{Paper: paper.ID, Reason: reason})
		p.Versions = append(p.Versions, v.Ref())
	}
	if len(p.Releases) == 0 {
		return p, Errorf(CodeInvalid, "Choose what to release.")
	}
	return p, nil
}

// Release freezes what was chosen of a private item for the moment that the wish names, or makes it
// public now.
func (p *Publisher) Release(ctx context.Context, item string, t ToRelease, w Wish, by Actor) (Publication, error) {
	i, err := p.Store.Item(ctx, Insider, item)
	if err != nil {
		return Publication{}, err
	}
	m, err := p.Store.Meeting(ctx, Insider, i.Meeting)
	if err != nil {
		return Publication{}, err
	}
	all, err := p.Store.Papers(ctx, Insider, PaperFilter{Item: item})
	if err != nil {
		return Publication{}, err
	}
	plan, err := PlanRelease(m, i, all, t)
	if err != nil {
		return Publication{}, err
	}
	return p.schedule(ctx, plan, w, by)
}

// releaseActs are the acts of the items that the publication releases. Papers have one each already.
func (p Publication) releaseActs(m Meeting, items []Item) []Act {
	var acts []Act
	for _, r := range p.Releases {
		for _, i := range items {
			if i.ID == r.Item {
				acts = append(acts, Act{Kind: ActItemReleased, Subject: "items/" + i.ID, Board: m.Board, Meeting: m.Slug,
					Texts: map[string]string{"title": i.Number + " " + i.Title, "reason": r.Reason}})
			}
		}
	}
	return acts
}
