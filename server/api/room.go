package api

import (
	"encoding/json"

	"clearday/livestream"
)

// RoomChange opens, pauses or closes the room, and says how questions are taken.
type RoomChange struct {
	Room   string `json:"room,omitempty" enum:"open,paused,private,closed"`
	Asking string `json:"asking,omitempty" enum:"advance,live,closed"`
}

// ItemStart names the item that is being heard.
type ItemStart struct {
	Item string `json:"item" doc:"The id of an item of the published agenda."`
}

// Frames are what a socket would have brought since a number.
type Frames struct {
	Frames []json.RawMessage `json:"frames" doc:"The frames of the room's socket, in order. Nothing new: none."`
}

// Questions is a page of public questions, with counts that add up.
type Questions struct {
	List[livestream.Question]
	Counts livestream.Counts `json:"counts"`
}

// Decision is what a moderator decides about a contribution.
type Decision struct {
	State      string `json:"state,omitempty" enum:"published,held,merged,refused,transferred,put,answered,answered_orally,answered_in_writing,not_reached,withdrawn" doc:"answered is the one of the two that fits: orally while the room is open, else in writing."`
	Item       string `json:"item,omitempty" doc:"Moves it to another item."`
	Answer     string `json:"answer,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"`
	Reason     string `json:"reason,omitempty" doc:"The code of a reason, for refused."`
	MergedInto string `json:"merged_into,omitempty" doc:"A number, for merged."`
	Revision   int    `json:"revision,omitempty" doc:"The one that was read. When it is not the latest, nothing is changed (409)."`
}

// Decision gives the decision about a number; open tells that the meeting's room is open.
func (d Decision) Decision(number string, open bool) livestream.Decision {
	to := livestream.State(d.State)
	if d.State == "answered" {
		to = livestream.AnsweredWriting
		if open {
			to = livestream.AnsweredOrally
		}
	}
	return livestream.Decision{Number: number, Revision: d.Revision, To: to, Item: d.Item, Reason: d.Reason,
		MergedInto: d.MergedInto, Answer: d.Answer, AnsweredBy: d.AnsweredBy}
}
