package server

import "github.com/gofiber/fiber/v2"

// liveDesk answers GET /desk/meetings/:slug/live.
func (s *Server) liveDesk(c *call) error { return fiber.ErrNotImplemented }

// liveRoom answers POST /desk/meetings/:slug/room.
func (s *Server) liveRoom(c *call) error { return fiber.ErrNotImplemented }

// liveItem answers POST /desk/meetings/:slug/item.
func (s *Server) liveItem(c *call) error { return fiber.ErrNotImplemented }

// liveDecide answers POST /desk/questions/:number.
func (s *Server) liveDecide(c *call) error { return fiber.ErrNotImplemented }
