package server

import "github.com/gofiber/fiber/v2"

// about answers GET /about.
func (s *Server) about(c *call) error { return fiber.ErrNotImplemented }

// takePart answers GET /take-part.
func (s *Server) takePart(c *call) error { return fiber.ErrNotImplemented }

// accessibility answers GET /accessibility.
func (s *Server) accessibility(c *call) error { return fiber.ErrNotImplemented }

// privacy answers GET /privacy.
func (s *Server) privacy(c *call) error { return fiber.ErrNotImplemented }

// robots answers GET /robots.txt.
func (s *Server) robots(c *call) error { return fiber.ErrNotImplemented }

// securityText answers GET /.well-known/security.txt.
func (s *Server) securityText(c *call) error { return fiber.ErrNotImplemented }

// sitemap answers GET /sitemap.xml.
func (s *Server) sitemap(c *call) error { return fiber.ErrNotImplemented }
