package program_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"clearday/cmd/clearday/program"
	"clearday/livestream/redisbus/redistest"
	"clearday/server/auth"
	"clearday/server/config"
	"clearday/server/servertest"
)

// TestLostRedisAtTheDesk kills the Redis between two programs. The live desk says so and the site goes
// on: it is ready, and what is asked at one program reaches the moderator of the other. The notice goes
// by itself when Redis is back.
func TestLostRedisAtTheDesk(t *testing.T) {
	database := servertest.Schema(t)
	redis := redistest.New(t)
	redis.Start()
	clock := &servertest.Clock{}
	one := start(t, database, clock.Now, "CLEARDAY_REDIS_URL="+redis.URL())
	two := start(t, database, clock.Now, "CLEARDAY_REDIS_URL="+redis.URL())
	m := one.Meeting(t, one.Board(t, "Partnership Board"), 20)
	item := one.Item(t, m.Slug, "Urgent care")
	token := one.Token(t, auth.Secretary)
	if status, text := one.API(t, token, "POST", "/meetings/"+m.Slug+"/publish", map[string]any{}, nil); status >= 300 {
		t.Fatalf("publishing the agenda: %d %s", status, text)
	}
	desk := one.SignedIn(t, auth.Moderator)
	const notice = "Live updates come a second late"
	shown := func() bool {
		p := desk.Get(t, "/desk/meetings/"+m.Slug+"/live")
		if p.StatusCode != http.StatusOK || !strings.Contains(p.Text, notice) {
			t.Fatalf("the desk answered %d", p.StatusCode)
		}
		return !strings.Contains(p.Text, `data-late hidden>`+notice)
	}
	late := func() bool {
		return strings.Contains(desk.Get(t, "/api/v1/meetings/"+m.Slug+"/live").Text, `"late":true`)
	}
	if shown() || late() {
		t.Error("the desk calls a Redis lost that works")
	}
	redis.Kill()
	servertest.Eventually(t, "the page of the desk says that Redis is lost", shown)
	servertest.Eventually(t, "the moderator's frames say so", late)
	for _, s := range []*servertest.Site{one, two} {
		if a := s.Browser(t).Get(t, "/readyz"); a.StatusCode != http.StatusOK {
			t.Errorf("without Redis a program is not ready: %d %s", a.StatusCode, a.Text)
		}
	}
	asker := two.Watch(t, m.Slug)
	asker.Send("k1", "t", "ask", "name", "A resident", "item", item.ID, "text", "Why is Redis away?")
	servertest.Eventually(t, "a question is acknowledged without Redis", func() bool { asker.Again(); return asker.Answers()["k1"].T == "ack" })
	servertest.Eventually(t, "the moderator at the other program sees it", func() bool {
		return strings.Contains(desk.Get(t, "/api/v1/meetings/"+m.Slug+"/live").Text, "Why is Redis away?")
	})
	redis.Start()
	servertest.Eventually(t, "the page of the desk shows no notice", func() bool { return !shown() })
	servertest.Eventually(t, "the moderator's frames say nothing", func() bool { return !late() })
}

// A wrong address of Redis stops the start with one sentence, and without the password.
func TestWrongRedisAddress(t *testing.T) {
	cfg, err := config.Read([]string{"CLEARDAY_DATA=" + t.TempDir(), "CLEARDAY_REDIS_URL=redis://:hush@127.0.0.1/zero"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = program.Open(t.Context(), cfg, "http://127.0.0.1", (&servertest.Clock{}).Now, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "CLEARDAY_REDIS_URL: ") || strings.Contains(err.Error(), "hush") {
		t.Errorf("Open = %v", err)
	}
}

// TestPrivateWordsStayOutOfRedis watches everything that Redis is told: words that only moderators may
// read are not among it; words are once they are public.
func TestPrivateWordsStayOutOfRedis(t *testing.T) {
	database := servertest.Schema(t)
	redis := redistest.New(t)
	redis.Start()
	told := redis.Monitor()
	clock := &servertest.Clock{}
	one := start(t, database, clock.Now, "CLEARDAY_REDIS_URL="+redis.URL())
	two := start(t, database, clock.Now, "CLEARDAY_REDIS_URL="+redis.URL())
	m := one.Meeting(t, one.Board(t, "Partnership Board"), 20)
	item := one.Item(t, m.Slug, "Urgent care")
	token := one.Token(t, auth.Secretary)
	api := func(method, path string, body map[string]any) {
		t.Helper()
		if status, text := one.API(t, token, method, path, body, nil); status >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, status, text)
		}
	}
	api("POST", "/meetings/"+m.Slug+"/publish", map[string]any{})
	here, there := one.Watch(t, m.Slug), two.Watch(t, m.Slug)
	ask := func(w *servertest.Watcher, key, text string) string {
		t.Helper()
		w.Send(key, "t", "ask", "name", "CANARYNAME", "item", item.ID, "text", text)
		servertest.Eventually(t, "the question is acknowledged", func() bool { w.Again(); return w.Answers()[key].T == "ack" })
		return w.Answers()[key].Question
	}
	held := ask(here, "a", "CANARYHELD is what my neighbour has")
	api("PATCH", "/questions/"+held, map[string]any{"state": "held"})
	ask(there, "b", "CANARYWAITING is what my other neighbour has")
	number := ask(here, "c", "When does the walk-in centre open?")
	for _, canary := range []string{"CANARY", held + "/mine"} {
		if strings.Contains(told(), canary) {
			t.Fatalf("Redis was told of %s", canary)
		}
	}
	api("PATCH", "/questions/"+number, map[string]any{"state": "published"})
	servertest.Eventually(t, "Redis carries what is public", func() bool { return strings.Contains(told(), "When does the walk-in centre open?") })
	for _, canary := range []string{"CANARYHELD", "CANARYWAITING", `:192.0.2.`, `\x00127.0.0.1`} {
		if strings.Contains(told(), canary) {
			t.Errorf("Redis was told of %q", canary)
		}
	}
}
