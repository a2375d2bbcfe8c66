// Package servertest starts the whole program for tests: every part, on a free port of the loopback
// address, with a data directory and a clock of its own.
package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/config"
)

// Site is a running program.
type Site struct {
	*program.Program
	URL    string // without a trailing slash
	Dir    string // the data directory
	Clock  *Clock
	Config config.Config
	stop   func() error
	Logged func() string // all that the program logged so far
}

// Clock runs as time does, from wherever a test sets it.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now is the test's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Set makes it the moment t now.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = time.Until(t)
}

// Start starts a program in a new data directory and stops it when the test ends.
func Start(t testing.TB) *Site {
	t.Helper()
	return StartIn(t, t.TempDir(), &Clock{})
}

// StartIn starts a program on a data directory that may hold a record already.
func StartIn(t testing.TB, dir string, clock *Clock) *Site {
	t.Helper()
	return startAt(t, dir, clock, "127.0.0.1:0")
}

// StartWithMail starts a program that hands its letters to the mail server at the address.
func StartWithMail(t testing.TB, smtpURL string) *Site {
	t.Helper()
	return startAt(t, t.TempDir(), &Clock{}, "127.0.0.1:0", "CLEARDAY_SMTP_URL="+smtpURL)
}

// StartWithRedis starts a program whose rooms are joined with others by the Redis at the address.
func StartWithRedis(t testing.TB, redisURL string) *Site {
	t.Helper()
	return startAt(t, t.TempDir(), &Clock{}, "127.0.0.1:0", "CLEARDAY_REDIS_URL="+redisURL)
}

// StartWithMeili starts a program that searches with the Meilisearch at the address.
func StartWithMeili(t testing.TB, meiliURL, key string) *Site {
	t.Helper()
	return startAt(t, t.TempDir(), &Clock{}, "127.0.0.1:0", "CLEARDAY_MEILI_URL="+meiliURL, "CLEARDAY_MEILI_KEY="+key)
}

// Again starts a program anew on the data directory, the clock and the address of one that was
// stopped, as after an upgrade.
func (s *Site) Again(t testing.TB) *Site {
	t.Helper()
	var more []string
	if s.Config.SMTPURL != "" {
		more = append(more, "CLEARDAY_SMTP_URL="+s.Config.SMTPURL)
	}
	return startAt(t, s.Dir, s.Clock, strings.TrimPrefix(s.URL, "http://"), more...)
}

func startAt(t testing.TB, dir string, clock *Clock, address string, more ...string) *Site {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("listening: %v", err)
	}
	settings := []string{"CLEARDAY_DATA=" + dir, "CLEARDAY_LISTEN=127.0.0.1:0"}
	if len(more) > 0 {
		settings = append(append(settings, more...), "CLEARDAY_PUBLIC_URL=http://"+ln.Addr().String())
	}
	cfg, err := config.Read(settings)
	if err != nil {
		t.Fatalf("reading settings: %v", err)
	}
	s := &Site{URL: "http://" + ln.Addr().String(), Dir: dir, Clock: clock, Config: cfg}
	logged := &logBook{}
	s.Logged = logged.text
	log := slog.New(slog.NewTextHandler(io.MultiWriter(testWriter{t}, logged), &slog.HandlerOptions{Level: slog.LevelDebug}))
	if s.Program, err = program.Open(context.Background(), cfg, s.URL, clock.Now, log); err != nil {
		t.Fatalf("opening the program: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	var once sync.Once
	var stopErr error
	s.stop = func() error {
		once.Do(func() {
			cancel()
			stopErr = <-done
			if err := s.Program.Close(); stopErr == nil {
				stopErr = err
			}
		})
		return stopErr
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stopping the program: %v", err)
		}
	})
	return s
}

// Stop stops the program as an operator would, before the test ends.
func (s *Site) Stop(t testing.TB) {
	t.Helper()
	if err := s.stop(); err != nil {
		t.Fatalf("stopping the program: %v", err)
	}
}

// logBook keeps all that the program logged.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logBook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// testWriter sends the program's warnings and errors to the test's log.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("level=WARN")) || bytes.Contains(b, []byte("level=ERROR")) {
		// The program may outlive the last assertion by a moment, but never the test's Cleanup.
		w.t.Logf("%s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

// Board adds a board and answers its slug.
func (s *Site) Board(t testing.TB, name string) string {
	t.Helper()
	b := papers.Board{Name: name, CreatedAt: s.Clock.Now().UTC(), Questions: papers.QuestionRules{Support: true}}
	if err := b.Tidy(); err != nil {
		t.Fatal(err)
	}
	act := papers.Act{Kind: papers.ActBoardAdded, Subject: "boards/" + b.Slug, Board: b.Slug}
	if err := s.Record.AddBoard(context.Background(), b, papers.Change{By: papers.Program, Acts: []papers.Act{act}}); err != nil {
		t.Fatalf("adding a board: %v", err)
	}
	return b.Slug
}

// Meeting adds a planned meeting of the board, so many days ahead.
func (s *Site) Meeting(t testing.TB, board string, days int) papers.Meeting {
	t.Helper()
	loc, _ := time.LoadLocation("Europe/London")
	d := s.Clock.Now().In(loc).AddDate(0, 0, days)
	start := time.Date(d.Year(), d.Month(), d.Day(), 9, 30, 0, 0, loc)
	m := papers.Meeting{Board: board, StartsAt: start.UTC(), EndsAt: start.Add(2 * time.Hour).UTC(), Zone: "Europe/London",
		Venue: "Town Hall", Mode: papers.Hybrid, State: papers.MeetingPlanned, CreatedAt: s.Clock.Now().UTC()}
	if err := m.Tidy(); err != nil {
		t.Fatal(err)
	}
	m, err := s.Record.AddMeeting(context.Background(), m, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatalf("adding a meeting: %v", err)
	}
	return m
}

// Item adds an item to the agenda.
func (s *Site) Item(t testing.TB, meeting, title string) papers.Item {
	t.Helper()
	i := papers.Item{ID: papers.NewID(), Meeting: meeting, Title: title, Purpose: papers.Discussion, Minutes: 10}
	i, err := s.Record.AddItem(context.Background(), i, papers.Change{By: papers.Program})
	if err != nil {
		t.Fatalf("adding an item: %v", err)
	}
	return i
}

// Token makes an API token with a role on the boards, or on every board.
func (s *Site) Token(t testing.TB, role auth.Role, boards ...string) string {
	t.Helper()
	secret := auth.NewSecret()
	tok := auth.Token{ID: papers.NewID(), Name: "test " + string(role), Hash: auth.HashSecret(secret), Grants: grants(role, boards), CreatedAt: s.Clock.Now().UTC()}
	if err := s.Record.AddToken(context.Background(), tok); err != nil {
		t.Fatalf("adding a token: %v", err)
	}
	return secret
}

func grants(role auth.Role, boards []string) []auth.Grant {
	if len(boards) == 0 {
		boards = []string{papers.EveryBoard}
	}
	var list []auth.Grant
	for _, b := range boards {
		list = append(list, auth.Grant{Role: role, Board: b})
	}
	return list
}

// Link makes a user with a role and answers the path of their one-time sign-in link.
func (s *Site) Link(t testing.TB, email string, role auth.Role, boards ...string) string {
	t.Helper()
	ctx := context.Background()
	u, err := s.Record.AddUser(ctx, auth.User{ID: papers.NewID(), Name: email, Email: email, CreatedAt: s.Clock.Now().UTC(), Grants: grants(role, boards)})
	if err != nil {
		t.Fatalf("adding a user: %v", err)
	}
	secret := auth.NewSecret()
	if err := s.Record.AddLink(ctx, auth.Link{Hash: auth.HashSecret(secret), User: u.ID, ExpiresAt: s.Clock.Now().Add(time.Hour).UTC()}); err != nil {
		t.Fatalf("adding a link: %v", err)
	}
	return "/sign-in/" + secret
}

// Browser asks as a browser does: it keeps cookies, does not follow redirects by itself, and says
// where its forms come from.
type Browser struct {
	*http.Client
	Site *Site
	CSRF string // of the session, once signed in
	User string // id of who is signed in
}

// Browser makes a new browser with nobody signed in.
func (s *Site) Browser(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{Site: s, Client: &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// SignedIn makes a browser in which a new user with the role has signed in.
func (s *Site) SignedIn(t testing.TB, role auth.Role, boards ...string) *Browser {
	t.Helper()
	b := s.Browser(t)
	u, err := s.Record.AddUser(context.Background(), auth.User{ID: papers.NewID(), Name: "Test " + string(role),
		Email: papers.NewID() + "@example.org", CreatedAt: s.Clock.Now().UTC(), Grants: grants(role, boards)})
	if err != nil {
		t.Fatalf("adding a user: %v", err)
	}
	secret, csrf, now := auth.NewSecret(), auth.NewSecret(), s.Clock.Now().UTC()
	session := auth.Session{Hash: auth.HashSecret(secret), User: u.ID, CSRF: csrf, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := s.Record.AddSession(context.Background(), session); err != nil {
		t.Fatalf("adding a session: %v", err)
	}
	at, _ := url.Parse(s.URL)
	b.Jar.SetCookies(at, []*http.Cookie{{Name: "clearday_session", Value: secret, Path: "/"}})
	b.CSRF, b.User = csrf, u.ID
	return b
}

// Answer is a response read to its end.
type Answer struct {
	*http.Response
	Text string
}

// Do sends a request with a body of a kind and headers in pairs.
func (b *Browser) Do(t testing.TB, method, path, kind string, body io.Reader, headers ...string) Answer {
	t.Helper()
	req, err := http.NewRequest(method, b.Site.URL+path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet && method != http.MethodHead {
		req.Header.Set("Origin", b.Site.URL)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.Client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: reading the answer: %v", method, path, err)
	}
	return Answer{res, string(text)}
}

// Get reads a page.
func (b *Browser) Get(t testing.TB, path string, headers ...string) Answer {
	t.Helper()
	return b.Do(t, http.MethodGet, path, "", nil, headers...)
}

// Post sends a form of fields in pairs, with the session's token.
func (b *Browser) Post(t testing.TB, path string, fields ...string) Answer {
	t.Helper()
	form := url.Values{"csrf": {b.CSRF}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.Do(t, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Upload sends a file with fields in pairs, and asks for JSON.
func (b *Browser) Upload(t testing.TB, path, name string, file []byte, fields ...string) Answer {
	t.Helper()
	body, kind := Multipart(t, name, file, append(fields, "csrf", b.CSRF)...)
	return b.Do(t, http.MethodPost, path, kind, body, "Accept", "application/json")
}

// Multipart makes a form with one file.
func Multipart(t testing.TB, name string, file []byte, fields ...string) (body io.Reader, kind string) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &buf, w.FormDataContentType()
}

// API calls the JSON API with a token ("" for none), decodes the answer into v when it is not nil,
// and answers the status with the text.
func (s *Site) API(t testing.TB, token, method, path string, body, v any) (status int, text string) {
	t.Helper()
	var r io.Reader
	kind := ""
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, kind = bytes.NewReader(j), "application/json"
	}
	headers := []string{}
	if token != "" {
		headers = append(headers, "Authorization", "Bearer "+token)
	}
	a := s.Browser(t).Do(t, method, "/api/v1"+path, kind, r, headers...)
	if v != nil && a.StatusCode < 300 {
		if err := json.Unmarshal([]byte(a.Text), v); err != nil {
			t.Fatalf("%s %s answered %q: %v", method, path, a.Text, err)
		}
	}
	return a.StatusCode, a.Text
}

// APIUpload uploads a file by the API, and waits until it is read however busy the machine is: the API
// itself answers after ten seconds.
func (s *Site) APIUpload(t testing.TB, token, path, name string, file []byte, v any, fields ...string) (status int, text string) {
	t.Helper()
	body, kind := Multipart(t, name, file, fields...)
	a := s.Browser(t).Do(t, http.MethodPost, "/api/v1"+path, kind, body, "Authorization", "Bearer "+token)
	a.Text = s.onceRead(t, token, a.Text)
	if v != nil && a.StatusCode < 300 {
		if err := json.Unmarshal([]byte(a.Text), v); err != nil {
			t.Fatalf("POST %s answered %q: %v", path, a.Text, err)
		}
	}
	return a.StatusCode, a.Text
}

// onceRead gives the answer to an upload as it is once the version is read.
func (s *Site) onceRead(t testing.TB, token, answer string) string {
	t.Helper()
	var fields map[string]any
	if json.Unmarshal([]byte(answer), &fields) != nil || fields["state"] != "checking" {
		return answer
	}
	Eventually(t, "the upload is read", func() bool {
		var p struct {
			Versions []struct {
				N        float64 `json:"version"`
				State    string
				SHA256   string `json:"sha256"`
				Findings []any
			}
		}
		s.API(t, token, http.MethodGet, fmt.Sprint("/papers/", fields["id"]), nil, &p)
		for _, v := range p.Versions {
			if v.N == fields["version"] && v.State != "checking" {
				fields["state"], fields["sha256"], fields["findings"] = v.State, v.SHA256, v.Findings
				return true
			}
		}
		return false
	})
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Eventually waits until the condition holds, looking often, for at most a minute: machines that test
// are busy.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("gave up waiting until %s", what)
}

// PDF makes a small PDF with one page for each text.
func PDF(t testing.TB, title string, pages ...string) []byte {
	t.Helper()
	doc := gofpdf.New("P", "mm", "A4", "")
	doc.SetTitle(title, true)
	doc.SetFont("Helvetica", "", 12)
	for _, text := range pages {
		doc.AddPage()
		doc.MultiCell(0, 6, text, "", "L", false)
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatalf("making a PDF: %v", err)
	}
	return b.Bytes()
}

// Outlined makes a small PDF with one page for each section of its outline.
func Outlined(t testing.TB, sections ...string) []byte {
	t.Helper()
	doc := gofpdf.New("P", "mm", "A4", "")
	doc.SetFont("Helvetica", "", 12)
	for n, title := range sections {
		doc.AddPage()
		doc.Bookmark(title, 0, 0)
		doc.MultiCell(0, 6, fmt.Sprintf("%d. %s", n+1, title), "", "L", false)
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatalf("making a PDF with an outline: %v", err)
	}
	return b.Bytes()
}

// Sample reads a file of this package's testdata: real papers under the Open Government Licence.
func Sample(t testing.TB, name string) []byte {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(file), "testdata", name))
	if err != nil {
		t.Fatalf("reading a sample: %v", err)
	}
	return b
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// CSRFOf reads the form token of a page.
func CSRFOf(t testing.TB, page string) string {
	t.Helper()
	m := csrfField.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no form token")
	}
	return m[1]
}
