package server

import "github.com/gofiber/fiber/v2"

// home answers GET /.
func (s *Server) home(c *call) error { return fiber.ErrNotImplemented }
