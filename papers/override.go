package papers

import "time"

// Override lets a version be published although the checks block it. One person asks and says why, another
// lets it go (rules.md 5.6): nobody does both. What the record keeps of it is never public.
type Override struct {
	Version   VersionRef
	Reason    string
	AskedBy   string // id of the person
	AskedName string
	AskedAt   time.Time
	GivenBy   string // "" while nobody has agreed
	GivenName string
	GivenAt   time.Time
}

// Asked tells that somebody asked.
func (o Override) Asked() bool { return o.AskedBy != "" }

// Given tells that a second person agreed.
func (o Override) Given() bool { return o.GivenBy != "" }

// CanOverride tells whether a version is blocked by what a person may weigh. A file that could not be read,
// checked or cleaned is not: nobody knows what would be public.
func (v Version) CanOverride() bool {
	if v.State != VersionBlocked || v.File == "" || v.Checked != v.File {
		return false
	}
	for _, f := range v.Findings {
		if f.Blocks && (f.Code == "unreadable" || f.Code == "not_clean") {
			return false
		}
	}
	return true
}
