package server_test

import (
	"os"
	"path/filepath"
	"testing"

	"clearday/livestream/redisbus/redistest"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// The moderator who has the desk open is told that Redis is lost, and that it is back, without loading
// the page again.
func TestLostRedisInBrowser(t *testing.T) {
	browser := startChromium(t)
	redis := redistest.New(t)
	redis.Start()
	s := servertest.StartWithRedis(t, redis.URL())
	m, items := meetingWithRoom(t, s)
	askPlainly(t, s.Browser(t), m.Slug, "When does the walk-in centre open?", "name", "A resident", "item", items[0].ID)
	p := browser.person(t, s, "the moderator", wide)
	p.signIn(auth.Moderator)
	p.opens("/desk/meetings/" + m.Slug + "/live")
	const shown = `document.querySelector('[data-late]').checkVisibility()`
	p.until("the desk is connected and shows no notice", `document.querySelector('.cd-conn').innerText.includes('Connected') && !`+shown)
	redis.Kill()
	p.until("the desk says that Redis is lost", shown)
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	p.looks("live desk without redis")
	for _, width := range []int64{phone, wide} {
		p.resize(width)
		for _, fault := range p.axe(string(axe)) {
			t.Errorf("the desk without Redis at %d: %s", width, fault)
		}
	}
	redis.Start()
	p.until("the notice is gone", "!"+shown)
	p.blameless("the live desk")
}
