package papers

import "time"

// Upload is a file on its way in pieces. It outlives a broken line, a reload of the page and a restart
// of the program: what it says is received is on disk.
type Upload struct {
	ID      string `json:"id"`
	Meeting string `json:"meeting"`
	Board   string `json:"board"`
	Person  string `json:"-"` // who began it; nobody else may go on
	FileHint
	Received int64 `json:"received"` // bytes that are on disk, from the first without a gap

	// What it became, once it was added. A repeated request answers the same.
	Paper string `json:"paper,omitempty"`
	N     int    `json:"version,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	TouchedAt time.Time `json:"touched_at"`
}

// Whole tells whether every byte is there.
func (u Upload) Whole() bool { return u.Received == u.Size }

// UploadLimits bound what one person may have on the way at once.
type UploadLimits struct {
	Files int
	Bytes int64
}
