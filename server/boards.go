package server

import "github.com/gofiber/fiber/v2"

// boardList answers GET /boards.
func (s *Server) boardList(c *call) error { return fiber.ErrNotImplemented }

// boardShow answers GET /boards/:slug.
func (s *Server) boardShow(c *call) error { return fiber.ErrNotImplemented }

// partnerList answers GET /partners.
func (s *Server) partnerList(c *call) error { return fiber.ErrNotImplemented }
