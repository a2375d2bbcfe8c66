package api

import (
	"clearday/papers"
)

// Board is a board, committee or forum.
type Board struct {
	Slug          string               `json:"slug"`
	Name          string               `json:"name"`
	About         string               `json:"about"`
	Alliance      string               `json:"alliance" doc:"Slug of the alliance whose board it is."`
	Terms         string               `json:"terms" doc:"Terms of reference, plain text."`
	Quorum        string               `json:"quorum"`
	Venue         string               `json:"venue"`
	NoticeProfile string               `json:"notice_profile" doc:"The rules by which clear days are counted."`
	QuestionRules papers.QuestionRules `json:"question_rules"`
	Members       []Member             `json:"members" doc:"Past ones are kept, with their last day."`
	EndedOn       string               `json:"ended_on" doc:"Empty while it meets."`
	Successor     string               `json:"successor" doc:"Slug of the board that took over."`
	URL           string               `json:"url"`
}

// Member is a seat on a board.
type Member struct {
	Name         string `json:"name"`
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
	From         string `json:"from,omitempty" doc:"First day, such as 2026-04-08."`
	To           string `json:"to,omitempty" doc:"Last day."`
}

// NewBoard is a board to be added.
type NewBoard struct {
	Name          string `json:"name"`
	Slug          string `json:"slug,omitempty" doc:"Its address for ever; made of the name when left out."`
	About         string `json:"about,omitempty"`
	Terms         string `json:"terms,omitempty"`
	Venue         string `json:"venue,omitempty"`
	NoticeProfile string `json:"notice_profile,omitempty"`

	QuestionRules papers.QuestionRules `json:"question_rules,omitzero" doc:"How it takes questions. Left out: no statements, no support, no chat."`
}

// Board gives the board to be added, not yet tidied.
func (n NewBoard) Board() papers.Board {
	return papers.Board{Name: n.Name, Slug: n.Slug, About: n.About, Terms: n.Terms, Venue: n.Venue, NoticeProfile: n.NoticeProfile,
		Questions: n.QuestionRules, Members: []papers.Member{}}
}

// BoardChange changes the fields of a board that it names, and leaves the others.
type BoardChange struct {
	Name          *string               `json:"name,omitempty"`
	About         *string               `json:"about,omitempty"`
	Alliance      *string               `json:"alliance,omitempty"`
	Terms         *string               `json:"terms,omitempty"`
	Quorum        *string               `json:"quorum,omitempty"`
	Venue         *string               `json:"venue,omitempty"`
	NoticeProfile *string               `json:"notice_profile,omitempty"`
	QuestionRules *papers.QuestionRules `json:"question_rules,omitempty"`
	Members       *[]Member             `json:"members,omitempty" doc:"All of them, past ones too."`
	EndedOn       *string               `json:"ended_on,omitempty"`
	Successor     *string               `json:"successor,omitempty"`
}

// OfSite tells whether the change is of what only the administrator of the site may change.
func (ch BoardChange) OfSite() bool {
	return ch.Name != nil || ch.Alliance != nil || ch.NoticeProfile != nil || ch.EndedOn != nil || ch.Successor != nil
}

// Apply makes the change on a board as read, not yet tidied.
func (ch BoardChange) Apply(b papers.Board) papers.Board {
	set(&b.Name, ch.Name)
	set(&b.About, ch.About)
	set(&b.Alliance, ch.Alliance)
	set(&b.Terms, ch.Terms)
	set(&b.Quorum, ch.Quorum)
	set(&b.Venue, ch.Venue)
	set(&b.NoticeProfile, ch.NoticeProfile)
	set(&b.Questions, ch.QuestionRules)
	set(&b.EndedOn, ch.EndedOn)
	set(&b.Successor, ch.Successor)
	if ch.Members != nil {
		b.Members = nil
		for _, m := range *ch.Members {
			b.Members = append(b.Members, papers.Member(m))
		}
	}
	return b
}

// OfBoard gives a board's shape.
func OfBoard(b papers.Board) Board {
	members := make([]Member, len(b.Members))
	for i, m := range b.Members {
		members[i] = Member(m)
	}
	return Board{Slug: b.Slug, Name: b.Name, About: b.About, Alliance: b.Alliance, Terms: b.Terms, Quorum: b.Quorum, Venue: b.Venue, NoticeProfile: b.NoticeProfile,
		QuestionRules: b.Questions, Members: members, EndedOn: b.EndedOn, Successor: b.Successor, URL: "/boards/" + b.Slug}
}

// OfBoards gives the list of boards.
func OfBoards(boards []papers.Board) List[Board] { return listOf(boards, "", OfBoard) }
