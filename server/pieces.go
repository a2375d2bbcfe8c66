package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
)

// This file takes files in pieces, in the way of tus 1.0: an upload is begun with its name and size,
// each PATCH carries the offset where its piece begins, GET says how far it is. What was answered is on
// disk. An upload belongs to the person who began it.

const (
	pieceSize   = 4 << 20            // of one piece (design.md section 8)
	pieceBody   = pieceSize + 16<<10 // as a body
	uploadAge   = 7 * 24 * time.Hour // how long a file that is half here waits for the rest
	sweepEvery  = time.Hour
	offsetField = "Upload-Offset"
	sumField    = "Upload-Checksum" // sha256 and base64, as tus says it
	pieceKind   = "application/offset+octet-stream"
)

// mostUploads is what one person may have on the way at once.
var mostUploads = papers.UploadLimits{Files: 500, Bytes: 2 << 30}

// underway holds one request for one upload at a time: a second window must not write what a first one keeps.
type underway struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (u *underway) take(id string) (release func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids[id] {
		return nil, papers.Errorf(papers.CodeConflict, "Another window sends this file too. Let one of them go on.")
	}
	if u.ids == nil {
		u.ids = map[string]bool{}
	}
	u.ids[id] = true
	return func() {
		u.mu.Lock()
		delete(u.ids, id)
		u.mu.Unlock()
	}, nil
}

// ofUpload is the board of an upload. Others than its person do not learn that it exists.
func ofUpload(c *call) (string, error) {
	u, err := c.uploadOf()
	return u.Board, err
}

func (c *call) uploadOf() (papers.Upload, error) {
	u, err := c.s.Record.Upload(c.ctx, c.Params("id"))
	if err == nil && u.Person != c.person.ID {
		err = papers.ErrNotFound
	}
	return u, err
}

// deskUploadBegin answers POST /desk/meetings/:slug/uploads.
func (s *Server) deskUploadBegin(c *call) error {
	var f papers.FileHint
	if err := c.decode(&f); err != nil {
		return err
	}
	u, err := c.beginUpload(f)
	if err != nil {
		return err
	}
	if err := s.Files.Begin(u.ID); err != nil {
		return c.giveUp(u, err)
	}
	c.Location("/desk/uploads/" + u.ID)
	return c.uploadState(fiber.StatusCreated, u)
}

func (c *call) beginUpload(f papers.FileHint) (papers.Upload, error) {
	m, err := c.s.Record.Meeting(c.ctx, c.audience(), c.Params("slug"))
	if err != nil {
		return papers.Upload{}, err
	}
	f.Name, f.Folder = cleanFileName(f.Name), cleanFolder(f.Folder)
	if f.Size <= 0 {
		return papers.Upload{}, papers.Errorf(papers.CodeInvalid, "The file is empty. Look at it, then send it again.")
	}
	if f.Size > maxUpload {
		return papers.Upload{}, papers.Errorf(papers.CodeTooLarge, "The file is larger than %d MB. Make it smaller, or split it, and upload it again.", maxUpload>>20)
	}
	if f.SHA256 != "" && !isHash(f.SHA256) {
		return papers.Upload{}, papers.Errorf(papers.CodeInvalid, "sha256 is 64 digits in hex, or empty.")
	}
	u := papers.Upload{ID: papers.NewID(), Meeting: m.Slug, Board: m.Board, Person: c.person.ID, FileHint: f}
	return c.s.Record.AddUpload(c.ctx, u, mostUploads)
}

// giveUp forgets an upload whose file could not be made.
func (c *call) giveUp(u papers.Upload, err error) error {
	if derr := c.s.Record.DropUpload(context.WithoutCancel(c.ctx), u.ID); derr != nil {
		c.s.Log.Warn("dropping an upload", slog.Any("err", derr))
	}
	return err
}

func isHash(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// cleanFolder is a folder's path as a hint: names that are harmless wherever they go.
func cleanFolder(path string) string {
	var names []string
	for _, n := range strings.Split(strings.ReplaceAll(path, `\`, "/"), "/") {
		if n != "" && n != "." && n != ".." && len(names) < 10 {
			names = append(names, cleanFileName(n))
		}
	}
	return strings.Join(names, "/")
}

// deskUploadState answers GET /desk/uploads/:id.
func (s *Server) deskUploadState(c *call) error {
	u, err := c.uploadOf()
	if err != nil {
		return err
	}
	return c.uploadState(fiber.StatusOK, u)
}

func (c *call) uploadState(status int, u papers.Upload) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(offsetField, strconv.FormatInt(u.Received, 10))
	return c.ok(status, u)
}

// deskUploadPiece answers PATCH /desk/uploads/:id: one piece, written and synced before it is counted, and
// counted before it is answered.
func (s *Server) deskUploadPiece(c *call) error {
	release, err := s.underway.take(c.Params("id"))
	if err != nil {
		return err
	}
	defer release()
	u, err := c.uploadOf()
	if err != nil {
		return err
	}
	piece := c.Body()
	if err := c.checkPiece(u, piece); err != nil {
		return err
	}
	if err := s.Files.Write(u.ID, u.Received, piece); err != nil {
		return err
	}
	if err := s.Record.MoveUpload(c.ctx, u.ID, u.Received, u.Received+int64(len(piece))); err != nil {
		return err
	}
	u.Received += int64(len(piece))
	return c.uploadState(fiber.StatusOK, u)
}

func (c *call) checkPiece(u papers.Upload, piece []byte) error {
	at, err := strconv.ParseInt(c.Get(offsetField), 10, 64)
	if err != nil || c.Get(fiber.HeaderContentType) != pieceKind {
		return papers.Errorf(papers.CodeInvalid, "Send a piece as %s with %s, the byte where it begins.", pieceKind, offsetField)
	}
	if at != u.Received || u.Paper != "" {
		c.Set(offsetField, strconv.FormatInt(u.Received, 10))
		return papers.Errorf(papers.CodeConflict, "The next piece begins at byte %d.", u.Received)
	}
	if len(piece) == 0 || len(piece) > pieceSize || at+int64(len(piece)) > u.Size {
		return papers.Errorf(papers.CodeInvalid, "A piece has 1 to %d bytes and ends within the file.", pieceSize)
	}
	if said, ok := strings.CutPrefix(c.Get(sumField), "sha256 "); ok {
		sum := sha256.Sum256(piece)
		if subtle.ConstantTimeCompare([]byte(said), []byte(base64.StdEncoding.EncodeToString(sum[:]))) != 1 {
			return papers.Errorf(papers.CodeConflict, "A piece changed on its way. Send it again.")
		}
	}
	return nil
}

// gather makes an upload that is whole ready to be kept.
func (c *call) gather(u papers.Upload) (upload, error) {
	if !u.Whole() {
		return upload{}, papers.Errorf(papers.CodeConflict, "%d of %d bytes are here. Send the rest first.", u.Received, u.Size)
	}
	file, err := c.s.Files.Gather(u.ID, u.Size)
	if err != nil {
		return upload{}, fmt.Errorf("gathering an upload: %w", err)
	}
	if u.SHA256 != "" && file.Hash != u.SHA256 {
		if err := c.s.Record.MoveUpload(c.ctx, u.ID, u.Received, 0); err != nil {
			return upload{}, err
		}
		return upload{}, papers.Errorf(papers.CodeConflict, "The file changed while it was sent. Send it again from its beginning.")
	}
	up := upload{id: u.ID, file: file, name: u.Name}
	return up, c.inspect(&up)
}

// deskUploadRemove answers POST /desk/uploads/:id/remove.
func (s *Server) deskUploadRemove(c *call) error {
	u, err := c.uploadOf()
	if err == nil {
		err = s.forgetUpload(c.ctx, u.ID)
	}
	if err != nil {
		return err
	}
	if c.program() {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.see("/desk/meetings/" + u.Meeting + "?saved=removed#upload")
}

// forgetUpload lets the row go first: a file without a row is swept, a row without its file would promise bytes.
func (s *Server) forgetUpload(ctx context.Context, id string) error {
	release, err := s.underway.take(id)
	if err != nil {
		return err
	}
	defer release()
	if err := s.Record.DropUpload(ctx, id); err != nil {
		return err
	}
	return s.Files.Forget(id)
}

// Sweep removes uploads that nobody went on with and what else has had its time, until ctx ends.
func (s *Server) Sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := errors.Join(s.sweepUploads(ctx), s.sweepFormats(ctx)); err != nil && ctx.Err() == nil {
			s.Log.Error("sweeping", slog.Any("err", err))
		}
		pause(ctx, sweepEvery)
	}
	return nil
}

func (s *Server) sweepUploads(ctx context.Context) error {
	stale, err := s.Record.StaleUploads(ctx, s.Now().UTC().Add(-uploadAge))
	if err != nil {
		return err
	}
	for _, u := range stale {
		if err := s.forgetUpload(ctx, u.ID); err != nil {
			return err
		}
	}
	begun, err := s.Files.Begun(time.Now().Add(-uploadAge))
	if err != nil {
		return err
	}
	for _, id := range begun {
		if _, err := s.Record.Upload(ctx, id); papers.CodeOf(err) == papers.CodeNotFound {
			err = s.Files.Forget(id)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
