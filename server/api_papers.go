package server

import "github.com/gofiber/fiber/v2"

// apiPaperAdd answers POST /api/v1/items/:id/papers.
func (s *Server) apiPaperAdd(c *call) error { return fiber.ErrNotImplemented }

// apiVersionAdd answers POST /api/v1/papers/:id/versions.
func (s *Server) apiVersionAdd(c *call) error { return fiber.ErrNotImplemented }

// apiPaperPublish answers POST /api/v1/papers/:id/publish.
func (s *Server) apiPaperPublish(c *call) error { return fiber.ErrNotImplemented }

// apiPaperWithdraw answers POST /api/v1/papers/:id/withdraw.
func (s *Server) apiPaperWithdraw(c *call) error { return fiber.ErrNotImplemented }

// apiPaper answers GET /api/v1/papers/:id.
func (s *Server) apiPaper(c *call) error { return fiber.ErrNotImplemented }

// apiPaperText answers GET /api/v1/papers/:id/text.
func (s *Server) apiPaperText(c *call) error { return fiber.ErrNotImplemented }
