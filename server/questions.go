package server

import "github.com/gofiber/fiber/v2"

// boardQuestions answers GET /boards/:slug/questions.
func (s *Server) boardQuestions(c *call) error { return fiber.ErrNotImplemented }

// meetingQuestions answers GET /meetings/:slug/questions.
func (s *Server) meetingQuestions(c *call) error { return fiber.ErrNotImplemented }

// ask answers POST /meetings/:slug/questions.
func (s *Server) ask(c *call) error { return fiber.ErrNotImplemented }

// questionList answers GET /questions.
func (s *Server) questionList(c *call) error { return fiber.ErrNotImplemented }

// questionShow answers GET /questions/:number.
func (s *Server) questionShow(c *call) error { return fiber.ErrNotImplemented }

// questionMine answers GET /questions/:number/mine/:code.
func (s *Server) questionMine(c *call) error { return fiber.ErrNotImplemented }
