package server

import "github.com/gofiber/fiber/v2"

// deskHome answers GET /desk.
func (s *Server) deskHome(c *call) error { return fiber.ErrNotImplemented }

// deskMeetingNew answers GET /desk/meetings/new.
func (s *Server) deskMeetingNew(c *call) error { return fiber.ErrNotImplemented }

// deskMeetingAdd answers POST /desk/meetings.
func (s *Server) deskMeetingAdd(c *call) error { return fiber.ErrNotImplemented }

// deskMeetingShow answers GET /desk/meetings/:slug.
func (s *Server) deskMeetingShow(c *call) error { return fiber.ErrNotImplemented }

// deskMeetingChange answers POST /desk/meetings/:slug.
func (s *Server) deskMeetingChange(c *call) error { return fiber.ErrNotImplemented }

// deskAnnounce answers POST /desk/meetings/:slug/announce.
func (s *Server) deskAnnounce(c *call) error { return fiber.ErrNotImplemented }
