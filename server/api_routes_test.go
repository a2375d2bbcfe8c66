package server

import (
	"regexp"
	"strings"
	"testing"

	"clearday/server/api"
	"clearday/server/auth"
)

// TestAPIDescribed holds the description of the API and the routes that are really there together.
func TestAPIDescribed(t *testing.T) {
	parameter := regexp.MustCompile(`:(\w+)`)
	routes := map[string]bool{} // whether a token is needed
	for _, r := range new(Server).table() {
		if path, ok := strings.CutPrefix(r.path, api.Base); ok {
			routes[r.method+" "+parameter.ReplaceAllString(path, "{$1}")] = r.may != auth.Anyone
		}
	}
	described := map[string]bool{}
	for _, op := range api.Operations {
		name := op.Method + " " + op.Path
		described[name] = true
		needs, ok := routes[name]
		if !ok {
			t.Errorf("%s is described, but there is no such route", name)
			continue
		}
		if needs != (op.Role != "") {
			t.Errorf("%s needs a token: %v; described as needing the role %q", name, needs, op.Role)
		}
	}
	for name := range routes {
		if !described[name] {
			t.Errorf("%s is a route, but it is not described", name)
		}
	}
}
