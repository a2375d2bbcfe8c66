package papers

import "time"

// Series is a series of page numbers of a meeting. Each counts from 1 and goes on for ever: what is
// published later continues it, and nothing that has its numbers ever moves.
type Series string

// The series of a meeting. The public pack holds what is public; the private one holds private matter
// alone, so that its numbers (R1, R2) tell which pack a page is of.
const (
	PublicSeries  Series = ""
	PrivateSeries Series = "R"
)

// PackRange is what the record keeps of a pack: which page numbers are those of a version, or of the
// divider before the papers of an item.
type PackRange struct {
	Series     Series
	First      int
	Count      int
	Item       string
	Paper      string // empty for a divider
	N          int
	At         time.Time // what came at the same moment came out together
	Supplement int       // see Publication
}

// Ref names the version.
func (r PackRange) Ref() VersionRef { return VersionRef{Paper: r.Paper, N: r.N} }
