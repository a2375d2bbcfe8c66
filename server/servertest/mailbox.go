package servertest

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Mailbox is a real SMTP server on the loopback address that keeps what it takes.
type Mailbox struct {
	URL string

	mu      sync.Mutex
	letters []Letter
	refuse  error // answer to the next letters
	breaks  bool  // take the letter, then break the line without an answer
}

// Letter is one message as it arrived.
type Letter struct {
	To     string
	Header mail.Header
	Body   string
}

// Mail starts a mailbox and stops it when the test ends.
func Mail(t testing.TB) *Mailbox {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{URL: "smtp://" + ln.Addr().String() + "?from=board@example.org"}
	srv := smtp.NewServer(m)
	srv.Domain = "localhost"
	srv.ReadTimeout, srv.WriteTimeout = 10*time.Second, 10*time.Second
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("stopping the mail server: %v", err)
		}
		<-done
	})
	return m
}

// Refuse makes the server answer an SMTP error to letters until it is nil again.
func (m *Mailbox) Refuse(err error) { m.mu.Lock(); defer m.mu.Unlock(); m.refuse = err }

// Break makes the server take letters and break the line before it says so.
func (m *Mailbox) Break(on bool) { m.mu.Lock(); defer m.mu.Unlock(); m.breaks = on }

// Letters are those that arrived so far.
func (m *Mailbox) Letters() []Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Letter(nil), m.letters...)
}

// To are the letters to an address.
func (m *Mailbox) To(address string) []Letter {
	var list []Letter
	for _, l := range m.Letters() {
		if l.To == address {
			list = append(list, l)
		}
	}
	return list
}

var privateLink = regexp.MustCompile(`https?://[^\s<>"]+/alerts/[a-z0-9]+/[0-9a-f]+`)

// PrivateLink is the path of the private address in a letter.
func (l Letter) PrivateLink(t testing.TB) string {
	t.Helper()
	link := privateLink.FindString(strings.ReplaceAll(l.Body, "=\r\n", ""))
	if link == "" {
		t.Fatalf("the letter has no private link: %s", l.Body)
	}
	return link[strings.Index(link, "/alerts/"):]
}

// NewSession implements smtp.Backend.
func (m *Mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &mailSession{box: m, conn: c}, nil
}

type mailSession struct {
	box  *Mailbox
	conn *smtp.Conn
	to   string
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}
func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }
func (s *mailSession) Data(r io.Reader) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.refuse != nil {
		return s.box.refuse
	}
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.box.letters = append(s.box.letters, Letter{To: s.to, Header: m.Header, Body: string(body)})
	if s.box.breaks {
		return s.conn.Conn().Close()
	}
	return nil
}
