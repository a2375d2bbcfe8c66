package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"clearday/livestream"
	"clearday/papers"
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
		t.Run(name, func(t *testing.T) {
			p := browser.person(t, s, name, wide)
			if name == "script" {
				p.withoutHLS()
			}
			before := host.asked.Load()
			p.opens("/meetings/" + m.Slug + "/live")
			p.sees("Watch the meeting", "Connected")
			axeFinds(t, p, "watch before pressing "+name)
			if n := host.asked.Load(); n != before {
				t.Errorf("the host of the stream was asked %d times before anybody pressed", n-before)
			}
			p.click("[data-play]", "Watch")
			p.until("it plays", moves)
			p.until("the player has the focus", `document.activeElement?.tagName === 'VIDEO'`)
			axeFinds(t, p, "watching "+name)
			p.blameless("watching")

			host.how.Store(dead)
			p.sees("The stream cannot be reached", "It is tried again by itself", "Sound only", "Text only", "Papers of the meeting")
			p.until("the button to try again has the focus", `document.activeElement?.matches('[data-again]')`)
			axeFinds(t, p, "watching a dead host "+name)
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
			axeFinds(t, p, "in private "+name)
			turn(t, s, m.Slug, livestream.Turn{State: livestream.RoomOpen})
			p.until("the player is back by itself", moves)
			p.blameless("in private")

			p.click("[data-modes] a", "Sound")
			p.until("only sound plays", `document.querySelector('[data-screen] audio') && !document.querySelector('video') && location.search === '?mode=audio' && `+moves)
			axeFinds(t, p, "listening "+name)
			p.click("[data-modes] a", "Text")
			p.until("nothing plays", `!document.querySelector('video, audio') && location.search === '?mode=text' && document.querySelector('[data-captions]').open`)
			axeFinds(t, p, "text only "+name)
			p.blameless("modes")
		})
	}
}
