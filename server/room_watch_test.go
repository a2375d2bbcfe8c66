package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// How the host of a stream behaves.
const (
	sending int32 = iota
	nothing       // it answers that there is no such thing
	frozen        // it sends the same playlist for ever
	dead          // it breaks the connection
)

// streamHost is a host of its own that sends a stream made by ffmpeg, or fails as it is told.
type streamHost struct {
	URL   string
	how   atomic.Int32
	asked atomic.Int32
}

// startStream begins a stream of sound and picture that goes on until the test ends.
func startStream(t *testing.T) *streamHost {
	t.Helper()
	servertest.Need(t, "ffmpeg")
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10", "-f", "lavfi", "-i", "sine=frequency=300:sample_rate=44100",
		"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "10", "-c:a", "aac", "-b:a", "32k",
		"-f", "hls", "-hls_time", "1", "-hls_list_size", "5", "-hls_flags", "delete_segments+independent_segments", "-master_pl_name", "master.m3u8", filepath.Join(dir, "index.m3u8"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting ffmpeg: %v", err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	h := &streamHost{}
	files := http.FileServer(http.Dir(dir))
	var kept atomic.Pointer[[]byte] // the playlist that a frozen host sends
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
		playlist := filepath.Ext(r.URL.Path) == ".m3u8"
		if playlist {
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		}
		switch how := h.how.Load(); {
		case how == sending && r.URL.Path == "/apart.m3u8": // sound and picture in playlists of their own
			_, _ = io.WriteString(w, "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"Chamber\",DEFAULT=YES,URI=\"index.m3u8?sound\"\n"+
				"#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS=\"avc1.42c00b,mp4a.40.2\",AUDIO=\"a\"\nindex.m3u8\n")
		case how == dead:
			panic(http.ErrAbortHandler)
		case how == nothing:
			http.NotFound(w, r)
		case how == frozen && r.URL.Path == "/index.m3u8":
			if body := kept.Load(); body != nil {
				_, _ = w.Write(*body)
				return
			}
			body, _ := os.ReadFile(filepath.Join(dir, "index.m3u8"))
			kept.Store(&body)
			_, _ = w.Write(body)
		default:
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	h.URL = server.URL
	servertest.Eventually(t, "ffmpeg has made three seconds", func() bool {
		_, err := os.Stat(filepath.Join(dir, "index2.ts"))
		return err == nil
	})
	return h
}

// allowStreams makes these the sites from which meetings may be shown.
func allowStreams(t *testing.T, s *servertest.Site, origins string) {
	t.Helper()
	site, err := s.Record.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	site.StreamOrigins = origins
	if err := s.Record.SetSite(t.Context(), site, papers.Change{By: papers.Program}); err != nil {
		t.Fatal(err)
	}
}

// turn does with the room what the secretary does.
func turn(t *testing.T, s *servertest.Site, meeting string, turn livestream.Turn) {
	t.Helper()
	if _, err := s.Record.SetRoom(t.Context(), meeting, turn, papers.Change{By: papers.Program}); err != nil {
		t.Fatalf("turning the room: %v", err)
	}
}

// withoutHLS is a browser that does not play HLS by itself, as Firefox.
func (p *person) withoutHLS() *person {
	p.do("taking HLS out of the browser", p.command(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `{ const can = HTMLMediaElement.prototype.canPlayType; HTMLMediaElement.prototype.canPlayType = function (kind) { return /mpegurl/.test(kind) ? '' : can.call(this, kind) } }`})
		return err
	}))
	return p
}

// hlsFetched tells whether the page has fetched hls.js.
const hlsFetched = `performance.getEntriesByType('resource').some(r => r.name.includes('/static/hls.'))`

const moves = `(async () => { const v = document.querySelector('[data-screen] video, [data-screen] audio'); if (!v?.checkVisibility()) return false
	const at = v.currentTime; await new Promise(r => setTimeout(r, 300)); return v.currentTime > at })()`

// The stream plays in the page, says what is wrong when it stops, comes back, and goes at once when the
// board meets in private; in a browser that plays HLS itself and in one that does not.
func TestWatchStream(t *testing.T) {
	browser := startChromium(t)
	host := startStream(t)
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	allowStreams(t, s, host.URL)
	stream := livestream.Stream{Kind: livestream.StreamHLS, URL: host.URL + "/master.m3u8"}
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive, Stream: &stream})
	for _, name := range []string{"itself", "script"} {
		looks := func(p *person, state string) {
			if name == "itself" { // it looks the same in both
				axeFinds(p.T, p, state)
			}
		}
		t.Run(name, func(t *testing.T) {
			p := browser.person(t, s, name, wide)
			if name == "script" {
				p.withoutHLS()
			}
			before := host.asked.Load()
			p.opens("/meetings/" + m.Slug + "/live")
			p.sees("Watch the meeting", "Connected")
			looks(p, "watch before pressing")
			if n := host.asked.Load(); n != before {
				t.Errorf("the host of the stream was asked %d times before anybody pressed", n-before)
			}
			p.click("[data-play]", "Watch")
			p.until("it plays", moves)
			if got := evaluate[bool](p, hlsFetched); got != (name == "script") {
				t.Errorf("hls.js is fetched: %v", got)
			}
			p.until("the player has the focus", `document.activeElement?.tagName === 'VIDEO'`)
			looks(p, "watching")
			tabbed := 0
			for ; tabbed < 30 && !evaluate[bool](p, `document.activeElement.matches('[data-modes] a')`); tabbed++ {
				p.keys("\t")
			}
			if tabbed == 30 {
				t.Error("the keyboard does not leave the player")
			}
			evaluate[bool](p, `(document.querySelector('video').focus(), true)`)
			p.blameless("watching")

			host.how.Store(dead)
			p.sees("The stream cannot be reached", "It is tried again by itself", "Sound only", "Text only", "Papers of the meeting")
			p.until("the button to try again has the focus", `document.activeElement?.matches('[data-again]')`)
			looks(p, "watching a dead host")
			if name == "script" { // and one that says nothing new
				host.how.Store(sending)
				p.until("it plays again", moves)
				host.how.Store(frozen)
				p.until("the picture stands still", `!await `+moves)
				evaluate[bool](p, `(() => { const now = performance.now.bind(performance); performance.now = () => now() + 25000; return true })()`)
				p.sees("The stream has stopped coming")
			}
			host.how.Store(nothing)
			p.click("[data-again]", "Try again")
			p.sees("The stream has stopped")
			host.how.Store(sending)
			p.until("it plays again by itself", moves)
			p.blameless("a dead host", host.URL)

			p.fill("#text", "Half a question")
			until := s.Clock.Now().Add(25 * time.Minute)
			turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomPrivate, Reason: "A contract with a bidder.", Until: &until,
				Exclusion: &livestream.Exclusion{Item: items[1].ID, Resolution: "That the press and public be excluded.", MovedBy: "Ann Lode"}})
			p.until("nothing of the stream is left in the page", fmt.Sprintf(`!document.querySelector('video, audio, iframe') && !document.documentElement.outerHTML.includes(%q)`, host.URL))
			p.sees("The board is meeting in private", "A contract with a bidder.", "It is expected to be public again", "(in 25 minutes)", "That the press and public be excluded.", "moved by Ann Lode", "Community beds")
			p.until("the form is shut and keeps the words", `document.querySelector('#text')?.value === 'Half a question' && document.querySelector('#ask button[type=submit]').disabled`)
			looks(p, "in private")
			if name == "script" { // which does not let a page begin with sound by itself
				evaluate[bool](p, `(() => { const play = HTMLMediaElement.prototype.play
					HTMLMediaElement.prototype.play = function () { HTMLMediaElement.prototype.play = play; return Promise.reject(new DOMException('', 'NotAllowedError')) }; return true })()`)
			}
			turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen})
			if name == "script" {
				p.sees("Press play: your browser does not begin with sound by itself.")
				evaluate[bool](p, `document.querySelector('video').play().then(() => true)`)
			}
			p.until("the player is back by itself", moves)
			p.until("the page says that the meeting goes on", `document.querySelector('.cd-onair') && !document.querySelector('#stage').textContent.includes('private')`)
			p.blameless("in private")

			p.click("[data-modes] a", "Sound")
			p.until("only sound plays", `document.querySelector('[data-screen] audio') && !document.querySelector('video') && location.search === '?mode=audio' && `+moves)
			looks(p, "listening")
			p.click("[data-modes] a", "Text")
			p.until("nothing plays", `!document.querySelector('video, audio') && location.search === '?mode=text' && document.querySelector('[data-captions]').open`)
			looks(p, "text only")
			p.blameless("modes")
			if name == "itself" {
				evaluate[bool](p, `(() => { const src = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'src') // a browser that only says that it can
					Object.defineProperty(HTMLMediaElement.prototype, 'src', { ...src, set (v) { src.set.call(this, v.replace('master', 'none')) } }); return true })()`)
				p.click("[data-modes] a", "Video")
				p.until("the script plays what the browser does not", moves)
				if !evaluate[bool](p, hlsFetched) {
					t.Error("the browser plays it itself: this shows nothing")
				}
				p.blameless("a browser that promises too much", host.URL)
				return
			}
			apart := livestream.Stream{Kind: livestream.StreamHLS, URL: host.URL + "/apart.m3u8"}
			turn(t, s, m.Slug, livestream.Turn{Stream: &apart})
			p.click("[data-modes] a", "Video")
			p.sees("This browser cannot play picture and sound together")
			p.click("[data-sound] a", "Sound only")
			p.until("the sound that comes apart plays", moves)
			p.blameless("a stream that comes apart")
		})
	}
}

// The player of another site is asked for once somebody presses, and goes with the private session.
func TestWatchEmbed(t *testing.T) {
	browser := startChromium(t)
	var asked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>A player</title><link rel="icon" href="data:,"><h1>The other player</h1><button>Play</button>`))
	}))
	t.Cleanup(other.Close)
	s := servertest.Start(t)
	m, _ := meetingWithRoom(t, s)
	stream := livestream.Stream{Kind: livestream.StreamEmbed, URL: other.URL + "/embed/1"}
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive})
	p := browser.person(t, s, "a watcher", wide)
	p.opens("/meetings/" + m.Slug + "/live")
	p.sees("The meeting is under way", "Connected")

	turn(t, s, m.Slug, livestream.Turn{Stream: &stream})
	p.sees("Once you press, that site learns your internet address")
	p.click("[data-play]", "Watch")
	p.sees("This page is older than the stream", "Load the page again")
	p.blameless("an origin that the page does not know", "Refused to frame", "Framing", "Content Security Policy")
	allowStreams(t, s, other.URL)
	p.opens("/meetings/" + m.Slug + "/live?mode=audio")
	p.sees("Watch the meeting", "Connected")
	axeFinds(t, p, "embed before pressing")
	if n := asked.Load(); n != 0 {
		t.Errorf("the other site was asked %d times before anybody pressed", n)
	}
	evaluate[bool](p, `(document.querySelector('[data-play]').focus(), true)`)
	p.keys("\r")
	p.until("the other player is there and has the focus", `document.activeElement?.matches('[data-screen] iframe[sandbox][title]')`)
	p.sees("The player at 127.0.0.1", "Text only")
	servertest.Eventually(t, "the other site is asked", func() bool { return asked.Load() == 1 })
	axeFinds(t, p, "embed")
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomPrivate})
	p.until("the other player is gone", fmt.Sprintf(`!document.querySelector('iframe') && !document.documentElement.outerHTML.includes(%q)`, other.URL))
	p.blameless("a player of another site", "Failed to execute 'postMessage'") // axe asks the frame
}

// What is said in words: captions, announcements, when it goes on. The reader's place and focus stay.
func TestWatchWords(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	s.Clock.Set(time.Date(2027, 3, 20, 12, 0, 0, 0, time.UTC))
	m, items := meetingWithRoom(t, s)
	s.Clock.Set(time.Date(2027, 3, 28, 0, 50, 0, 0, time.UTC)) // a long meeting, ten minutes before the clocks go forward
	allowStreams(t, s, "https://video.example.org")
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive, Stream: &livestream.Stream{Kind: livestream.StreamHLS, URL: "https://video.example.org/a.m3u8"}})
	desk := s.Token(t, auth.Secretary)
	for n := range 12 {
		mine := askPlainly(t, s.Browser(t), m.Slug, fmt.Sprintf("Question %d: how is it decided who goes first, and who says so?", n), "name", "A resident")
		want(t, 200)(s.API(t, desk, "PATCH", "/questions/"+numberIn(mine), map[string]any{"state": "published"}, nil))
	}
	say := func(text string, source livestream.CaptionSource, by string) {
		t.Helper()
		if _, err := s.Record.Caption(t.Context(), m.Slug, livestream.Caption{Text: text, Source: source, By: by}); err != nil {
			t.Fatal(err)
		}
	}
	p := browser.person(t, s, "a reader", phone)
	p.opens("/meetings/" + m.Slug + "/live?mode=text")
	p.sees("Connected", "Nobody has captioned this meeting so far.")
	for n := range 70 {
		say(fmt.Sprintf("words %d of the meeting", n), livestream.CaptionMachine, "")
	}
	say("words of a person", livestream.CaptionHuman, "Ann Lode")
	p.sees("words of a person", "Captions by Ann Lode")
	if n := evaluate[int](p, `document.querySelectorAll('[data-captions-list] > li').length`); n > 60 {
		t.Errorf("the page keeps %d captions", n)
	}
	p.until("the end of the captions is in sight", `(e => e.scrollHeight - e.scrollTop - e.clientHeight < 2)(document.querySelector('[data-captions-scroll]'))`)
	axeFinds(t, p, "captions")

	notice := "The hearing loop does not work in the gallery. Ask a steward for a headset."
	turn(t, s, m.Slug, livestream.Turn{Notice: &notice})
	p.sees("From the board team", notice)
	p.until("it is read out", `document.querySelector('[data-announce]').textContent.includes('hearing loop')`)

	p.opens("/meetings/" + m.Slug + "/live")
	p.sees("Connected", "Watch the meeting", notice)
	p.until("captions are there, shut", `(e => e.checkVisibility() && !e.open)(document.querySelector('[data-captions]'))`)
	p.click("[data-captions] summary", "Captions")
	p.until("it is remembered", `localStorage.getItem('clearday-captions') === 'on'`)
	axeFinds(t, p, "announcement")

	evaluate[bool](p, `(window.told = [], new MutationObserver(() => told.push(document.querySelector('[data-announce]').textContent)).observe(document.querySelector('[data-announce]'), { childList: true }), true)`)
	for n := range 4 {
		mine := askPlainly(t, s.Browser(t), m.Slug, fmt.Sprintf("One of several at once, %d?", n), "name", "A resident")
		want(t, 200)(s.API(t, desk, "PATCH", "/questions/"+numberIn(mine), map[string]any{"state": "published"}, nil))
	}
	p.until("new questions are told", `told.some(text => /new question/i.test(text))`)
	p.until("all are listed", `document.querySelectorAll('[data-questions] > li').length === 16`)
	if told := evaluate[[]string](p, `told.filter(text => /new question/i.test(text))`); len(told) > 2 {
		t.Errorf("each new question is told by itself: %q", told)
	}

	const reading = `document.querySelector('[data-questions] > li:nth-child(9)').getBoundingClientRect().top`
	evaluate[bool](p, `(document.querySelector('[data-questions] > li:nth-child(9)').scrollIntoView({ block: 'center' }), true)`)
	evaluate[bool](p, `(document.querySelector('[data-questions] > li:nth-child(9) a').focus({ preventScroll: true }), true)`)
	p.until("the picture is on top and does not cover the form", `document.querySelector('[data-show]').getBoundingClientRect().top === 0
		&& document.querySelector('[data-show]').getBoundingClientRect().bottom < document.querySelector('#ask').getBoundingClientRect().top`)
	was := evaluate[float64](p, reading)
	want(t, 200)(s.API(t, desk, "POST", "/meetings/"+m.Slug+"/live/item", map[string]any{"item": items[0].ID}, nil))
	p.until("the item is there with what belongs to it", `document.querySelector('#now .cd-now__k').innerText.includes('Item 1 of 2') && document.querySelector('#now').innerText.includes('Next: Community beds')`)
	until := time.Date(2027, 3, 28, 1, 15, 0, 0, time.UTC)
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomPaused, Adjourn: true, Reason: "The fire alarm.", Until: &until})
	p.until("it says when it resumes", `document.querySelector('#stage').innerText.replace(/\s+/g, ' ').includes('It resumes at 2:15am BST, after the clocks change (in 2')`)
	if now := evaluate[float64](p, reading); now < was-2 || now > was+2 {
		t.Errorf("the question that was read moved by %v", now-was)
	}
	if !evaluate[bool](p, `document.activeElement?.closest('[data-questions] > li:nth-child(9)') !== null`) {
		t.Error("the focus has moved")
	}
	p.until("nothing of the stream is left", `!document.documentElement.outerHTML.includes('video.example.org/')`)
	axeFinds(t, p, "adjourned")
	p.blameless("words")
}

// Without scripts the page says the same, and only the room's page may ask the hosts of streams.
func TestWatchWithoutScripts(t *testing.T) {
	s := servertest.Start(t)
	m, items := meetingWithRoom(t, s)
	b := s.Browser(t)
	path := "/meetings/" + m.Slug + "/live"
	const origin, plain = "https://video.example.org", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
	policy := func(path string) string { return b.Get(t, path).Header.Get("Content-Security-Policy") }
	has := func(what, path string, words ...string) string {
		t.Helper()
		text := b.Get(t, path).Text
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q", what, w)
			}
		}
		return text
	}
	if got := policy(path); got != plain {
		t.Errorf("without streams the policy of the room is %q", got)
	}
	allowStreams(t, s, origin+"\nhttps://two.example.org:8443")
	if got, want := policy(path), plain+"; media-src 'self' blob: https://video.example.org https://two.example.org:8443; worker-src 'self' blob:; connect-src 'self' https://video.example.org https://two.example.org:8443; frame-src https://video.example.org https://two.example.org:8443"; got != want {
		t.Errorf("the policy of the room is %q, want %q", got, want)
	}
	for _, other := range []string{"/", "/meetings/" + m.Slug, "/meetings/" + m.Slug + "/questions", "/sign-in", "/no-such-page", "/meetings/nothing/live"} {
		if got := policy(other); got != plain {
			t.Errorf("the policy of %s is %q", other, got)
		}
	}
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen, Asking: livestream.AskingLive, Stream: &livestream.Stream{Kind: livestream.StreamHLS, URL: origin + "/a.m3u8"}})
	if _, err := s.Record.Caption(t.Context(), m.Slug, livestream.Caption{Text: "Good morning.", Source: livestream.CaptionMachine}); err != nil {
		t.Fatal(err)
	}
	has("the room", path, `href="https://video.example.org/a.m3u8"`, "Watch the meeting", "Good morning.", "they may mishear", path+"?mode=audio", path+"?mode=text")
	has("the room for the ear", path+"?mode=audio", "Listen to the meeting", `data-mode="audio" aria-current="true"`)
	if text := has("the room in words", path+"?mode=text&talk=chat", "The meeting is under way", `data-captions open>`); !strings.Contains(text, `data-player data-kind="hls" data-url="https://video.example.org/a.m3u8" data-hls="`) || !regexp.MustCompile(`data-player [^>]* hidden>`).MatchString(text) {
		t.Error("the room in words shows a player")
	}
	until := s.Clock.Now().Add(time.Hour)
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomPrivate, Reason: "A contract.", Until: &until,
		Exclusion: &livestream.Exclusion{Item: items[1].ID, Resolution: "That the public be excluded.", MovedBy: "Ann Lode", SecondedBy: "Tess Marsh"}})
	text := has("the room in private", path, "The board is meeting in private", "It is expected to be public again", "about ", "A contract.", "That the public be excluded.", "moved by Ann Lode, seconded by Tess Marsh", "Community beds", "Leave this page open", "press “Check for new”", "private session")
	for _, gone := range []string{"video.example.org", "Good morning.", `<textarea`} {
		if strings.Contains(text, gone) {
			t.Errorf("the room in private holds %q", gone)
		}
	}
	turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen})
	allowStreams(t, s, "https://two.example.org:8443")
	if text := has("the room", path, "The meeting is under way"); strings.Contains(text, "video.example.org") || strings.Contains(policy(path), "video.example.org") {
		t.Error("a site that was taken off the list is still in the page")
	}
}
