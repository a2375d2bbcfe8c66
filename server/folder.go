package server

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
)

// planned is what would become of one file of a folder, before anything of it is sent.
type planned struct {
	papers.Match
	Skip       string `json:"skip,omitempty"`        // why it is no paper
	PaperTitle string `json:"paper_title,omitempty"` // of the paper it may be a new version of
	Same       string `json:"same,omitempty"`        // where the same bytes are already
	Upload     string `json:"upload,omitempty"`      // half here already
	Received   int64  `json:"received,omitempty"`
}

// deskUploadPlan answers POST /desk/meetings/:slug/uploads/plan: for a folder of files where each belongs,
// which are here already, which are half here.
func (s *Server) deskUploadPlan(c *call) error {
	var in struct {
		Files []papers.FileHint `json:"files"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	if len(in.Files) > mostUploads.Files {
		return papers.Errorf(papers.CodeTooMany, "These are %d files. Send at most %d at once.", len(in.Files), mostUploads.Files)
	}
	m, err := s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return err
	}
	d, err := s.readDesk(c, m)
	if err != nil {
		return err
	}
	list, err := s.plan(c, d, in.Files)
	if err != nil {
		return err
	}
	return c.ok(fiber.StatusOK, struct {
		Files []planned    `json:"files"`
		Items []itemChoice `json:"items"`
	}{list, d.offer(c.audience())})
}

func (s *Server) plan(c *call, d *desk, files []papers.FileHint) ([]planned, error) {
	var hashes []string
	for i := range files {
		files[i].Folder = cleanFolder(files[i].Folder)
		if isHash(files[i].SHA256) {
			hashes = append(hashes, files[i].SHA256)
		}
	}
	same, err := s.Record.SameFile(c.ctx, c.audience(), d.meeting.Board, hashes)
	if err != nil {
		return nil, err
	}
	half, err := s.Record.Uploads(c.ctx, c.person.ID, d.meeting.Slug)
	if err != nil {
		return nil, err
	}
	list, first := make([]planned, len(files)), map[string]string{}
	for i, m := range papers.MatchFiles(files, d.choices(c.audience()), d.papers) {
		f := files[i]
		if list[i].Skip = s.skip(f); list[i].Skip != "" {
			continue
		}
		list[i] = planned{Match: m, Same: d.whereSame(same[f.SHA256]), PaperTitle: d.paperTitle(m.Paper)}
		if before, twice := first[f.SHA256]; twice && isHash(f.SHA256) && list[i].Same == "" {
			list[i].Same = fmt.Sprintf("The same file as “%s”, which is in this folder too.", before)
		} else if !twice {
			first[f.SHA256] = f.Name
		}
		for _, h := range half {
			if goesOn(h, f) {
				list[i].Upload, list[i].Received = h.ID, h.Received
			}
		}
	}
	return list, nil
}

// skip says why a file is not taken at all.
func (s *Server) skip(f papers.FileHint) string {
	switch {
	case papers.SkipFile(f.Name) != "":
		return papers.SkipFile(f.Name)
	case f.Size == 0:
		return "The file is empty."
	case f.Size > maxUpload:
		return fmt.Sprintf("The file is larger than %d MB. Make it smaller, or split it.", maxUpload>>20)
	case !s.takes(f.Name):
		return fmt.Sprintf("Not a kind of file that becomes a paper. Save it as %s.", s.kindWords())
	}
	return ""
}

// goesOn tells whether a file is the rest of an upload that broke off.
func goesOn(u papers.Upload, f papers.FileHint) bool {
	if u.SHA256 != "" && f.SHA256 != "" {
		return u.SHA256 == f.SHA256 && u.Name == cleanFileName(f.Name)
	}
	return u.Name == cleanFileName(f.Name) && u.Folder == f.Folder && u.Size == f.Size && u.Modified.Equal(f.Modified)
}

// whereSame says where the same bytes are already: in this meeting before any other.
func (d *desk) whereSame(list []papers.Found) string {
	for _, f := range list {
		if f.Meeting.Slug == d.meeting.Slug {
			return fmt.Sprintf("The same file is here already: “%s”, item %s.", f.Paper.Title, f.Item.Number)
		}
	}
	for _, f := range list {
		return fmt.Sprintf("The same file was a paper of the meeting on %s: “%s”.", f.Meeting.StartsAt.In(d.zone).Format("2 January 2006"), f.Paper.Title)
	}
	return ""
}

func (d *desk) paperTitle(id string) string {
	for _, p := range d.papers {
		if p.ID == id {
			return p.Title
		}
	}
	return ""
}
