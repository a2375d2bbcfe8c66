package server

import (
	"fmt"
	"html/template"
	"io"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/server/page"
)

// paperWeb answers GET /papers/:id/html and GET /papers/:id/v/:n/html: the version as a web page, made from the original document.
func (s *Server) paperWeb(c *call) error {
	f, err := c.paperVersion()
	if err != nil {
		return err
	}
	if f.Version.State == papers.VersionWithdrawn {
		return c.withdrawn(f)
	}
	if f.Version.HTML == "" {
		return papers.Errorf(papers.CodeNotFound, "This version is not offered as a web page. Read its text, or its PDF.")
	}
	file, err := s.Files.Open(c.ctx, f.Version.HTML)
	if err != nil {
		return fmt.Errorf("opening a web version: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading a web version: %w", err)
	}
	base, err := c.base(f.Paper.Title, "meetings")
	if err != nil {
		return err
	}
	// The words of others, made harmless by office.Web before they were kept.
	return c.render(fiber.StatusOK, page.PaperWeb{Base: base, Zone: f.Meeting.Location(), Paper: f.Paper, Version: f.Version, Meeting: f.Meeting,
		Address: c.paperAddress(f), Body: template.HTML(body)})
}
