package papers

import "time"

// Withdrawal takes what was public away from the public. A tombstone stays that says when, by which
// role and why.
type Withdrawal struct {
	Paper  string
	N      int    // the version; 0 is every public one
	Role   string // of who does it, never the person
	Reason string // public, for ever

	// TakeBack erases: file and original, words, page images and the salts of what acts committed to
	// are gone for everybody, and a publication that would bring the paper again is stopped. It is for
	// what must not be anywhere, such as somebody's name (design.md section 8).
	TakeBack bool
	Title    string // with TakeBack: what the paper is called from now on; empty leaves its title
}

// Tidy checks a withdrawal as entered.
func (w *Withdrawal) Tidy() error {
	var err error
	if w.Reason, err = Line("reason for the withdrawal", w.Reason, 1000, true); err != nil {
		return err
	}
	w.Title, err = Line("title of the paper", w.Title, 300, false)
	return err
}

// Takes tells whether the withdrawal is of this version: of a public one, and to take it back also of one that was
// only withdrawn so far, whose bytes are still here.
func (w Withdrawal) Takes(v Version) bool {
	here := v.Public() || w.TakeBack && v.State == VersionWithdrawn && v.ErasedAt == nil
	return here && (w.N == 0 || v.N == w.N)
}

// Acts describes the withdrawal of those versions of the paper that it takes.
func (w Withdrawal) Acts(p Paper) []Act {
	var acts []Act
	for _, v := range p.Versions {
		if !w.Takes(v) {
			continue
		}
		facts := map[string]string{"role": w.Role, "version": itoa(v.N), "sha256": v.File}
		if w.TakeBack {
			facts["taken_back"] = "yes"
		}
		acts = append(acts, Act{Kind: ActPaperWithdrawn, Subject: VersionSubject(v.Ref()), Board: p.Board, Meeting: p.Meeting,
			Facts: facts, Texts: map[string]string{"reason": w.Reason}})
	}
	return acts
}

// Clearing is what one program cleared of one thing after an act took it back.
type Clearing struct {
	Act     int64
	Program string // the machine
	Part    string // one of the ClearedParts
	Says    string
	At      time.Time
}

// Downloads is how often a file was downloaded, and by whom as far as that is known.
type Downloads struct {
	Subject  string // papers/abc/v/1, or meetings/slug/pack
	Times    int
	Visitors int      // different places
	People   []string // names of those who were signed in
	First    time.Time
	Last     time.Time
}

// Download is somebody's taking of a file. Visitor says where they were; the store keeps only a keyed
// fingerprint of it. User is set for who was signed in.
type Download struct {
	Subject string
	Visitor string
	User    string
	At      time.Time
}
