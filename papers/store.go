package papers

import (
	"context"
	"time"
)

// Store is the record. Every method is one transaction and is safe for concurrent use. Methods
// that change something take the [Change]: when it holds acts the store numbers and commits them
// together with the change, or neither; it always writes an audit row. What is absent, or not for
// the audience, is ErrNotFound. Times are UTC.
type Store interface {
	PartnershipStore
	MeetingStore
	AgendaStore
	PaperStore
	UploadStore
	ReadingStore
	PrivateStore
	FormatStore
	PublicationStore
	ActStore
}

// PartnershipStore keeps the partnership: the site, its partners and alliances, its news and boards.
type PartnershipStore interface {
	Site(ctx context.Context) (Site, error)
	SetSite(ctx context.Context, s Site, c Change) error

	Partners(ctx context.Context) ([]Partner, error)
	AddPartner(ctx context.Context, p Partner, c Change) error
	ChangePartner(ctx context.Context, p Partner, c Change) error

	Alliances(ctx context.Context) ([]Alliance, error)
	AddAlliance(ctx context.Context, a Alliance, c Change) error
	ChangeAlliance(ctx context.Context, a Alliance, c Change) error

	// News answers one page, latest first, without what was taken back, and the cursor of the next.
	News(ctx context.Context, cursor string, limit int) (list []News, next string, err error)
	// NewsItem answers also one that was taken back, without its words.
	NewsItem(ctx context.Context, slug string) (News, error)
	AddNews(ctx context.Context, n News, c Change) (News, error)
	// ChangeNews saves an item, or takes it back when WithdrawnAt is set.
	ChangeNews(ctx context.Context, n News, c Change) error

	Boards(ctx context.Context) ([]Board, error)
	Board(ctx context.Context, slug string) (Board, error)
	// AddBoard is an Error of CodeConflict when the slug is taken.
	AddBoard(ctx context.Context, b Board, c Change) error
	ChangeBoard(ctx context.Context, b Board, c Change) error
}

// MeetingStore keeps meetings and where they stand, and what is posted at the offices for them.
type MeetingStore interface {
	// Meetings answers one page and the cursor of the next, empty at the end.
	Meetings(ctx context.Context, a Audience, f MeetingFilter) (list []Meeting, next string, err error)
	Meeting(ctx context.Context, a Audience, slug string) (Meeting, error)
	// AddMeeting gives the meeting its slug.
	AddMeeting(ctx context.Context, m Meeting, c Change) (Meeting, error)
	// AddMeetings adds all or none.
	AddMeetings(ctx context.Context, list []Meeting, c Change) ([]Meeting, error)
	// ChangeMeeting saves what a meeting is. Where it stands (State and what belongs to it) stays unless
	// State is given.
	ChangeMeeting(ctx context.Context, m Meeting, c Change) error
	// ChangeMeetingState changes where a meeting stands. A postponed one takes the meeting of the new date,
	// which is added and announced in the same transaction when the old one is public.
	ChangeMeetingState(ctx context.Context, slug string, ch StateChange, c Change) (Meeting, error)

	// Postings at the offices for a meeting, in the order of their times.
	Postings(ctx context.Context, a Audience, meeting string) ([]Posting, error)
	RecordPosting(ctx context.Context, p Posting, c Change) error
	RemovePosting(ctx context.Context, meeting, id string, c Change) error

	// HolidayFiles that were uploaded, latest first, and the bytes of one.
	HolidayFiles(ctx context.Context) ([]HolidayFile, error)
	HolidayBytes(ctx context.Context, hash string) ([]byte, error)
	// ReplaceHolidays makes a file the one that counts.
	ReplaceHolidays(ctx context.Context, hash string, file []byte, c Change) error
}

// AgendaStore keeps agendas: their items and numbers, what each person can undo, and the papers that are asked for.
type AgendaStore interface {
	// Items of a meeting in the order of the agenda.
	Items(ctx context.Context, a Audience, meeting string) ([]Item, error)
	Item(ctx context.Context, a Audience, id string) (Item, error)
	// AddItem puts the item last and numbers it when it has no number.
	AddItem(ctx context.Context, i Item, c Change) (Item, error)
	// ChangeItem saves the item if its Revision is still the one read, else CodeConflict; also while
	// a scheduled publication holds it.
	ChangeItem(ctx context.Context, i Item, c Change) (Item, error)
	// AddItems puts several last, in their order.
	AddItems(ctx context.Context, meeting string, list []Item, c Change) ([]Item, error)
	// MoveItem moves an entry of the agenda; the numbers of what is not public follow. It is
	// CodeConflict when somebody else moved it after the mover looked.
	MoveItem(ctx context.Context, mv Move, c Change) error
	// SetNumbering numbers the agenda in a style, from a number on (0: as the style begins).
	SetNumbering(ctx context.Context, meeting string, style NumberStyle, from int, c Change) error
	// RemoveItem removes an item that is not public and has no papers.
	RemoveItem(ctx context.Context, id string, c Change) error

	// LastStep is what the person changed last of the agenda and can undo.
	LastStep(ctx context.Context, meeting, who string) (Step, error)
	// Undo takes back the last step of the person, if that is still this one.
	Undo(ctx context.Context, meeting string, id int64, c Change) (Step, error)

	// Commissions are the papers asked for items of a meeting, the most urgent first.
	Commissions(ctx context.Context, meeting string) ([]Commission, error)
	// Commission asks for a paper, or changes of whom and until when.
	Commission(ctx context.Context, co Commission, c Change) error
	// SetCommissionLink gives the author a private link by its hash, in place of one before; none for "".
	SetCommissionLink(ctx context.Context, item, hash string, until *time.Time, c Change) error
	// CommissionByLink finds the commission of a link that still works.
	CommissionByLink(ctx context.Context, hash string) (Commission, error)
	// CommissionPapers are the ids of the papers of the item that came by its author's link.
	CommissionPapers(ctx context.Context, item string) ([]string, error)
	// DecideCommission approves what came in, or sends it back with words.
	DecideCommission(ctx context.Context, item string, to CommissionState, words string, c Change) error
}

// PaperStore keeps papers and their versions, until they are withdrawn.
type PaperStore interface {
	// Papers in the order of the agenda (or latest first with PaperFilter.Latest), with the versions
	// that the audience may see.
	Papers(ctx context.Context, a Audience, f PaperFilter) ([]Paper, error)
	// Paper answers the paper with its versions. A withdrawn version is among them as a tombstone.
	Paper(ctx context.Context, a Audience, id string) (Paper, error)
	// Find reads the named versions with item and meeting; those not for the audience are missing.
	Find(ctx context.Context, a Audience, refs []VersionRef) ([]Found, error)
	// AddPaper records a paper and its first version, state checking, and the work of reading it. The
	// file must be on disk before.
	AddPaper(ctx context.Context, p Paper, v Version, c Change) (Paper, error)
	// AddVersion records the next version and the work of reading it.
	AddVersion(ctx context.Context, paper string, v Version, c Change) (Version, error)
	ChangePaper(ctx context.Context, p Paper, c Change) error
	// RemovePaper removes a paper of which no version was ever public.
	RemovePaper(ctx context.Context, id string, c Change) error

	// Withdraw makes what the withdrawal names a tombstone with role and reason.
	Withdraw(ctx context.Context, w Withdrawal, c Change) error
	// Unused are those of the files of an erased version that nothing else of the record needs.
	Unused(ctx context.Context, ref VersionRef) (hashes []string, err error)
	// NoteClearing keeps what a program cleared, once; Clearings are those of the acts of a paper.
	NoteClearing(ctx context.Context, c Clearing) error
	Clearings(ctx context.Context, paper string) ([]Clearing, error)

	// CountDownloads adds to the counts; Downloads are those of the subjects that were downloaded.
	CountDownloads(ctx context.Context, list []Download) error
	Downloads(ctx context.Context, subjects ...string) ([]Downloads, error)
}

// UploadStore keeps uploads that are on their way.
type UploadStore interface {
	// AddUpload begins an upload, within what its person may have on the way at once.
	AddUpload(ctx context.Context, u Upload, most UploadLimits) (Upload, error)
	Upload(ctx context.Context, id string) (Upload, error)
	// Uploads of a person to a meeting that are not added yet.
	Uploads(ctx context.Context, person, meeting string) ([]Upload, error)
	// StaleUploads are those that nothing happened to since the moment.
	StaleUploads(ctx context.Context, before time.Time) ([]Upload, error)
	// MoveUpload counts the bytes up to to as received, if from is where it stood; else CodeConflict.
	MoveUpload(ctx context.Context, id string, from, to int64) error
	DropUpload(ctx context.Context, id string) error
	// SameFile finds the versions of a board's papers that were uploaded with these hashes.
	SameFile(ctx context.Context, a Audience, board string, hashes []string) (map[string][]Found, error)
}

// ReadingStore keeps what the program finds in a version while it reads it, and what two people decide about that.
type ReadingStore interface {
	// PageText answers the text of one page (from 1), Texts all pages in order.
	PageText(ctx context.Context, ref VersionRef, page int) (string, error)
	Texts(ctx context.Context, ref VersionRef) ([]string, error)

	// KeepPages keeps the texts of pages from the page from on while reading, and moves the progress.
	KeepPages(ctx context.Context, ref VersionRef, from int, texts []string) error
	// KeepFile keeps which file is the public one of a version that is being read: File, Size, Pages,
	// Width and Height.
	KeepFile(ctx context.Context, v Version) error
	// KeepScans keeps how far the recognition of a version has come that is being read: Scans and ScansRead.
	KeepScans(ctx context.Context, v Version) error
	// FinishReading ends the reading: ready, or blocked when a finding blocks.
	FinishReading(ctx context.Context, v Version) error

	// Override answers where the question stands whether a blocked version may be public all the same.
	Override(ctx context.Context, ref VersionRef) (Override, error)
	// AskOverride asks for it with a reason.
	AskOverride(ctx context.Context, ref VersionRef, reason string, c Change) error
	// GiveOverride agrees, and the version is ready. It is an Error of CodeConflict for the person who asked.
	GiveOverride(ctx context.Context, ref VersionRef, c Change) error
	// RefuseOverride lets the question go: the version stays blocked.
	RefuseOverride(ctx context.Context, ref VersionRef, c Change) error
	// AccessOfFiles counts, of the published files that were checked, those with each finding, by its code.
	AccessOfFiles(ctx context.Context, a Audience) (checked int, with map[string]int, err error)
}

// PrivateStore keeps who may not see what of the private papers.
type PrivateStore interface {
	// Conflicts are the interests declared for a meeting, those that have ended too, in order.
	Conflicts(ctx context.Context, meeting string) ([]Conflict, error)
	// AddConflict records an interest. From then on the store decides every query by it.
	AddConflict(ctx context.Context, k Conflict, c Change) (Conflict, error)
	EndConflict(ctx context.Context, meeting, id string, c Change) error
}

// FormatStore keeps what stands beside a paper for other readers, and who asked for another format.
type FormatStore interface {
	// PaperLinks of papers, as the audience may see them, in the order in which they were added.
	PaperLinks(ctx context.Context, a Audience, papers []string) ([]PaperLink, error)
	AddPaperLink(ctx context.Context, l PaperLink, c Change) (PaperLink, error)
	RemovePaperLink(ctx context.Context, paper, id string, c Change) error

	// FormatRules of a board, or those of every board.
	FormatRules(ctx context.Context, board string) (FormatRules, error)
	SetFormatRules(ctx context.Context, r FormatRules, c Change) error

	// AskFormat keeps somebody's request for another format.
	AskFormat(ctx context.Context, r FormatRequest, c Change) (FormatRequest, error)
	FormatRequest(ctx context.Context, id string) (FormatRequest, error)
	// FormatRequests of the boards: those that wait first, by the day they are due.
	FormatRequests(ctx context.Context, boards []string) ([]FormatRequest, error)
	MoveFormat(ctx context.Context, id string, to FormatState, reason string, c Change) error
	EraseFormatAsker(ctx context.Context, id string, c Change) error
	// EraseEndedAskers erases who asked for what is over for longer than the rules keep it.
	EraseEndedAskers(ctx context.Context, now time.Time) (int, error)
	CountFormats(ctx context.Context) (map[FormatState]int, error)
}

// PublicationStore makes things public, and gives them their pages in the pack.
type PublicationStore interface {
	Schedule(ctx context.Context, p Publication, c Change) error
	// StopPublication lets a scheduled publication go: its versions are ready again.
	StopPublication(ctx context.Context, id string, c Change) error
	Publications(ctx context.Context, meeting string) ([]Publication, error)
	// DuePublications are the scheduled ones due at or before the moment, earliest first.
	DuePublications(ctx context.Context, by time.Time) ([]Publication, error)
	// Publish makes the publication public in one transaction, with PublishedAt read inside it. When
	// it was done already it answers that and changes nothing.
	Publish(ctx context.Context, id string, c Change) (Publication, error)
	// NoteFailure keeps the sentence with the publication, and an Outcome of what was scheduled for later.
	NoteFailure(ctx context.Context, id, sentence string) error
	// Published are the publications of a meeting that are done, in order, as the audience may see them.
	Published(ctx context.Context, a Audience, meeting string) ([]Publication, error)
	// ExplainLate says of a publication that is done why it came late.
	ExplainLate(ctx context.Context, id string, l Late, c Change) error
	// Outcomes that nobody at the desks of the boards has seen, newest first.
	Outcomes(ctx context.Context, boards []string) ([]Outcome, error)
	// SeeOutcome takes an outcome of a meeting off the desk.
	SeeOutcome(ctx context.Context, meeting string, id int64, c Change) error

	// PackRanges are the page numbers of a meeting's pack, in order. Publish gives them.
	PackRanges(ctx context.Context, meeting string, series Series) ([]PackRange, error)
	// NumberPack gives page numbers to what has none, behind those that were given: to private matter that
	// members may read, and to what was published before there were packs.
	NumberPack(ctx context.Context, meeting string, series Series) error
}

// ActStore answers what was done: the numbered acts that the public can see, and the audit of the desk.
type ActStore interface {
	// Acts after the number, in order.
	Acts(ctx context.Context, after int64, limit int) ([]Act, error)
	LastAct(ctx context.Context) (int64, error)
	// AwaitAct answers the last act's number as soon as it is above after, or after 250 ms.
	AwaitAct(ctx context.Context, after int64) (int64, error)

	// Audit rows of a subject prefix, newest first.
	Audit(ctx context.Context, subject string, limit int) ([]AuditRow, error)
	// MeetingAudit is all that was done for a meeting, newest first, before a row or from the newest when
	// before is 0. An empty meeting stands for what belongs to none: site, boards, partners.
	MeetingAudit(ctx context.Context, meeting string, before int64, limit int) ([]AuditRow, error)
}

// AuditRow says who did what at the desk.
type AuditRow struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Role    string    `json:"role"`
	What    string    `json:"what"`
	Subject string    `json:"subject"`
	Before  string    `json:"before"` // JSON
	After   string    `json:"after"`  // JSON
}
