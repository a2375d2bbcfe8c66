package server

import "github.com/gofiber/fiber/v2"

// roomShow answers GET /meetings/:slug/live.
func (s *Server) roomShow(c *call) error { return fiber.ErrNotImplemented }

// roomSocket answers GET /meetings/:slug/live/socket.
func (s *Server) roomSocket(c *call) error { return fiber.ErrNotImplemented }

// support answers POST /meetings/:slug/support.
func (s *Server) support(c *call) error { return fiber.ErrNotImplemented }
