package server

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"clearday/papers"
	"clearday/server/auth"
)

// handler answers one route. What it returns as an error is answered by answerError.
type handler func(*call) error

// subject finds the board that a request is about, as far as the asker may know of it.
type subject func(*call) (board string, err error)

// route is one row of the table: who may come, on which board, and how large a body may be.
type route struct {
	method string
	path   string
	may    auth.Permission
	of     subject // nil: on any board
	body   int     // bytes; 0 for a small form or JSON of smallBody
	handle handler
}

const (
	smallBody = 64 << 10
	maxUpload = 100 << 20 // one file (design.md section 8)
	anyFiles  = maxUpload + 1<<20
	planBody  = 1 << 20 // the names of a folder of files
)

// table is every route of the program. Nothing else is answered.
func (s *Server) table() []route {
	return []route{
		// Read: the record as the public sees it.
		{"GET", "/", auth.Anyone, nil, 0, s.cached(s.home)},
		{"GET", "/meetings", auth.Anyone, nil, 0, s.cached(s.meetingList)},
		{"GET", "/meetings/:slug.ics", auth.Anyone, nil, 0, s.cached(s.meetingCalendar)},
		{"GET", "/meetings/:slug", auth.Anyone, nil, 0, s.cached(s.meetingShow)},
		{"GET", "/meetings/:slug/agenda.pdf", auth.Anyone, nil, 0, s.meetingAgenda},
		{"GET", "/meetings/:slug/pack.pdf", auth.Anyone, nil, 0, s.meetingPack},
		{"GET", "/boards", auth.Anyone, nil, 0, s.cached(s.boardList)},
		{"GET", "/boards/:slug.ics", auth.Anyone, nil, 0, s.cached(s.boardCalendar)},
		{"GET", "/boards/:slug", auth.Anyone, nil, 0, s.cached(s.boardShow)},
		{"GET", "/boards/:slug/feed.atom", auth.Anyone, nil, 0, s.cached(s.boardFeed)},
		{"GET", "/boards/:slug/questions", auth.Anyone, nil, 0, s.cached(s.boardQuestions)},
		{"GET", "/papers/:id", auth.Anyone, nil, 0, s.cached(s.paperShow)},
		{"GET", "/papers/:id/v/:n", auth.Anyone, nil, 0, s.cached(s.paperShow)},
		{"GET", "/papers/:id/file", auth.Anyone, nil, 0, s.paperFile},
		{"GET", "/papers/:id/v/:n/file", auth.Anyone, nil, 0, s.paperFile},
		{"GET", "/papers/:id/text", auth.Anyone, nil, 0, s.cached(s.paperText)},
		{"GET", "/papers/:id/html", auth.Anyone, nil, 0, s.cached(s.paperWeb)},
		{"GET", "/papers/:id/v/:n/html", auth.Anyone, nil, 0, s.cached(s.paperWeb)},
		{"GET", "/papers/:id/v/:n/cells.csv", auth.Anyone, nil, 0, s.paperCells},
		{"GET", "/papers/:id/v/:n/text", auth.Anyone, nil, 0, s.cached(s.paperText)},
		{"GET", "/papers/:id/pages/:p.jpg", auth.Anyone, nil, 0, s.paperImage},
		{"GET", "/papers/:id/v/:n/pages/:p.jpg", auth.Anyone, nil, 0, s.paperImage},
		{"GET", "/papers/:id/pages/:p", auth.Anyone, nil, 0, s.cached(s.paperShow)},
		{"GET", "/papers/:id/v/:n/pages/:p", auth.Anyone, nil, 0, s.cached(s.paperShow)},
		{"GET", "/papers/:id/receipt", auth.Anyone, nil, 0, s.paperReceipt},
		{"GET", "/papers/:id/v/:n/receipt", auth.Anyone, nil, 0, s.paperReceipt},
		{"GET", "/log", auth.Anyone, nil, 0, s.cached(s.logShow)},
		{"GET", "/log/verify", auth.Anyone, nil, 0, s.logVerify},
		{"GET", "/log/checkpoint", auth.Anyone, nil, 0, s.logCheckpoint},
		{"GET", "/log/tile/*", auth.Anyone, nil, 0, s.logTile},
		{"GET", "/papers/:id/changes", auth.Anyone, nil, 0, s.cached(s.paperChanges)},
		{"GET", "/papers/:id/formats", auth.Anyone, nil, 0, s.formatAsk},
		{"POST", "/papers/:id/formats", auth.Anyone, nil, 0, s.formatSend},
		{"GET", "/search", auth.Anyone, nil, 0, s.searchShow},
		{"GET", "/search.atom", auth.Anyone, nil, 0, s.searchFeed},
		{"GET", "/search.csv", auth.Anyone, nil, 0, s.searchCSV},
		{"GET", "/search.jsonl", auth.Anyone, nil, 0, s.searchJSONL},
		{"GET", "/partners", auth.Anyone, nil, 0, s.cached(s.partnerList)},
		{"GET", "/partners/:slug", auth.Anyone, nil, 0, s.cached(s.partnerShow)},
		{"GET", "/alliances/:slug", auth.Anyone, nil, 0, s.cached(s.allianceShow)},
		{"GET", "/news", auth.Anyone, nil, 0, s.cached(s.newsList)},
		{"GET", "/news/:slug", auth.Anyone, nil, 0, s.cached(s.newsShow)},
		{"GET", "/news.atom", auth.Anyone, nil, 0, s.cached(s.newsFeed)},
		{"GET", "/about", auth.Anyone, nil, 0, s.cached(s.about)},
		{"GET", "/take-part", auth.Anyone, nil, 0, s.cached(s.takePart)},
		{"GET", "/accessibility", auth.Anyone, nil, 0, s.accessibility},
		{"GET", "/privacy", auth.Anyone, nil, 0, s.cached(s.privacy)},
		{"GET", "/feed.atom", auth.Anyone, nil, 0, s.cached(s.siteFeed)},
		{"GET", "/calendar.ics", auth.Anyone, nil, 0, s.cached(s.siteCalendar)},
		{"GET", "/sitemap.xml", auth.Anyone, nil, 0, s.cached(s.sitemap)},
		{"GET", "/robots.txt", auth.Anyone, nil, 0, s.robots},
		{"GET", "/.well-known/security.txt", auth.Anyone, nil, 0, s.securityText},

		// Take part: the room, questions and what became of them.
		{"GET", "/meetings/:slug/live", auth.Anyone, nil, 0, s.roomShow},
		{"GET", "/meetings/:slug/live/socket", auth.Anyone, nil, 0, s.roomSocket},
		{"GET", "/meetings/:slug/questions", auth.Anyone, nil, 0, s.meetingQuestions},
		{"POST", "/meetings/:slug/questions", auth.Anyone, nil, 0, s.ask},
		{"GET", "/meetings/:slug/chat", auth.Anyone, nil, 0, s.cached(s.chatRecord)},
		{"GET", "/meetings/:slug/captions", auth.Anyone, nil, 0, s.captionsShow},
		{"POST", "/meetings/:slug/chat", auth.Anyone, nil, 0, s.chatSay},
		{"POST", "/meetings/:slug/support", auth.Anyone, nil, 0, s.support},
		{"GET", "/questions", auth.Anyone, nil, 0, s.cached(s.questionList)},
		{"GET", "/questions.csv", auth.Anyone, nil, 0, s.questionsCSV},
		{"GET", "/boards/:slug/questions.csv", auth.Anyone, nil, 0, s.boardQuestionsCSV},
		{"GET", "/meetings/:slug/questions.csv", auth.Anyone, nil, 0, s.meetingQuestionsCSV},
		{"GET", "/questions/find", auth.Anyone, nil, 0, s.questionFind},
		{"POST", "/questions/find", auth.Anyone, nil, 0, s.questionFound},
		{"GET", "/questions/:number", auth.Anyone, nil, 0, s.cached(s.questionShow)},
		{"GET", "/report", auth.Anyone, nil, 0, s.reportShow},
		{"POST", "/report", auth.Anyone, nil, 0, s.reportSend},
		{"GET", "/questions/:number/mine/:code", auth.Anyone, nil, 0, s.questionMine},
		{"POST", "/questions/:number/mine/:code", auth.Anyone, nil, 0, s.questionRespond},

		// Hear of it by e-mail.
		{"GET", "/alerts", auth.Anyone, nil, 0, s.alertsShow},
		{"POST", "/alerts", auth.Anyone, nil, 0, s.alertsSubscribe},
		{"GET", "/alerts/:id/:code", auth.Anyone, nil, 0, s.alertShow},
		{"POST", "/alerts/:id/:code", auth.Anyone, nil, 0, s.alertChange},

		// An author's private link.
		{"GET", "/upload/:link", auth.Anyone, nil, 0, s.authorShow},
		{"POST", "/upload/:link", auth.Anyone, nil, anyFiles, s.authorSend},

		// Sign in.
		{"GET", "/sign-in", auth.Anyone, nil, 0, s.signInShow},
		{"POST", "/sign-in", auth.Anyone, nil, 0, s.signInSend},
		{"GET", "/sign-in/:link", auth.Anyone, nil, 0, s.linkShow},
		{"POST", "/sign-in/:link", auth.Anyone, nil, 0, s.linkSend},
		{"POST", "/sign-out", auth.SignedIn, nil, 0, s.signOut},

		// Set up: the site and its boards.
		{"GET", "/desk/site", auth.ManageSite, nil, 0, s.deskSiteShow},
		{"POST", "/desk/site", auth.ManageSite, nil, 0, s.deskSiteChange},
		{"GET", "/desk/site/retention", auth.ManageSite, nil, 0, s.deskRetentionSite},
		{"POST", "/desk/site/retention", auth.ManageSite, nil, 0, s.deskRetentionSiteChange},
		{"GET", "/desk/boards/:slug/retention", auth.EditBoard, ofBoard, 0, s.deskRetentionBoard},
		{"POST", "/desk/boards/:slug/retention", auth.EditBoard, ofBoard, 0, s.deskRetentionBoardChange},
		{"GET", "/desk/site/words", auth.ManageSite, nil, 0, s.siteWords},
		{"POST", "/desk/site/words", auth.ManageSite, nil, 0, s.siteWordsChange},
		{"GET", "/desk/site/record", auth.ManageSite, nil, 0, s.deskSiteRecord},
		{"GET", "/desk/site/mail", auth.ManageSite, nil, 0, s.deskMail},
		{"POST", "/desk/site/mail", auth.ManageSite, nil, 0, s.deskMailTest},
		{"GET", "/desk/people", auth.ManageSite, nil, 0, s.deskPeople},
		{"POST", "/desk/people", auth.ManageSite, nil, 0, s.deskPersonAdd},
		{"POST", "/desk/people/:id/revoke", auth.ManageSite, nil, 0, s.deskPersonRevoke},
		{"POST", "/desk/boards", auth.ManageSite, nil, 0, s.deskBoardAdd},
		{"GET", "/desk/boards/:slug", auth.EditBoard, ofBoard, 0, s.deskBoardShow},
		{"POST", "/desk/boards/:slug", auth.EditBoard, ofBoard, 0, s.deskBoardChange},
		{"POST", "/desk/boards/:slug/members", auth.EditBoard, ofBoard, 0, s.deskBoardMembers},
		{"POST", "/desk/boards/:slug/questions", auth.EditBoard, ofBoard, 0, s.deskBoardQuestions},
		{"GET", "/desk/boards/:slug/year", auth.EditAgenda, ofBoard, 0, s.deskYearShow},
		{"POST", "/desk/boards/:slug/year", auth.EditAgenda, ofBoard, 0, s.deskYearAdd},
		{"GET", "/desk/partners", auth.ManageSite, nil, 0, s.deskPartners},
		{"POST", "/desk/partners", auth.ManageSite, nil, 0, s.deskPartnerAdd},
		{"GET", "/desk/partners/:slug", auth.ManageSite, nil, 0, s.deskPartnerShow},
		{"POST", "/desk/partners/:slug", auth.ManageSite, nil, 0, s.deskPartnerChange},
		{"GET", "/desk/alliances", auth.ManageSite, nil, 0, s.deskAlliances},
		{"POST", "/desk/alliances", auth.ManageSite, nil, 0, s.deskAllianceAdd},
		{"GET", "/desk/alliances/:slug", auth.ManageSite, nil, 0, s.deskAllianceShow},
		{"POST", "/desk/alliances/:slug", auth.ManageSite, nil, 0, s.deskAllianceChange},
		{"GET", "/desk/news", auth.ManageSite, nil, 0, s.deskNews},
		{"POST", "/desk/news", auth.ManageSite, nil, 0, s.deskNewsAdd},
		{"GET", "/desk/news/:slug", auth.ManageSite, nil, 0, s.deskNewsShow},
		{"POST", "/desk/news/:slug", auth.ManageSite, nil, 0, s.deskNewsChange},
		{"POST", "/desk/news/:slug/withdraw", auth.ManageSite, nil, 0, s.deskNewsWithdraw},
		{"GET", "/desk/holidays", auth.ManageSite, nil, 0, s.deskHolidaysShow},
		{"POST", "/desk/holidays", auth.ManageSite, nil, holidayBody, s.deskHolidaysReplace},

		// Publish: the desk.
		{"GET", "/desk", auth.SignedIn, nil, 0, s.deskHome},
		{"GET", "/desk/meetings/new", auth.EditAgenda, nil, 0, s.deskMeetingNew},
		{"POST", "/desk/meetings", auth.EditAgenda, ofBoardField, 0, s.deskMeetingAdd},
		{"GET", "/desk/meetings/:slug", auth.SeeDrafts, ofMeeting, 0, s.deskMeetingShow},
		{"POST", "/desk/meetings/:slug", auth.EditAgenda, ofMeeting, 0, s.deskMeetingChange},
		{"GET", "/desk/meetings/:slug/rules", auth.EditBoard, ofMeeting, 0, s.deskMeetingRules},
		{"POST", "/desk/meetings/:slug/rules", auth.EditBoard, ofMeeting, 0, s.deskMeetingRulesChange},
		{"GET", "/desk/meetings/:slug/record", auth.EditAgenda, ofMeeting, 0, s.deskMeetingRecord},
		{"POST", "/desk/meetings/:slug/announce", auth.Publish, ofMeeting, 0, s.deskAnnounce},
		{"POST", "/desk/meetings/:slug/move", auth.Publish, ofMeeting, 0, s.deskMeetingMove},
		{"POST", "/desk/meetings/:slug/items", auth.EditAgenda, ofMeeting, 0, s.deskItemAdd},
		{"GET", "/desk/items/:id", auth.Approve, ofItem, 0, s.deskItemShow},
		{"POST", "/desk/items/:id", auth.EditAgenda, ofItem, 0, s.deskItemChange},
		{"POST", "/desk/items/:id/commission", auth.EditAgenda, ofItem, 0, s.deskCommission},
		{"POST", "/desk/items/:id/link", auth.EditAgenda, ofItem, 0, s.deskCommissionLink},
		{"POST", "/desk/items/:id/decide", auth.Approve, ofItem, 0, s.deskCommissionDecide},
		{"POST", "/desk/items/:id/move", auth.EditAgenda, ofItem, 0, s.deskItemMove},
		{"POST", "/desk/meetings/:slug/undo", auth.EditAgenda, ofMeeting, 0, s.deskUndo},
		{"POST", "/desk/meetings/:slug/numbering", auth.EditAgenda, ofMeeting, 0, s.deskNumbering},
		{"GET", "/desk/meetings/:slug/copy", auth.EditAgenda, ofMeeting, 0, s.deskCopyShow},
		{"POST", "/desk/meetings/:slug/copy", auth.EditAgenda, ofMeeting, 0, s.deskCopy},
		{"POST", "/desk/items/:id/remove", auth.EditAgenda, ofItem, 0, s.deskItemRemove},
		{"POST", "/desk/meetings/:slug/papers", auth.Upload, ofMeeting, anyFiles, s.deskUpload},
		{"POST", "/desk/meetings/:slug/uploads/plan", auth.Upload, ofMeeting, planBody, s.deskUploadPlan},
		{"POST", "/desk/meetings/:slug/uploads", auth.Upload, ofMeeting, 0, s.deskUploadBegin},
		{"GET", "/desk/uploads/:id", auth.Upload, ofUpload, 0, s.deskUploadState},
		{"PATCH", "/desk/uploads/:id", auth.Upload, ofUpload, pieceBody, s.deskUploadPiece},
		{"POST", "/desk/uploads/:id/add", auth.Upload, ofUpload, 0, s.deskUploadAdd},
		{"POST", "/desk/uploads/:id/remove", auth.Upload, ofUpload, 0, s.deskUploadRemove},
		{"GET", "/desk/papers/:id", auth.SeeDrafts, ofPaper, 0, s.deskPaperShow},
		{"GET", "/desk/papers/:id/state", auth.SeeDrafts, ofPaper, 0, s.deskPaperState},
		{"POST", "/desk/papers/:id", auth.EditAgenda, ofPaper, 0, s.deskPaperChange},
		{"POST", "/desk/papers/:id/versions", auth.Upload, ofPaper, anyFiles, s.deskVersionAdd},
		{"POST", "/desk/papers/:id/formats", auth.Upload, ofPaper, anyFiles, s.deskFormatAdd},
		{"POST", "/desk/papers/:id/links/:link/remove", auth.Upload, ofPaper, 0, s.deskLinkRemove},
		{"GET", "/desk/formats", auth.EditAgenda, nil, 0, s.deskFormats},
		{"POST", "/desk/formats", auth.EditAgenda, ofBoardField, 0, s.deskFormatRules},
		{"POST", "/desk/formats/:id", auth.EditAgenda, ofFormat, 0, s.deskFormatMove},
		{"POST", "/desk/formats/:id/erase", auth.EditAgenda, ofFormat, 0, s.deskFormatErase},
		{"POST", "/desk/papers/:id/override", auth.Upload, ofPaper, 0, s.deskPaperOverride},
		{"POST", "/desk/papers/:id/publish", auth.Publish, ofPaper, 0, s.deskPaperPublish},
		{"POST", "/desk/papers/:id/withdraw", auth.Publish, ofPaper, 0, s.deskPaperWithdraw},
		{"POST", "/desk/papers/:id/take-back", auth.Publish, ofPaper, 0, s.deskPaperTakeBack},
		{"GET", "/desk/papers/:id/cleared", auth.Publish, ofPaper, 0, s.deskPaperCleared},
		{"POST", "/desk/papers/:id/remove", auth.EditAgenda, ofPaper, 0, s.deskPaperRemove},
		{"POST", "/desk/meetings/:slug/publish", auth.Publish, ofMeeting, 0, s.deskPublish},
		{"POST", "/desk/meetings/:slug/stop", auth.Publish, ofMeeting, 0, s.deskPublicationStop},
		{"POST", "/desk/meetings/:slug/late", auth.Publish, ofMeeting, 0, s.deskExplain},
		{"POST", "/desk/meetings/:slug/seen", auth.Publish, ofMeeting, 0, s.deskOutcomeSeen},
		{"POST", "/desk/meetings/:slug/postings", auth.Publish, ofMeeting, 0, s.deskPosting},
		{"POST", "/desk/meetings/:slug/postings/:id/remove", auth.Publish, ofMeeting, 0, s.deskPostingRemove},
		{"GET", "/desk/boards/:slug/notice", auth.Publish, ofBoard, 0, s.deskRulesShow},
		{"POST", "/desk/boards/:slug/notice", auth.Publish, ofBoard, 0, s.deskRulesChange},

		// Private business: why, for whom not, and its release.
		{"GET", "/desk/meetings/:slug/private", auth.EditAgenda, ofMeeting, 0, s.deskPrivateShow},
		{"POST", "/desk/meetings/:slug/conflicts", auth.EditAgenda, ofMeeting, 0, s.deskConflictAdd},
		{"POST", "/desk/meetings/:slug/conflicts/:id/end", auth.EditAgenda, ofMeeting, 0, s.deskConflictEnd},
		{"GET", "/desk/items/:id/release", auth.Publish, ofItem, 0, s.deskReleaseShow},
		{"POST", "/desk/items/:id/release", auth.Publish, ofItem, 0, s.deskRelease},

		// Read as a member: public and private papers, also without a connection.
		{"GET", "/desk/member/meetings", auth.SeePrivate, nil, 0, s.memberMeetings},
		{"GET", "/desk/member/meetings/:slug", auth.SeePrivate, ofMeeting, 0, s.memberMeeting},
		{"GET", "/desk/member/meetings/:slug/private.pdf", auth.SeePrivate, ofMeeting, 0, s.memberPack},
		{"GET", "/desk/member/papers/:id/v/:n", auth.SeePrivate, ofPaper, 0, s.memberPaperShow},
		{"GET", "/desk/member/papers/:id/v/:n/pages/:p.jpg", auth.SeePrivate, ofPaper, 0, s.memberImage},
		{"GET", "/desk/member/kept", auth.SeePrivate, nil, 0, s.memberKept},
		{"GET", "/desk/member/worker.js", auth.Anyone, nil, 0, s.memberWorker},

		// Run the meeting: the live desk.
		{"GET", "/desk/meetings/:slug/live", auth.Moderate, ofMeeting, 0, s.liveDesk},
		{"POST", "/desk/meetings/:slug/room", auth.RunRoom, ofMeeting, 0, s.liveRoom},
		{"POST", "/desk/meetings/:slug/held", auth.RunRoom, ofMeeting, 0, s.liveHeld},
		{"POST", "/desk/meetings/:slug/item", auth.RunRoom, ofMeeting, 0, s.liveItem},
		{"POST", "/desk/meetings/:slug/room/adjourn", auth.RunRoom, ofMeeting, 0, s.liveAdjourn},
		{"POST", "/desk/meetings/:slug/room/private", auth.RunRoom, ofMeeting, 0, s.livePrivate},
		{"POST", "/desk/meetings/:slug/room/kept-public", auth.RunRoom, ofMeeting, 0, s.liveKeptPublic},
		{"POST", "/desk/meetings/:slug/room/notice", auth.RunRoom, ofMeeting, 0, s.liveNotice},
		{"POST", "/desk/meetings/:slug/room/stream", auth.RunRoom, ofMeeting, 0, s.liveStream},
		{"GET", "/desk/meetings/:slug/questions/new", auth.Moderate, ofMeeting, 0, s.deskAskShow},
		{"POST", "/desk/meetings/:slug/questions", auth.Moderate, ofMeeting, 0, s.deskAsk},
		{"GET", "/desk/questions", auth.HandleAsked, nil, 0, s.deskQuestions},
		{"GET", "/desk/questions/:number", auth.HandleAsked, ofContribution, 0, s.deskQuestion},
		{"POST", "/desk/questions/:number/file", auth.HandleAsked, ofContribution, 0, s.deskQuestionAct},
		{"POST", "/desk/meetings/:slug/chat", auth.Moderate, ofMeeting, 0, s.chatSwitch},
		{"POST", "/desk/chat/:id", auth.Moderate, ofMessage, 0, s.chatDecide},
		{"POST", "/desk/chat/:id/desk", auth.Moderate, ofMessage, 0, s.chatBeside},
		{"POST", "/desk/questions/:number", auth.Moderate, ofContribution, 0, s.liveDecide},
		{"POST", "/desk/questions/:number/patterns/:id", auth.Moderate, ofContribution, 0, s.livePattern},
		{"POST", "/desk/questions/:number/desk", auth.Moderate, ofContribution, 0, s.liveBeside},
		{"POST", "/desk/meetings/:slug/limits", auth.Moderate, ofMeeting, 0, s.liveLimits},
		{"POST", "/desk/meetings/:slug/reports", auth.Moderate, ofMeeting, 0, s.liveSettle},
		{"GET", "/desk/meetings/:slug/chair", auth.SeeChair, ofMeeting, 0, s.chairShow},
		{"GET", "/desk/boards/:slug/moderation", auth.Moderate, ofBoard, 0, s.moderationShow},
		{"POST", "/desk/boards/:slug/words", auth.Moderate, ofBoard, 0, s.moderationWords},
		{"POST", "/desk/boards/:slug/blocks/:id/lift", auth.Moderate, ofBoard, 0, s.moderationLift},

		// The same for programs (design.md 5.3); server/api describes it.
		{"GET", "/api/v1/openapi.json", auth.Anyone, nil, 0, s.apiDescription},
		{"POST", "/api/v1/boards", auth.ManageSite, nil, 0, s.apiBoardAdd},
		{"GET", "/api/v1/boards", auth.Anyone, nil, 0, s.apiBoards},
		{"GET", "/api/v1/boards/:slug", auth.Anyone, nil, 0, s.apiBoard},
		{"PATCH", "/api/v1/boards/:slug", auth.EditBoard, ofBoard, 0, s.apiBoardChange},
		{"GET", "/api/v1/partners", auth.Anyone, nil, 0, s.apiPartners},
		{"GET", "/api/v1/alliances", auth.Anyone, nil, 0, s.apiAlliances},
		{"GET", "/api/v1/news", auth.Anyone, nil, 0, s.apiNews},
		{"POST", "/api/v1/meetings", auth.EditAgenda, ofBoardJSON, 0, s.apiMeetingAdd},
		{"GET", "/api/v1/meetings", auth.Anyone, nil, 0, s.apiMeetings},
		{"GET", "/api/v1/meetings/:slug", auth.Anyone, nil, 0, s.apiMeeting},
		{"PATCH", "/api/v1/meetings/:slug", auth.Publish, ofMeeting, 0, s.apiMeetingChange},
		{"POST", "/api/v1/meetings/:slug/announce", auth.Publish, ofMeeting, 0, s.apiAnnounce},
		{"POST", "/api/v1/meetings/:slug/items", auth.EditAgenda, ofMeeting, 0, s.apiItemAdd},
		{"PATCH", "/api/v1/items/:id", auth.EditAgenda, ofItem, 0, s.apiItemChange},
		{"POST", "/api/v1/items/:id/release", auth.Publish, ofItem, 0, s.apiRelease},
		{"POST", "/api/v1/items/:id/papers", auth.Upload, ofItem, anyFiles, s.apiPaperAdd},
		{"POST", "/api/v1/papers/:id/versions", auth.Upload, ofPaper, anyFiles, s.apiVersionAdd},
		{"POST", "/api/v1/papers/:id/publish", auth.Publish, ofPaper, 0, s.apiPaperPublish},
		{"POST", "/api/v1/papers/:id/withdraw", auth.Publish, ofPaper, 0, s.apiPaperWithdraw},
		{"POST", "/api/v1/meetings/:slug/publish", auth.Publish, ofMeeting, 0, s.apiMeetingPublish},
		{"GET", "/api/v1/papers/:id", auth.Anyone, nil, 0, s.apiPaper},
		{"GET", "/api/v1/papers/:id/text", auth.Anyone, nil, 0, s.apiPaperText},
		{"GET", "/api/v1/papers/:id/changes", auth.Anyone, nil, 0, s.apiPaperChanges},
		{"GET", "/api/v1/search", auth.Anyone, nil, 0, s.apiSearch},
		{"GET", "/api/v1/search/suggest", auth.Anyone, nil, 0, s.apiSuggest},
		{"GET", "/api/v1/meetings/:slug/live", auth.Anyone, nil, 0, s.apiLivePoll},
		{"POST", "/api/v1/meetings/:slug/live", auth.RunRoom, ofMeeting, 0, s.apiLive},
		{"POST", "/api/v1/meetings/:slug/live/item", auth.RunRoom, ofMeeting, 0, s.apiLiveItem},
		{"POST", "/api/v1/meetings/:slug/live/kept-public", auth.RunRoom, ofMeeting, 0, s.apiKeptPublic},
		{"GET", "/api/v1/meetings/:slug/sessions", auth.Anyone, nil, 0, s.apiSessions},
		{"POST", "/api/v1/meetings/:slug/live/captions", auth.Caption, ofMeeting, 0, s.apiCaptionAdd},
		{"GET", "/api/v1/meetings/:slug/live/captions", auth.Anyone, nil, 0, s.apiCaptions},
		{"GET", "/api/v1/meetings/:slug/chapters", auth.Anyone, nil, 0, s.apiChapters},
		{"GET", "/api/v1/meetings/:slug/questions", auth.Anyone, nil, 0, s.apiMeetingQuestions},
		{"GET", "/api/v1/meetings/:slug/chat", auth.Anyone, nil, 0, s.apiChat},
		{"PATCH", "/api/v1/chat/:id", auth.Moderate, ofMessage, 0, s.apiChatDecide},
		{"PATCH", "/api/v1/questions/:number", auth.Moderate, ofContribution, 0, s.apiDecide},
		{"GET", "/api/v1/questions", auth.Anyone, nil, 0, s.apiQuestions},
		{"GET", "/api/v1/log/entries", auth.Anyone, nil, 0, s.apiActs},

		// Run the program.
		{"GET", "/static/*", auth.Anyone, nil, 0, s.asset},
		{"GET", "/favicon.ico", auth.Anyone, nil, 0, s.favicon},
		{"GET", "/healthz", auth.Anyone, nil, 0, s.healthz},
		{"GET", "/readyz", auth.Anyone, nil, 0, s.readyz},
	}
}

// register hands the table to Fiber. Anything that is not in it is the same 404 for everybody.
func (s *Server) register() {
	answer := s.app.Server().Handler
	s.app.Server().Handler = func(c *fasthttp.RequestCtx) {
		s.protect(c)
		if !s.answerKept(c) {
			answer(c)
		}
	}
	s.app.Use(s.safety)
	for _, r := range s.routes {
		s.app.Add(r.method, r.path, s.guard(r))
		if r.method == fiber.MethodGet {
			s.app.Head(r.path, s.guard(r))
		}
	}
	s.app.Options("/api/v1/*", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD")
		return c.SendStatus(fiber.StatusNoContent)
	})
	s.app.Use(func(*fiber.Ctx) error { return papers.ErrNotFound })
}

type callKey struct{}

func (s *Server) callOf(fc *fiber.Ctx) *call {
	if c, ok := fc.Locals(callKey{}).(*call); ok {
		return c
	}
	return &call{Ctx: fc, s: s, ctx: fc.UserContext()}
}

// safety refuses what no route takes.
func (s *Server) safety(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.NewError(fiber.StatusUnsupportedMediaType)
	}
	return c.Next()
}

// protect sets what every answer carries, also one to a request that reaches no route.
func (s *Server) protect(c *fasthttp.RequestCtx) {
	h := &c.Response.Header
	for _, pair := range protection {
		h.SetCanonical(pair[0], pair[1])
	}
	if bytes.HasPrefix(c.Path(), []byte("/api/v1/")) {
		h.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	}
	if u := s.Config.PublicURL; u != nil && u.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// protection is what every answer carries, in bytes because every answer does.
var protection = [][2][]byte{
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("X-Frame-Options"), []byte("DENY")},
	{[]byte("Referrer-Policy"), []byte("strict-origin-when-cross-origin")},
	{[]byte("Permissions-Policy"), []byte("camera=(), microphone=(), geolocation=(), browsing-topics=()")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Content-Security-Policy"), []byte(contentPolicy)},
}

// contentPolicy allows what is our own and nothing else (design.md section 7).
const contentPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// bodyLimits gives fasthttp each route's body limit before it reads the body.
func (s *Server) bodyLimits() func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	var large []route
	for _, r := range s.routes {
		if r.body > 0 {
			large = append(large, r)
		}
	}
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		for _, r := range large {
			if r.method == string(h.Method()) && samePath(r.path, path) {
				return fasthttp.RequestConfig{MaxRequestBodySize: r.body, ReadTimeout: uploadTimeout}
			}
		}
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody, ReadTimeout: readTimeout}
	}
}

// samePath tells whether a path fits a pattern whose parameters are whole segments.
func samePath(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], ":") {
			return false
		}
	}
	return true
}

// healthz says that the process answers; readyz that it can do its work: the record can be read.
func (s *Server) healthz(c *call) error { return c.SendString("ok\n") }

func (s *Server) readyz(c *call) error {
	ctx, cancel := context.WithTimeout(c.ctx, 2*time.Second)
	defer cancel()
	if _, err := s.Record.LastAct(ctx); err != nil {
		s.Log.Error("readiness: reading the record", "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("the record cannot be read\n")
	}
	return c.SendString("ready\n")
}
