package server

import "github.com/gofiber/fiber/v2"

// deskUpload answers POST /desk/meetings/:slug/papers.
func (s *Server) deskUpload(c *call) error { return fiber.ErrNotImplemented }

// deskPaperShow answers GET /desk/papers/:id.
func (s *Server) deskPaperShow(c *call) error { return fiber.ErrNotImplemented }

// deskPaperState answers GET /desk/papers/:id/state.
func (s *Server) deskPaperState(c *call) error { return fiber.ErrNotImplemented }

// deskPaperChange answers POST /desk/papers/:id.
func (s *Server) deskPaperChange(c *call) error { return fiber.ErrNotImplemented }

// deskVersionAdd answers POST /desk/papers/:id/versions.
func (s *Server) deskVersionAdd(c *call) error { return fiber.ErrNotImplemented }

// deskPaperPublish answers POST /desk/papers/:id/publish.
func (s *Server) deskPaperPublish(c *call) error { return fiber.ErrNotImplemented }

// deskPaperWithdraw answers POST /desk/papers/:id/withdraw.
func (s *Server) deskPaperWithdraw(c *call) error { return fiber.ErrNotImplemented }

// deskPaperRemove answers POST /desk/papers/:id/remove.
func (s *Server) deskPaperRemove(c *call) error { return fiber.ErrNotImplemented }
