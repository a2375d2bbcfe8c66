package server_test

import (
	"fmt"
	"testing"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// twoModerators is a meeting with a live room and two moderators at its desk.
func twoModerators(t *testing.T) (s *servertest.Site, m papers.Meeting, one, two *person) {
	t.Helper()
	browser := startChromium(t)
	s = servertest.Start(t)
	m, _ = meetingWithRoom(t, s)
	one, two = browser.person(t, s, "one moderator", wide), browser.person(t, s, "the other moderator", wide)
	for _, p := range []*person{one, two} {
		p.signIn(auth.Moderator, m.Board)
	}
	return s, m, one, two
}

func (p *person) atDesk(meeting, show string) {
	p.Helper()
	p.opens("/desk/meetings/" + meeting + "/live?show=" + show)
	p.until("connected", `document.querySelector('.cd-conn').innerText.startsWith('Connected')`)
}

// TestTwoModeratorsInBrowser: each sees who is at a question; who comes second is told who did what,
// and what they wrote is still there.
func TestTwoModeratorsInBrowser(t *testing.T) {
	s, m, one, two := twoModerators(t)
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Ring 01632 960 233. Will the <b>evening hours</b> be kept after March?"))
	one.atDesk(m.Slug, "waiting")
	two.atDesk(m.Slug, "waiting")
	for _, p := range []*person{one, two} {
		p.until("the question is in hand", fmt.Sprintf(`document.querySelector('[data-current]')?.dataset.number === %q`, n))
		p.until("the number is marked and the words are words", `document.querySelector('#one mark.cd-pii').innerText === '01632 960 233' && !document.querySelector('#one .cd-said b')`)
	}
	one.press("e")
	one.until("the words can be edited", `document.activeElement.id === 'words'`)
	one.keys(" and more")
	two.until("who is at it stands there", `document.querySelector('#one').innerText.includes('is at it') && document.querySelector('.cd-queue').innerText.length > 0`)
	two.press("t")
	two.until("it is taken over", `document.querySelector('#one').innerText.includes('You have it in hand')`)
	two.press("h")
	one.until("it was held by the other, and the words are still here", `document.querySelector('[data-current]').dataset.revision === '2' && document.querySelector('#words').value.includes(' and more')`)
	one.until("the panel stays open", `document.querySelector('#edit').open`)
	two.looks("desk after holding")
	one.looks("desk with words of one's own")
	one.blameless("two moderators")
	two.blameless("two moderators")
}

// TestKeysInBrowser: keys act on the question in hand; switched off they do nothing, also after loading again.
func TestKeysInBrowser(t *testing.T) {
	s, m, one, _ := twoModerators(t)
	first := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Which beds close first and when will staff be told?"))
	like := numberIn(askPlainly(t, s.Browser(t), m.Slug, "When will staff be told which beds are closing first?"))
	one.atDesk(m.Slug, "waiting")
	one.until("the first is in hand", fmt.Sprintf(`document.querySelector('[data-current]')?.dataset.number === %q`, first))
	one.click("[data-keys-switch]", "Keys are on")
	one.press("p")
	one.press("j")
	one.atDesk(m.Slug, "waiting")
	one.sees("Keys are off")
	one.until("nothing has happened", fmt.Sprintf(`document.querySelector('[data-current]')?.dataset.number === %q && document.querySelectorAll('[data-queue] li').length === 2`, first))
	one.click("[data-keys-switch]", "Keys are off")
	one.press("j")
	one.until("the second is in hand", fmt.Sprintf(`document.querySelector('[data-current]')?.dataset.number === %q`, like))
	one.sees("Is it one of these?", "Join to "+first)
	one.looks("desk with one that says the same")
	one.press("d")
	one.until("it has joined the other", fmt.Sprintf(`document.querySelectorAll('[data-queue] li').length === 1 && document.querySelector('[data-current]')?.dataset.number === %q`, first))
	one.press("u")
	one.sees("A moderator put it here")
	one.press("p")
	one.until("it is published", `document.querySelector('#order').innerText.includes('Which beds close first')`)
	one.press("?")
	one.until("the list of keys is open", `document.querySelector('#keys-all').open`)
	one.blameless("keys")
}

// TestChairInBrowser: the chair sees the next questions and what is being answered, without a hand.
func TestChairInBrowser(t *testing.T) {
	s, m, one, _ := twoModerators(t)
	chair := one.chromium.person(t, s, "the chair", 1024)
	chair.signIn(auth.Chair, m.Board)
	chair.opens("/desk/meetings/" + m.Slug + "/chair")
	chair.sees("No question waits to be put")
	chair.until("up to date", `document.querySelector('.cd-conn').innerText.startsWith('Up to date')`)
	n := numberIn(askPlainly(t, s.Browser(t), m.Slug, "Who pays for the fourth hub?"))
	token := s.Token(t, auth.Moderator)
	want(t, 200)(s.API(t, token, "PATCH", "/questions/"+n, map[string]any{"state": "published"}, nil))
	chair.sees("Who pays for the fourth hub?", "Next questions")
	want(t, 200)(s.API(t, token, "PATCH", "/questions/"+n, map[string]any{"state": "put"}, nil))
	chair.sees("Being answered")
	chair.looks("chair")
	for _, width := range []int64{768, 1024} {
		chair.resize(width)
		if chair.chromium.pictures != "" {
			chair.pictureHere("chair")
		}
	}
	chair.blameless("the chair's view")
	plain := one.chromium.person(t, s, "the chair without scripts", 768)
	plain.signIn(auth.Chair, m.Board)
	plain.withoutScripts()
	plain.opens("/desk/meetings/" + m.Slug + "/chair")
	plain.sees("Being answered", "Who pays for the fourth hub?")
	plain.clickTo("a", "Check for new")
	plain.sees("Who pays for the fourth hub?")
}
