// Package api is the JSON interface of the program (version 1): the shapes of what goes in and
// out, how they are made of the domain, and the OpenAPI document. One table of operations describes
// every route; its schemas are generated from the shapes, and a test compares it with the routes
// that the server really has.
//
// What a shape holds has been read for the caller's audience: nothing is filtered here. Fields that
// are never public (the name of an uploaded file, what was found in it, what stands behind a private
// item) are empty for the public because the record leaves them empty.
package api

import (
	"time"

	"clearday/papers"
)

// List is one page of a list. Next is the cursor of the next page, empty at the end.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Give it as cursor to get the next page. Empty at the end."`
}

// NewList makes a list that is never null.
func NewList[T any](items []T, next string) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items, Next: next}
}

// listOf makes a list by turning each item into its shape.
func listOf[D, T any](items []D, next string, shape func(D) T) List[T] {
	out := make([]T, len(items))
	for i, d := range items {
		out[i] = shape(d)
	}
	return NewList(out, next)
}

// Problem is an error (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"A sentence a person can act on."`
	Code   string `json:"code,omitempty" enum:"invalid,not_found,gone,conflict,forbidden,too_many,too_large,sign_in"`
}

// Board is a board, committee or forum.
type Board struct {
	Slug          string   `json:"slug"`
	Name          string   `json:"name"`
	About         string   `json:"about"`
	Terms         string   `json:"terms" doc:"Terms of reference, plain text."`
	Venue         string   `json:"venue"`
	NoticeProfile string   `json:"notice_profile" doc:"The rules by which clear days are counted."`
	Members       []Member `json:"members"`
	URL           string   `json:"url"`
}

// Member is a seat on a board.
type Member struct {
	Name         string `json:"name"`
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
}

// NewBoard is a board to be added.
type NewBoard struct {
	Name          string `json:"name"`
	Slug          string `json:"slug,omitempty" doc:"Its address for ever; made of the name when left out."`
	About         string `json:"about,omitempty"`
	Terms         string `json:"terms,omitempty"`
	Venue         string `json:"venue,omitempty"`
	NoticeProfile string `json:"notice_profile,omitempty"`
}

// Board gives the board to be added, not yet tidied.
func (n NewBoard) Board() papers.Board {
	return papers.Board{Name: n.Name, Slug: n.Slug, About: n.About, Terms: n.Terms, Venue: n.Venue, NoticeProfile: n.NoticeProfile, Members: []papers.Member{}}
}

// OfBoard gives a board's shape.
func OfBoard(b papers.Board) Board {
	members := make([]Member, len(b.Members))
	for i, m := range b.Members {
		members[i] = Member(m)
	}
	return Board{Slug: b.Slug, Name: b.Name, About: b.About, Terms: b.Terms, Venue: b.Venue, NoticeProfile: b.NoticeProfile, Members: members, URL: "/boards/" + b.Slug}
}

// OfBoards gives the list of boards.
func OfBoards(boards []papers.Board) List[Board] { return listOf(boards, "", OfBoard) }

// OfActs gives a page of acts.
func OfActs(acts []papers.Act, next string) List[papers.Act] {
	for i := range acts {
		acts[i].At = acts[i].At.UTC()
	}
	return NewList(acts, next)
}

// inZone says an optional instant with the offset of a zone.
func inZone(t *time.Time, l *time.Location) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(l)
	return &local
}
