package papers

// Archived is a paper of a past meeting on its way into the record: it was public elsewhere before. The file must be on disk.
type Archived struct {
	Meeting Meeting // to join by board, day and title, or to make: held, and public since now
	Item    string  // title of the entry under which it stands, where no item of the meeting fits its name
	Folder  string  // in which it lay, a hint at the item
	Title   string
	Version Version // with its file, pages and findings; a finding that blocks keeps it from the public
	Texts   []string
}

// Settled is what became of an archived paper.
type Settled struct {
	Outcome Settlement
	Meeting string // slug
	Paper   string // id; of the paper that was there, where it was
	Reason  string // a sentence, where it was refused
}

// Settlement says how an archived paper was settled.
type Settlement string

// The settlements.
const (
	SettledPublic  Settlement = "public"
	SettledBlocked Settlement = "blocked" // on the record, and not public: something in it blocks
	SettledBefore  Settlement = "before"  // the same bytes are on the record of the board already
	SettledRefused Settlement = "refused"
)

// Blocked tells whether something was found that keeps the version from publication.
func (v Version) Blocked() bool {
	for _, f := range v.Findings {
		if f.Blocks {
			return true
		}
	}
	return false
}
