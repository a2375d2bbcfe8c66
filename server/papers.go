package server

import "github.com/gofiber/fiber/v2"

// paperShow answers GET /papers/:id and GET /papers/:id/v/:n and GET /papers/:id/pages/:p and GET /papers/:id/v/:n/pages/:p.
func (s *Server) paperShow(c *call) error { return fiber.ErrNotImplemented }

// paperFile answers GET /papers/:id/file and GET /papers/:id/v/:n/file.
func (s *Server) paperFile(c *call) error { return fiber.ErrNotImplemented }

// paperText answers GET /papers/:id/text and GET /papers/:id/v/:n/text.
func (s *Server) paperText(c *call) error { return fiber.ErrNotImplemented }

// paperImage answers GET /papers/:id/pages/:p.jpg and GET /papers/:id/v/:n/pages/:p.jpg.
func (s *Server) paperImage(c *call) error { return fiber.ErrNotImplemented }
