package server

import "github.com/gofiber/fiber/v2"

// deskPublish answers POST /desk/meetings/:slug/publish.
func (s *Server) deskPublish(c *call) error { return fiber.ErrNotImplemented }

// deskPublicationStop answers POST /desk/meetings/:slug/stop.
func (s *Server) deskPublicationStop(c *call) error { return fiber.ErrNotImplemented }
