package server

import "github.com/gofiber/fiber/v2"

// searchShow answers GET /search.
func (s *Server) searchShow(c *call) error { return fiber.ErrNotImplemented }
