package page

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"clearday/papers"
	"clearday/papers/publog"
)

// Log is the page of the publication log: what was done, newest first.
type Log struct {
	Base
	Zone    *time.Location
	Rows    []LogRow
	Older   int64 // the page of older entries ends before this one; 0 where there are none
	Board   string
	Boards  []papers.Board
	Kind    string
	Kinds   []LogKind
	Signed  []byte // the checkpoint
	Key     string
	Stopped bool // it does not continue what was signed before, and is not signed
}

// Template names the page's template.
func (Log) Template() string { return "log/log.html" }

// Checkpoint is the signed checkpoint as text.
func (p Log) Checkpoint() string { return string(p.Signed) }

// LogKind is a choice of acts that belong together.
type LogKind struct {
	Value, Says string
	prefixes    []string
}

// LogKinds are the choices of the page.
var LogKinds = []LogKind{
	{"papers", "Papers", []string{"paper.", "late."}}, {"meetings", "Meetings and agendas", []string{"meeting.", "agenda.", "item.", "posting."}},
	{"questions", "Questions", []string{"contribution.", "support."}}, {"room", "The room", []string{"room.", "chat."}},
	{"site", "The partnership and its rules", []string{"site.", "partner.", "alliance.", "news.", "board.", "holidays.", "retention."}},
}

// KindsOf are the kinds of act that a choice stands for, nil for all.
func KindsOf(choice string) []papers.Kind {
	var out []papers.Kind
	for _, k := range LogKinds {
		for _, prefix := range k.prefixes {
			for kind := range actWords {
				if k.Value == choice && strings.HasPrefix(string(kind), prefix) {
					out = append(out, kind)
				}
			}
		}
	}
	return out
}

// actWords says what an act did, as people say it.
var actWords = map[papers.Kind]string{
	papers.ActSiteChanged: "The site’s facts changed", papers.ActPartnerAdded: "Partner added", papers.ActPartnerChanged: "Partner changed",
	papers.ActAllianceAdded: "Alliance added", papers.ActAllianceChanged: "Alliance changed", papers.ActNewsPublished: "News published",
	papers.ActNewsChanged: "News changed", papers.ActNewsWithdrawn: "News withdrawn", papers.ActBoardAdded: "Board added", papers.ActBoardChanged: "Board changed",
	papers.ActMeetingAnnounced: "Meeting announced", papers.ActMeetingChanged: "Meeting changed", papers.ActAgendaPublished: "Agenda published",
	papers.ActItemChanged: "Agenda item changed", papers.ActItemRemoved: "Agenda item removed", papers.ActItemReleased: "Private item released",
	papers.ActPaperChanged: "Paper’s facts changed", papers.ActPaperPublished: "Paper published", papers.ActPaperSuperseded: "Paper replaced by a newer version",
	papers.ActPaperWithdrawn: "Paper withdrawn", papers.ActLateExplained: "Lateness explained", papers.ActPostingRecorded: "Notice on a board recorded",
	papers.ActPostingRemoved: "Record of a notice removed", papers.ActHolidaysReplaced: "Bank holidays replaced", papers.ActRoomChanged: "The room changed",
	papers.ActContributionTaken: "Question received", papers.ActContributionMoved: "Question’s state changed", papers.ActSupportCounted: "Support counted",
	papers.ActSupportStated: "Unusual support stated", papers.ActChatPosted: "Chat messages posted", papers.ActChatRemoved: "Chat message removed",
	papers.ActRetentionChanged: "Rule of retention changed",
}

// LogRow is an entry of the log as people read it.
type LogRow struct {
	papers.Act
	Says string
	URL  string // of what it is about, "" where it has no page
	Hash string // of the entry, its first digits
}

// NewLogRow says what an entry holds.
func NewLogRow(a papers.Act) (LogRow, error) {
	entry, err := publog.Entry(a)
	if err != nil {
		return LogRow{}, err
	}
	sum := sha256.Sum256(append([]byte{0}, entry...)) // the leaf of RFC 6962
	row := LogRow{Act: a, Says: actWords[a.Kind], Hash: hex.EncodeToString(sum[:4])}
	if row.Says == "" {
		row.Says = strings.ReplaceAll(string(a.Kind), ".", " ")
	}
	if by := a.Facts["state"]; by != "" && a.Kind == papers.ActContributionMoved {
		row.Says += ": " + strings.ReplaceAll(by, "_", " ")
	}
	if v, ok := papers.VersionOf(a.Subject); ok && v.N > 1 && a.Kind == papers.ActPaperPublished {
		row.Says = fmt.Sprintf("Paper revised: version %d", v.N)
	}
	switch root, _, _ := strings.Cut(a.Subject, "/"); root {
	case "papers", "meetings", "questions", "boards", "partners", "news":
		row.URL = "/" + strings.TrimSuffix(a.Subject, "/agenda")
	}
	return row, nil
}

// Verify is the page on which a paper is compared with the log.
type Verify struct {
	Base
	Zone  *time.Location
	Given string
	Wrong string
	Asked bool
	Hash  string
	Found []Verified
}

// Template names the page's template.
func (Verify) Template() string { return "log/verify.html" }

// Verified is a version that was published under the hash that was asked for.
type Verified struct {
	Title     string // "" where it was withdrawn: a title may be what had to go
	URL       string
	N         int
	At        *time.Time
	Act       int64
	Since     string // what became of it
	Withdrawn bool
	Receipt   string
}

// NewVerified says what was published.
func NewVerified(f papers.Found) Verified {
	v := f.Version
	out := Verified{Title: f.Paper.Title, URL: fmt.Sprintf("/papers/%s/v/%d", v.Paper, v.N), N: v.N, At: v.PublishedAt, Act: v.Act, Since: "Unchanged, and still the newest version"}
	out.Receipt = out.URL + "/receipt"
	switch current, _ := f.Paper.Current(); {
	case v.State == papers.VersionWithdrawn:
		out.Title, out.Withdrawn, out.Receipt, out.Since = "", true, "", "Withdrawn: "+v.WithdrawnWhy
	case current.N > v.N:
		out.Since = fmt.Sprintf("Unchanged. Version %d took its place", current.N)
	}
	return out
}
