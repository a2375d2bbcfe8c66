package server

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
	"clearday/papers/publog"
	"clearday/server/page"
)

// logOnPage is how many entries the page of the log lists.
const logOnPage = 50

// logShow answers GET /log: what was done, newest first, and how to check it.
func (s *Server) logShow(c *call) error {
	base, err := c.base("Publication log", "log")
	if err != nil {
		return err
	}
	p := page.Log{Base: base, Zone: base.Site.Location(), Board: c.Query("board"), Kind: c.Query("kind"), Kinds: page.LogKinds, Key: s.Publog.Key.String()}
	before, err := strconv.ParseInt(c.Query("before", "0"), 10, 64)
	if err != nil || before < 0 {
		return papers.Errorf(papers.CodeInvalid, "before is the number of an entry.")
	}
	list, err := s.Record.NewestActs(c.ctx, before, p.Board, page.KindsOf(p.Kind), logOnPage+1)
	if err != nil {
		return err
	}
	if len(list) > logOnPage {
		list = list[:logOnPage]
		p.Older = list[len(list)-1].Number
	}
	for _, a := range list {
		row, err := page.NewLogRow(a)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	boards, err := c.boards()
	if err != nil {
		return err
	}
	p.Boards = boards.list
	p.Signed, err = s.Publog.Sign(c.ctx)
	if errors.Is(err, publog.ErrRolledBack) {
		p.Stopped, err = true, nil
	}
	if err != nil {
		return err
	}
	return c.render(fiber.StatusOK, p)
}

// logCheckpoint answers GET /log/checkpoint (C2SP tlog-checkpoint).
func (s *Server) logCheckpoint(c *call) error {
	signed, err := s.signed(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=2")
	return c.Send(signed)
}

// signed is the newest signed checkpoint, or a sentence why there is none.
func (s *Server) signed(c *call) ([]byte, error) {
	signed, err := s.Publog.Sign(c.ctx)
	if errors.Is(err, publog.ErrRolledBack) {
		s.Log.Error("the log is not signed", "err", err)
		return nil, papers.Errorf(papers.CodeConflict, "The log does not continue what was signed before, and is not signed until somebody has looked into it. The operator has been told.")
	}
	return signed, err
}

// logTile answers GET /log/tile/...: hashes or entries (C2SP tlog-tiles). A partial tile is served at
// its width, also when the tree has grown beyond it.
func (s *Server) logTile(c *call) error {
	t, err := publog.ParseTile("tile/" + c.Params("*"))
	if err != nil {
		return papers.ErrNotFound
	}
	size, tree, err := s.Record.Tree(c.ctx)
	if err != nil {
		return err
	}
	if !t.In(size) {
		return papers.ErrNotFound
	}
	body, err := s.tile(c, t, tree)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/octet-stream")
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(body)
}

// tile gives the bytes of a tile that the tree has.
func (s *Server) tile(c *call, t publog.Tile, tree tlog.HashReader) ([]byte, error) {
	if !t.Entries {
		return t.Hashes(tree)
	}
	acts, err := s.Record.Acts(c.ctx, t.From(), t.Width)
	if err != nil {
		return nil, err
	}
	if len(acts) != t.Width {
		return nil, fmt.Errorf("the record holds %d of the %d entries of %s", len(acts), t.Width, t.Path())
	}
	entries := make([][]byte, len(acts))
	for i, a := range acts {
		if entries[i], err = publog.Entry(a); err != nil {
			return nil, err
		}
	}
	return publog.Bundle(entries)
}

// paperReceipt answers GET /papers/:id/receipt and GET /papers/:id/v/:n/receipt: the proof that this
// version was published, to be kept and checked by anybody offline.
func (s *Server) paperReceipt(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	if f.Version.Act == 0 || !f.Version.Public() {
		return papers.ErrNotFound
	}
	r, err := s.receipt(c, f.Version.Act, map[string]string{"title": f.Paper.Title})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="receipt-%s-v%d.txt"`, f.Paper.ID, f.Version.N))
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(r.Text())
}

// receipt proves an act. It opens the commitments to those of the texts that are still the ones that
// were logged and whose salts were not erased.
func (s *Server) receipt(c *call, number int64, texts map[string]string) (publog.Receipt, error) {
	signed, err := s.signed(c)
	if err != nil {
		return publog.Receipt{}, err
	}
	act, err := s.Record.Act(c.ctx, number)
	if err != nil {
		return publog.Receipt{}, err
	}
	salts, err := s.Record.Salts(c.ctx, number)
	if err != nil {
		return publog.Receipt{}, err
	}
	open := map[string]publog.Opening{}
	for name, text := range texts {
		if salt := salts[name]; salt != nil && publog.Commitment(salt, text) == act.Commitments[name] {
			open[name] = publog.Opening{Salt: salt, Text: text}
		}
	}
	_, tree, err := s.Record.Tree(c.ctx)
	if err != nil {
		return publog.Receipt{}, err
	}
	return publog.Prove(s.Publog.Key, signed, act, open, tree)
}

// logVerify answers GET /log/verify: a person drops a file, whose hash is computed in the browser, or
// gives its hash, and is told what was published under it.
func (s *Server) logVerify(c *call) error {
	base, err := c.base("Check a paper", "log")
	if err != nil {
		return err
	}
	p := page.Verify{Base: base, Zone: base.Site.Location(), Given: strings.TrimSpace(c.Query("sha256"))}
	if p.Given == "" {
		return c.render(fiber.StatusOK, p)
	}
	hash := fingerprint(p.Given)
	if hash == "" {
		p.Wrong = "A fingerprint is 64 letters and digits, from 0 to 9 and a to f. Paste all of it, or choose the file."
		return c.render(fiber.StatusUnprocessableEntity, p)
	}
	refs, err := s.Record.PublishedFiles(c.ctx, hash)
	if err != nil {
		return err
	}
	found, err := s.Record.Find(c.ctx, papers.Public, refs)
	if err != nil {
		return fmt.Errorf("finding what was published: %w", err)
	}
	p.Asked, p.Hash = true, hash
	for _, f := range found {
		p.Found = append(p.Found, page.NewVerified(f))
	}
	return c.render(fiber.StatusOK, p)
}

var hexHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fingerprint reads a SHA-256 as people paste it: with spaces, in capitals, after "sha256", or as the
// text of a receipt; "" when there is none.
func fingerprint(given string) string {
	text := strings.ToLower(strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", "\u00a0", "").Replace(given))
	if _, after, ok := strings.Cut(text, `"sha256":"`); ok && len(after) > 64 {
		text = after[:64]
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "sha256"), ":")
	if !hexHash.MatchString(text) {
		return ""
	}
	return text
}
