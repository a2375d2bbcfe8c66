package server

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestSurvive(t *testing.T) {
	s := &Server{Parts: Parts{Log: slog.New(slog.DiscardHandler)}}
	app := fiber.New()
	app.Use(s.survive)
	app.Get("/", func(*fiber.Ctx) error { panic("a mistake") })
	res, err := app.Test(httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != fiber.StatusInternalServerError {
		t.Errorf("a panic answers %d", res.StatusCode)
	}
}
