package server

import "github.com/gofiber/fiber/v2"

// deskItemAdd answers POST /desk/meetings/:slug/items.
func (s *Server) deskItemAdd(c *call) error { return fiber.ErrNotImplemented }

// deskItemShow answers GET /desk/items/:id.
func (s *Server) deskItemShow(c *call) error { return fiber.ErrNotImplemented }

// deskItemChange answers POST /desk/items/:id.
func (s *Server) deskItemChange(c *call) error { return fiber.ErrNotImplemented }

// deskItemMove answers POST /desk/items/:id/move.
func (s *Server) deskItemMove(c *call) error { return fiber.ErrNotImplemented }

// deskItemRemove answers POST /desk/items/:id/remove.
func (s *Server) deskItemRemove(c *call) error { return fiber.ErrNotImplemented }
