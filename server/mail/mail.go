// Package mail hands letters to a mail server by SMTP.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"clearday/papers/alerts"
)

// SMTP is a mail server to hand letters to.
type SMTP struct {
	// URL is smtp://user:password@host:port or smtps://...; ?from=address names the sender.
	// With smtp the line is encrypted when the server offers it, and a password is never sent
	// unless it is.
	URL string
	// From gives the sender where the URL names none: address and name of the site.
	From func(ctx context.Context) (address, name string, err error)
}

// timeout bounds each step on the line.
const timeout = 30 * time.Second

// Server is the host and port, without the secrets of the URL.
func (s SMTP) Server() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

func (s SMTP) client() (*mail.Client, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("must be like smtp://user:password@host:587")
	}
	tls := mail.WithTLSPortPolicy(mail.TLSOpportunistic) // port 587, else 25
	switch {
	case u.Scheme == "smtps":
		tls = mail.WithSSLPort(false)
	case u.Port() != "":
		tls = mail.WithTLSPolicy(mail.TLSOpportunistic) // the named port and no other
	}
	opts := []mail.Option{mail.WithTimeout(timeout), tls}
	if p := u.Port(); p != "" {
		port, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("port %q is no number", p)
		}
		opts = append(opts, mail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	return mail.NewClient(u.Hostname(), opts...)
}

// Dial implements alerts.Mailer.
func (s SMTP) Dial(ctx context.Context) (alerts.Line, error) {
	from, name, err := s.sender(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := c.DialWithContext(ctx); err != nil {
		return nil, err
	}
	return &line{client: c, from: from, name: name}, nil
}

func (s SMTP) sender(ctx context.Context) (address, name string, err error) {
	address, name, err = s.From(ctx)
	if err != nil {
		return "", "", err
	}
	if u, err := url.Parse(s.URL); err == nil && u.Query().Get("from") != "" {
		address = u.Query().Get("from")
	}
	if !strings.Contains(address, "@") {
		return "", "", errors.New("nobody is named as sender: give the site an e-mail address, or add ?from=... to CLEARDAY_SMTP_URL")
	}
	return address, name, nil
}

type line struct {
	client     *mail.Client
	from, name string
}

// Send implements alerts.Line.
func (l *line) Send(m alerts.Message) error {
	msg, err := l.message(m)
	if err != nil {
		return &alerts.NotTaken{Err: err, Permanent: true}
	}
	err = l.client.Send(msg)
	if err == nil {
		return nil
	}
	var said *mail.SendError
	if errors.As(err, &said) && (said.ErrorCode() != 0 || said.Reason != mail.ErrSMTPDataClose && said.Reason != mail.ErrWriteContent) {
		return &alerts.NotTaken{Err: err, Permanent: said.ErrorCode() >= 500}
	}
	return err
}

func (l *line) message(m alerts.Message) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.FromFormat(l.name, l.from); err != nil {
		return nil, fmt.Errorf("the sender: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("the recipient: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(m.ID + l.from[strings.LastIndex(l.from, "@"):])
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices in answer
	if m.Unsubscribe != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return msg, nil
}

// Close implements alerts.Line.
func (l *line) Close() error { return l.client.Close() }
