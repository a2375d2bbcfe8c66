package server

import "github.com/gofiber/fiber/v2"

// apiLivePoll answers GET /api/v1/meetings/:slug/live.
func (s *Server) apiLivePoll(c *call) error { return fiber.ErrNotImplemented }

// apiLive answers POST /api/v1/meetings/:slug/live.
func (s *Server) apiLive(c *call) error { return fiber.ErrNotImplemented }

// apiLiveItem answers POST /api/v1/meetings/:slug/live/item.
func (s *Server) apiLiveItem(c *call) error { return fiber.ErrNotImplemented }

// apiMeetingQuestions answers GET /api/v1/meetings/:slug/questions.
func (s *Server) apiMeetingQuestions(c *call) error { return fiber.ErrNotImplemented }

// apiDecide answers PATCH /api/v1/questions/:number.
func (s *Server) apiDecide(c *call) error { return fiber.ErrNotImplemented }

// apiQuestions answers GET /api/v1/questions.
func (s *Server) apiQuestions(c *call) error { return fiber.ErrNotImplemented }
