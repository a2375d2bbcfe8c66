package papers

import "slices"

// EveryBoard stands for all boards in an Audience and in a role held for the whole site.
const EveryBoard = "*"

// Audience says who looks. The zero value is the public. Every query of the record takes one and
// decides inside the query; pages never filter.
//
// The public sees: boards and partners; meetings from their announcement; items from their
// publication, private ones by their safe title; papers that are not private, from the
// publication of a version. An audience with a board in Drafts also sees what is not yet
// published there, and with a board in Private its private items and papers. Of an item or paper in
// which Person has a conflict that withholds it (Conflict), the audience sees what the public sees.
type Audience struct {
	Drafts  []string // boards whose unpublished matter it may see
	Private []string // boards whose private matter it may see
	Person  string   // who it is, because of declared conflicts; empty for the program itself
}

// Public is everybody.
var Public = Audience{}

// Insider is the audience of the program itself: the publisher and what follows acts.
var Insider = Audience{Drafts: []string{EveryBoard}, Private: []string{EveryBoard}}

// SeesDrafts tells whether unpublished matter of the board is for this audience.
func (a Audience) SeesDrafts(board string) bool { return holds(a.Drafts, board) }

// SeesPrivate tells whether private matter of the board is for this audience.
func (a Audience) SeesPrivate(board string) bool { return holds(a.Private, board) }

func holds(boards []string, board string) bool {
	return slices.Contains(boards, EveryBoard) || slices.Contains(boards, board)
}
