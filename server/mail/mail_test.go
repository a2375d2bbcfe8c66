package mail

import (
	"context"
	"net"
	"strings"
	"testing"
)

// A mail server that does not answer at the port that was named is not looked for at another one: who
// answers there may be anybody.
func TestDialNamedPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := SMTP{URL: "smtp://" + address, From: func(context.Context) (string, string, error) { return "board@example.org", "Board", nil }}
	if _, err := s.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("Dial = %v, want what was said at %s", err, address)
	}
}
