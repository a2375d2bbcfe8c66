package server

import "github.com/gofiber/fiber/v2"

// apiDescription answers GET /api/v1/openapi.json.
func (s *Server) apiDescription(c *call) error { return fiber.ErrNotImplemented }

// apiBoardAdd answers POST /api/v1/boards.
func (s *Server) apiBoardAdd(c *call) error { return fiber.ErrNotImplemented }

// apiBoards answers GET /api/v1/boards.
func (s *Server) apiBoards(c *call) error { return fiber.ErrNotImplemented }

// apiBoard answers GET /api/v1/boards/:slug.
func (s *Server) apiBoard(c *call) error { return fiber.ErrNotImplemented }

// apiMeetingAdd answers POST /api/v1/meetings.
func (s *Server) apiMeetingAdd(c *call) error { return fiber.ErrNotImplemented }

// apiMeetings answers GET /api/v1/meetings.
func (s *Server) apiMeetings(c *call) error { return fiber.ErrNotImplemented }

// apiMeeting answers GET /api/v1/meetings/:slug.
func (s *Server) apiMeeting(c *call) error { return fiber.ErrNotImplemented }

// apiAnnounce answers POST /api/v1/meetings/:slug/announce.
func (s *Server) apiAnnounce(c *call) error { return fiber.ErrNotImplemented }

// apiItemAdd answers POST /api/v1/meetings/:slug/items.
func (s *Server) apiItemAdd(c *call) error { return fiber.ErrNotImplemented }

// apiItemChange answers PATCH /api/v1/items/:id.
func (s *Server) apiItemChange(c *call) error { return fiber.ErrNotImplemented }

// apiMeetingPublish answers POST /api/v1/meetings/:slug/publish.
func (s *Server) apiMeetingPublish(c *call) error { return fiber.ErrNotImplemented }

// apiSearch answers GET /api/v1/search.
func (s *Server) apiSearch(c *call) error { return fiber.ErrNotImplemented }

// apiActs answers GET /api/v1/log/entries.
func (s *Server) apiActs(c *call) error { return fiber.ErrNotImplemented }
