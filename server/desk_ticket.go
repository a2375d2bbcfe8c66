package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"clearday/papers"
	"clearday/server/blob"
)

// heldFile is a file that came to the desk: its facts, and the bytes while they are not kept yet. Its
// JSON is what a ticket holds.
type heldFile struct {
	File    string    `json:"file"` // SHA-256, hex
	Name    string    `json:"name"`
	Size    int64     `json:"size"`
	Pages   int       `json:"pages"`
	Width   float64   `json:"width"`
	Height  float64   `json:"height"`
	Meeting string    `json:"meeting"`
	Person  string    `json:"person"`
	Until   time.Time `json:"until"`

	ItemAsked string       `json:"-"` // id of the item that the form names
	staged    *blob.Staged // nil: the bytes are kept
}

// ticketAge is how long the answer to "which item?" may take.
const ticketAge = 12 * time.Hour

// takePaper reads an upload: a file, or the ticket of one that was kept before.
func (s *Server) takePaper(c *call, meeting string) (heldFile, error) {
	if token := c.formField("token"); token != "" {
		k, err := s.openTicket(c, token, meeting)
		k.ItemAsked = c.formField("item")
		return k, err
	}
	u, err := c.takeUpload()
	if err != nil {
		return heldFile{}, err
	}
	k := heldFile{File: u.file.Hash, Name: u.name, Size: u.file.Size, Pages: u.info.Pages, Meeting: meeting, Person: c.person.ID,
		ItemAsked: u.fields["item"], staged: u.file}
	if len(u.info.Sizes) > 0 {
		k.Width, k.Height = u.info.Sizes[0].Width, u.info.Sizes[0].Height
	}
	return k, nil
}

func (k heldFile) version(reason string) papers.Version {
	return papers.Version{State: papers.VersionChecking, Original: k.File, OriginalSize: k.Size, OriginalKind: "pdf", FileName: k.Name, Pages: k.Pages,
		Width: k.Width, Height: k.Height, Reason: reason}
}

func (k heldFile) keep() error {
	if k.staged == nil {
		return nil
	}
	return k.staged.Keep()
}

func (k heldFile) drop() error {
	if k.staged == nil {
		return nil
	}
	return k.staged.Drop()
}

// ticket makes what stands for a kept file until its item is known. It is sealed by the site key and
// needs no memory: it works on every machine and after a restart.
func (s *Server) ticket(c *call, k heldFile) string {
	k.Until = s.Now().Add(ticketAge)
	body, _ := json.Marshal(k) // plain fields: never fails
	b64 := base64.RawURLEncoding
	return b64.EncodeToString(body) + "." + b64.EncodeToString(s.ticketSeal(body))
}

func (s *Server) ticketSeal(body []byte) []byte {
	h := hmac.New(sha256.New, s.Config.SiteKey[:])
	h.Write([]byte("desk upload ticket\x00"))
	h.Write(body)
	return h.Sum(nil)
}

// openTicket takes a ticket of this person for this meeting.
func (s *Server) openTicket(c *call, token, meeting string) (heldFile, error) {
	var k heldFile
	text, seal, _ := strings.Cut(token, ".")
	body, err1 := base64.RawURLEncoding.DecodeString(text)
	sum, err2 := base64.RawURLEncoding.DecodeString(seal)
	good := err1 == nil && err2 == nil && hmac.Equal(sum, s.ticketSeal(body)) && json.Unmarshal(body, &k) == nil
	if !good || k.Meeting != meeting || k.Person != c.person.ID || s.Now().After(k.Until) {
		return heldFile{}, papers.Errorf(papers.CodeInvalid, "The file waited too long for its item. Upload it again.")
	}
	return k, nil
}
