package server

import "github.com/gofiber/fiber/v2"

// meetingList answers GET /meetings.
func (s *Server) meetingList(c *call) error { return fiber.ErrNotImplemented }

// meetingShow answers GET /meetings/:slug.
func (s *Server) meetingShow(c *call) error { return fiber.ErrNotImplemented }

// meetingAgenda answers GET /meetings/:slug/agenda.pdf.
func (s *Server) meetingAgenda(c *call) error { return fiber.ErrNotImplemented }
