package api

import (
	"encoding/json"
	"time"

	"clearday/livestream"
)

// RoomChange opens, pauses or closes the room, and says how questions are taken.
type RoomChange struct {
	Room   string `json:"room,omitempty" enum:"open,paused,private,closed"`
	Asking string `json:"asking,omitempty" enum:"advance,live,closed"`
	Chat   string `json:"chat,omitempty" enum:"rules,off,checked_first,checked_after" doc:"How the chat of this meeting is kept; rules is as its rules say."`

	Reason    string                `json:"reason,omitempty" doc:"Why it pauses, adjourns or goes private, in words that everybody can read. Needed to adjourn."`
	Until     *time.Time            `json:"until,omitempty" doc:"When it goes on; of a private session about when. In the future."`
	Adjourn   bool                  `json:"adjourn,omitempty" doc:"With paused: the meeting itself stops until then."`
	Exclusion *livestream.Exclusion `json:"exclusion,omitempty" doc:"With private: the resolution that was passed. An empty item is the rest of the meeting."`

	Notice *string            `json:"notice,omitempty" doc:"An announcement to everybody in the room, at most 300 characters; empty takes it down."`
	Stream *livestream.Stream `json:"stream,omitempty" doc:"Where the meeting is shown, from a site that the administrator allows; an empty kind and url take it down."`
}

// Turn is the change of the room but for the chat.
func (r RoomChange) Turn() livestream.Turn {
	return livestream.Turn{State: livestream.RoomState(r.Room), Asking: livestream.Asking(r.Asking), Reason: r.Reason, Until: r.Until, Adjourn: r.Adjourn,
		Exclusion: r.Exclusion, Notice: r.Notice, Stream: r.Stream}
}

// KeptPublic notes that the public was not excluded although the agenda said so (rules.md M-9).
type KeptPublic struct {
	Item string `json:"item" doc:"The id of an item of the published agenda."`
}

// Sessions is the log of a meeting's room.
type Sessions struct {
	Items []livestream.Session `json:"items" doc:"In order: when the meeting was public, paused, adjourned or in private, and where the public stayed although the agenda said otherwise."`
}

// ItemStart names the item that is being heard.
type ItemStart struct {
	Item string `json:"item" doc:"The id of an item of the published agenda."`
}

// NewCaption is what was said. As text/plain the body is the text, and the rest stands in the address.
type NewCaption struct {
	Text     string     `json:"text" doc:"At most 300 characters."`
	Source   string     `json:"source" enum:"human,machine" doc:"Who made it. Readers are told."`
	By       string     `json:"by,omitempty" doc:"Name of the captioner, where they want to be named."`
	SpokenAt *time.Time `json:"spoken_at,omitempty" doc:"When it was said. What was said before the room opened, so in private session, is refused (409)."`
	Key      string     `json:"key,omitempty" doc:"Makes sending twice one caption, for a retry: at most 64 characters, another one for each."`
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

// MessageDecision is what a moderator decides about a message of the chat.
type MessageDecision struct {
	State  string `json:"state" enum:"posted,refused,removed"`
	Reason string `json:"reason,omitempty" doc:"For refused and removed, public: personal-details, names-individual, confidential, off-topic, repeat or wording."`
}

// Decision is what a moderator decides about a contribution.
type Decision struct {
	State      string `json:"state,omitempty" enum:"published,held,merged,refused,transferred,put,answered,answered_orally,answered_in_writing,not_reached,withdrawn" doc:"answered is the one of the two that fits: orally while the room is open, else in writing. refused by a role that does not decide for the board is a proposal: the answer is held, with proposed."`
	Item       string `json:"item,omitempty" doc:"Moves it to another item."`
	Answer     string `json:"answer,omitempty" doc:"Without one, answered_in_writing gives the draft that was approved."`
	AnsweredBy string `json:"answered_by,omitempty"`
	AnswerDue  string `json:"answer_due,omitempty" doc:"The day by which a written answer is promised, 2006-01-02."`
	Reason     string `json:"reason,omitempty" doc:"The code of a reason, for refused. Others see a neutral one."`
	MergedInto string `json:"merged_into,omitempty" doc:"A number, for merged."`
	Transfer   string `json:"transfer,omitempty" enum:"foi,complaint,service" doc:"Where it is passed on to, for transferred."`
	TransferBy string `json:"transfer_due,omitempty" doc:"The day by which that procedure answers; without it, the law's where there is one."`
	Done       string `json:"dealt_with,omitempty" doc:"The day on which those it was passed on to had dealt with it, 2006-01-02. Public."`
	Allocate   string `json:"allocated_to,omitempty" doc:"The partner who is to answer. Public with the words."`
	Text       string `json:"text,omitempty" doc:"Other words, by the moderator. The asker's own are kept beside, and the asker is told."`
	Redraft    string `json:"redraft,omitempty" doc:"Other words that are offered to the asker."`
	Draft      string `json:"draft,omitempty" doc:"A written answer that is not given yet."`
	Approve    bool   `json:"approve,omitempty" doc:"Approves the draft."`
	Urgent     *bool  `json:"urgent,omitempty" doc:"Somebody may be in danger."`
	NotRefused bool   `json:"drop_proposal,omitempty" doc:"Lets go of a proposed refusal."`
	Seen       bool   `json:"seen,omitempty" doc:"What the asker wrote was dealt with."`
	Note       string `json:"note,omitempty" doc:"Why, for the record. Never public."`
	Told       string `json:"told,omitempty" doc:"What the asker reads of it on the private page. Never public."`
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
		MergedInto: d.MergedInto, Answer: d.Answer, AnsweredBy: d.AnsweredBy, AnswerDue: d.AnswerDue,
		Transfer: livestream.Transfer{Kind: livestream.TransferKind(d.Transfer), Due: d.TransferBy}, Done: d.Done, AllocateTo: d.Allocate,
		Words: d.Text, Redraft: d.Redraft, Draft: d.Draft, Approve: d.Approve, Urgent: d.Urgent, Drop: d.NotRefused, Seen: d.Seen,
		Note: d.Note, Told: d.Told}
}
