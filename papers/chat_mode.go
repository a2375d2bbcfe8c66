package papers

// ChatMode is how the chat beside a meeting is kept.
type ChatMode string

// The ways of a chat.
const (
	ChatOff          ChatMode = ""
	ChatCheckedFirst ChatMode = "checked_first" // a moderator looks before it is posted
	ChatCheckedAfter ChatMode = "checked_after" // posted at once; a moderator can remove it
)
