package server

import "github.com/gofiber/fiber/v2"

// meetingCalendar answers GET /meetings/:slug.ics.
func (s *Server) meetingCalendar(c *call) error { return fiber.ErrNotImplemented }

// boardCalendar answers GET /boards/:slug.ics.
func (s *Server) boardCalendar(c *call) error { return fiber.ErrNotImplemented }

// siteCalendar answers GET /calendar.ics.
func (s *Server) siteCalendar(c *call) error { return fiber.ErrNotImplemented }

// boardFeed answers GET /boards/:slug/feed.atom.
func (s *Server) boardFeed(c *call) error { return fiber.ErrNotImplemented }

// siteFeed answers GET /feed.atom.
func (s *Server) siteFeed(c *call) error { return fiber.ErrNotImplemented }
