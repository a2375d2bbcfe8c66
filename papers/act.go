package papers

import "time"

// Kind names what an act did, as noun.verb.
type Kind string

// The kinds of act.
const (
	ActSiteChanged       Kind = "site.changed"
	ActPartnerAdded      Kind = "partner.added"
	ActPartnerChanged    Kind = "partner.changed"
	ActAllianceAdded     Kind = "alliance.added"
	ActAllianceChanged   Kind = "alliance.changed"
	ActNewsPublished     Kind = "news.published"
	ActNewsChanged       Kind = "news.changed"
	ActNewsWithdrawn     Kind = "news.withdrawn"
	ActBoardAdded        Kind = "board.added"
	ActBoardChanged      Kind = "board.changed"
	ActMeetingAnnounced  Kind = "meeting.announced"
	ActMeetingChanged    Kind = "meeting.changed"
	ActAgendaPublished   Kind = "agenda.published"
	ActItemChanged       Kind = "item.changed"
	ActItemRemoved       Kind = "item.removed"
	ActItemReleased      Kind = "item.released"
	ActPaperChanged      Kind = "paper.changed"
	ActPaperPublished    Kind = "paper.published"
	ActPaperSuperseded   Kind = "paper.superseded"
	ActPaperWithdrawn    Kind = "paper.withdrawn"
	ActLateExplained     Kind = "late.explained"
	ActPostingRecorded   Kind = "posting.recorded"
	ActPostingRemoved    Kind = "posting.removed"
	ActHolidaysReplaced  Kind = "holidays.replaced"
	ActRoomChanged       Kind = "room.changed"
	ActContributionTaken Kind = "contribution.received"
	ActContributionMoved Kind = "contribution.changed"
	ActSupportCounted    Kind = "support.counted"
	ActChatPosted        Kind = "chat.posted"
	ActChatRemoved       Kind = "chat.removed"
	ActChatUnnamed       Kind = "chat.unnamed" // the names beside its messages had their time
	ActRetentionChanged  Kind = "retention.changed"
	ActSupportStated     Kind = "support.stated"
)

// Act is a change that the public can see. It is committed in the transaction of the change and
// numbered there, from 1 without gaps. Whatever is derived from the record follows acts by number.
// An act holds no personal data: what could be personal is only committed to.
type Act struct {
	Number  int64     `json:"number"`
	At      time.Time `json:"at"`
	Kind    Kind      `json:"kind"`
	Subject string    `json:"subject"` // address-like: papers/abc/v/1, meetings/slug, questions/Q-2026-0001
	Board   string    `json:"board,omitempty"`
	Meeting string    `json:"meeting,omitempty"`

	// Facts are public and fixed: hashes of files, sizes, page counts, states, codes.
	Facts map[string]string `json:"facts,omitempty"`
	// Commitments are hex SHA-256 over a salt of 16 bytes and the text, by name. The store makes
	// them of Texts; deleting the salt makes a commitment unlinkable (rules.md T-1).
	Commitments map[string]string `json:"commitments,omitempty"`
	// Texts to commit to. They are never stored in the act.
	Texts map[string]string `json:"-" bun:"-"`
}

// Actor is who does something: for the audit, never for the public (who sees the role).
type Actor struct {
	ID   string `json:"id"`   // of the user or token, or "" for the public and the program itself
	Name string `json:"name"` // as shown at the desk
	Role string `json:"role"`
}

// Program is the actor of what happens by itself.
var Program = Actor{Name: "Clearday", Role: "program"}

// Change is who changes the record and, where the public can see it, the acts that say so. The
// store writes the change, an audit row with the state before and after, and the acts, or nothing.
type Change struct {
	By   Actor
	Acts []Act
}
