package api

import (
	"clearday/livestream"
	"clearday/papers"
	"clearday/search"
)

// Operation is one row of the table: an address with a method, and what goes in and out.
type Operation struct {
	Method  string
	Path    string // under /api/v1, parameters in braces
	Summary string
	Role    string // whose token it needs; empty is nobody's
	Query   []Param
	Body    any     // a value of the type of the JSON body; nil is none
	Plain   bool    // the body may be text/plain too
	Form    []Param // fields of a multipart body; "file" is the file
	Status  int
	Answer  any // a value of the type of the answer
}

// Param is a parameter of the address, or a field of a form.
type Param struct {
	Name string
	Doc  string
	Many bool // may come several times
	Need bool
}

var paging = []Param{{Name: "cursor", Doc: "From next of the page before."}, {Name: "limit", Doc: "At most so many, up to 200."}}

func with(params ...Param) []Param { return append(params, paging...) }

// Operations is every operation of the API.
var Operations = []Operation{
	{Method: "GET", Path: "/openapi.json", Summary: "This document", Status: 200, Answer: map[string]any{}},

	{Method: "POST", Path: "/boards", Summary: "Add a board", Role: "admin", Body: NewBoard{}, Status: 201, Answer: Board{}},
	{Method: "GET", Path: "/boards", Summary: "All boards", Status: 200, Answer: List[Board]{}},
	{Method: "GET", Path: "/boards/{slug}", Summary: "One board", Status: 200, Answer: Board{}},
	{Method: "PATCH", Path: "/boards/{slug}", Summary: "Change fields of a board. Name, rules of notice, alliance and end are for the role admin", Role: "secretary", Body: BoardChange{}, Status: 200, Answer: Board{}},
	{Method: "GET", Path: "/partners", Summary: "The organisations of the partnership, also those that ended", Status: 200, Answer: List[papers.Partner]{}},
	{Method: "GET", Path: "/alliances", Summary: "Groups of partners with boards of their own", Status: 200, Answer: List[papers.Alliance]{}},
	{Method: "GET", Path: "/news", Summary: "News, latest first", Query: paging, Status: 200, Answer: List[papers.News]{}},

	{Method: "POST", Path: "/meetings", Summary: "Plan a meeting. Nobody sees it before it is announced or published", Role: "secretary", Body: NewMeeting{}, Status: 201, Answer: Meeting{}},
	{Method: "GET", Path: "/meetings", Summary: "Meetings, earliest first", Query: with(
		Param{Name: "board", Doc: "Slug of a board."}, Param{Name: "from", Doc: "A date, or RFC 3339: meetings that start then or later."},
		Param{Name: "to", Doc: "A date, or RFC 3339: meetings that start before."}, Param{Name: "sort", Doc: "newest: latest first."}), Status: 200, Answer: List[Meeting]{}},
	{Method: "GET", Path: "/meetings/{slug}", Summary: "One meeting with its agenda and papers", Status: 200, Answer: MeetingPack{}},
	{Method: "PATCH", Path: "/meetings/{slug}", Summary: "Change the facts of a meeting, or say that it is cancelled, postponed, adjourned, live again, held or announced after all", Role: "secretary", Body: MeetingChange{}, Status: 200, Answer: Meeting{}},
	{Method: "POST", Path: "/meetings/{slug}/announce", Summary: "Make date, place and how to watch public, and nothing else", Role: "secretary", Body: Announcement{}, Status: 200, Answer: Meeting{}},
	{Method: "POST", Path: "/meetings/{slug}/items", Summary: "Put an item last on the agenda", Role: "secretary", Body: NewItem{}, Status: 201, Answer: Item{}},
	{Method: "PATCH", Path: "/items/{id}", Summary: "Change fields of an item", Role: "secretary", Body: ItemChange{}, Status: 200, Answer: Item{}},
	{Method: "POST", Path: "/items/{id}/release", Summary: "Make public what was private of an item, now or at a time. It cannot become private again", Role: "secretary", Body: Release{}, Status: 200, Answer: Publication{}},
	{Method: "POST", Path: "/meetings/{slug}/publish", Summary: "Publish announcement, agenda and every ready paper, or what is named of them, now or at a time. 409 with left_out when none of it can be", Role: "secretary", Body: WhenMeeting{}, Status: 200, Answer: Publication{}},

	{Method: "POST", Path: "/items/{id}/papers", Summary: "Upload a paper, a PDF of at most 100 MB. Waits up to 10 seconds for it to be read", Role: "author", Form: []Param{
		{Name: "file", Need: true}, {Name: "title", Doc: "Made of the file’s name when left out."}, {Name: "private", Doc: "true keeps it from the public for ever."}}, Status: 201, Answer: Uploaded{}},
	{Method: "POST", Path: "/papers/{id}/versions", Summary: "Upload the next version of a paper", Role: "author", Form: []Param{
		{Name: "file", Need: true}, {Name: "reason", Doc: "Public: why there is a new version.", Need: true}}, Status: 201, Answer: Uploaded{}},
	{Method: "POST", Path: "/papers/{id}/publish", Summary: "Publish the newest version of one paper, now or at a time", Role: "secretary", Body: When{}, Status: 200, Answer: Publication{}},
	{Method: "POST", Path: "/papers/{id}/withdraw", Summary: "Take back a version, or all: its address answers 410 and says why", Role: "secretary", Body: Withdrawal{}, Status: 200, Answer: Paper{}},
	{Method: "GET", Path: "/papers/{id}", Summary: "One paper with its versions. 410 when it was withdrawn", Status: 200, Answer: Paper{}},
	{Method: "GET", Path: "/papers/{id}/text", Summary: "The text of a paper, taken from the PDF by program", Query: []Param{{Name: "page", Doc: "One page, from 1; all when left out."}}, Status: 200, Answer: Text{}},
	{Method: "GET", Path: "/papers/{id}/changes", Summary: "What changed between two versions of a paper, as their words tell", Query: []Param{
		{Name: "from", Doc: "A version; the one before to when left out."}, {Name: "to", Doc: "A version; the current one when left out."}}, Status: 200, Answer: Changes{}},

	{Method: "GET", Path: "/search", Summary: "Find pages of papers, agenda items, questions with their answers, and what was said. Nothing typed is an error: what is not understood is said in notes", Query: []Param{
		{Name: "q", Doc: "Words on one page; “phrases”, OR, -not, prefix*, NEAR/5 between two, title: board: kind: org: year: from: to: before: after: has:scan"},
		{Name: "board", Doc: "Slug of a board.", Many: true}, {Name: "kind", Doc: "report, minutes, agenda, presentation, question, statement or captions.", Many: true}, {Name: "year", Doc: "Of the meeting.", Many: true}, {Name: "org", Doc: "Slug of a partner.", Many: true},
		{Name: "from", Doc: "2026, 2026-04 or 2026-04-08."}, {Name: "to", Doc: "The same."}, {Name: "sort", Doc: "relevance, newest or oldest."}, {Name: "has", Doc: "scan: only pages whose words were recognised on a picture."}, {Name: "exact", Doc: "1 forgives no typing mistake and looks for no other word for the same thing."}, {Name: "page", Doc: "Of the results, from 1."}}, Status: 200, Answer: search.Answer{}},
	{Method: "GET", Path: "/search/suggest", Summary: "Titles that hold what somebody is typing; the last word may be unfinished", Query: []Param{{Name: "q"}}, Status: 200, Answer: List[search.Suggestion]{}},

	{Method: "GET", Path: "/meetings/{slug}/live", Summary: "What the room’s socket would have sent since an event", Query: []Param{{Name: "since", Doc: "Number of the last event you have; -1 for none."}}, Status: 200, Answer: Frames{}},
	{Method: "POST", Path: "/meetings/{slug}/live", Summary: "Open, pause, adjourn or close the room, take it into private session, announce, or say where the stream is", Role: "moderator", Body: RoomChange{}, Status: 200, Answer: livestream.Room{}},
	{Method: "POST", Path: "/meetings/{slug}/live/kept-public", Summary: "Note that the public stayed for an item although the agenda said that it would be asked to leave", Role: "moderator", Body: KeptPublic{}, Status: 200, Answer: livestream.Session{}},
	{Method: "GET", Path: "/meetings/{slug}/sessions", Summary: "When the meeting was public, paused, adjourned or in private, and by which resolution", Status: 200, Answer: Sessions{}},
	{Method: "POST", Path: "/meetings/{slug}/live/item", Summary: "Say which item is being heard", Role: "moderator", Body: ItemStart{}, Status: 200, Answer: livestream.Room{}},
	{Method: "POST", Path: "/meetings/{slug}/live/captions", Summary: "Say in writing what is being said, while the room is open: else 409", Role: "captioner", Query: []Param{
		{Name: "source", Doc: "With a text/plain body: human or machine."}, {Name: "by", Doc: "The same, as in JSON."}, {Name: "spoken_at", Doc: "The same."}, {Name: "key", Doc: "The same."}},
		Body: NewCaption{}, Plain: true, Status: 201, Answer: livestream.Caption{}},
	{Method: "GET", Path: "/meetings/{slug}/live/captions", Summary: "What was said at a meeting, as captioned, oldest first", Query: []Param{
		{Name: "cursor", Doc: "From next of the page before, or seq of the last caption you have."}, {Name: "limit", Doc: "At most so many, up to 200."}}, Status: 200, Answer: List[livestream.Caption]{}},
	{Method: "GET", Path: "/meetings/{slug}/chapters", Summary: "When each item was heard in public, and the pauses between, for the recording", Status: 200, Answer: List[livestream.Chapter]{}},
	{Method: "GET", Path: "/meetings/{slug}/questions", Summary: "Questions of a meeting, newest first, with counts that add up", Query: with(Param{Name: "state", Doc: "Of the question."}), Status: 200, Answer: Questions{}},
	{Method: "GET", Path: "/meetings/{slug}/chat", Summary: "What was said in the chat of a meeting, newest first. Of a removed message its mark is left", Query: paging, Status: 200, Answer: List[livestream.PublicMessage]{}},
	{Method: "PATCH", Path: "/chat/{id}", Summary: "Post or refuse a message that waits, or remove one that is posted", Role: "moderator", Body: MessageDecision{}, Status: 200, Answer: livestream.ChatMessage{}},
	{Method: "PATCH", Path: "/questions/{number}", Summary: "Publish, merge, refuse or answer a question", Role: "moderator", Body: Decision{}, Status: 200, Answer: livestream.Contribution{}},
	{Method: "GET", Path: "/questions", Summary: "Questions of all meetings, newest first", Query: with(Param{Name: "board", Doc: "Slug of a board."}, Param{Name: "state", Doc: "Of the question."}), Status: 200, Answer: Questions{}},

	{Method: "GET", Path: "/log/entries", Summary: "Acts: every public change, in order", Query: with(Param{Name: "from", Doc: "Number of the first act wanted, from 1."}), Status: 200, Answer: List[papers.Act]{}},
}
