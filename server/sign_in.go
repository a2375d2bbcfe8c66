package server

import "github.com/gofiber/fiber/v2"

// signInShow answers GET /sign-in.
func (s *Server) signInShow(c *call) error { return fiber.ErrNotImplemented }

// signInSend answers POST /sign-in.
func (s *Server) signInSend(c *call) error { return fiber.ErrNotImplemented }

// linkShow answers GET /sign-in/:link.
func (s *Server) linkShow(c *call) error { return fiber.ErrNotImplemented }

// linkSend answers POST /sign-in/:link.
func (s *Server) linkSend(c *call) error { return fiber.ErrNotImplemented }

// signOut answers POST /sign-out.
func (s *Server) signOut(c *call) error { return fiber.ErrNotImplemented }
