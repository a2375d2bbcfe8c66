package server_test

import (
	"strings"
	"testing"

	"clearday/server/servertest"
)

// turnBy presses a key of the reader: an arrow writes no letter.
func (p *person) turnBy(key string) {
	p.Helper()
	if strings.HasPrefix(key, "Arrow") {
		p.chord(key, key, 0)
		return
	}
	p.press(key)
}

// Somebody reads by keys, selects words on the image, takes the quotation away; and somebody else does the same without scripts.
func TestReaderInBrowser(t *testing.T) {
	browser := startChromium(t)
	d := servertest.Start(t)
	id, _, _, token, _ := readable(t, d)
	want(t, 200)(d.API(t, token, "POST", "/papers/"+id+"/publish", nil, nil))
	at := "/papers/" + id

	p := browser.person(t, d, "reader", wide)
	p.opens(at)
	p.until("the image is there", `document.querySelector('.cd-sheet img').naturalWidth > 0`)
	for _, step := range []struct{ key, path string }{{"+", "/pages/1?zoom=150"}, {"r", "/pages/1?turn=90&zoom=150"}, {"0", "/pages/1"}, {"ArrowRight", "/pages/2"}} {
		p.follow("the key "+step.key, func() { p.turnBy(step.key) })
		if got := p.path(); got != at+step.path {
			t.Errorf("after %s the page is %s, want %s", step.key, got, at+step.path)
		}
	}
	p.press("g")
	p.until("the number of the page has the focus", `document.activeElement.id === 'go'`)
	evaluate[bool](p, `(document.activeElement.blur(), true)`)
	p.click("[data-keys-switch]", "Keys are on")
	p.sees("Keys are off")
	p.press("+")
	p.follow("the arrow still", func() { p.turnBy("ArrowLeft") })
	if got := p.path(); got != at+"/pages/1" {
		t.Errorf("with the keys off + and an arrow lead to %s, want page 1 as it was", got)
	}

	// Words on the image, and the quotation of them.
	evaluate[bool](p, `(() => { const line = document.querySelector('.cd-textlayer text').firstChild, range = document.createRange()
		range.setStart(line, line.data.indexOf('hubs')); range.setEnd(line, line.data.indexOf('early') + 5)
		getSelection().removeAllRanges(); getSelection().addRange(range); return true })()`)
	p.clickTo("[data-select] button", "Quote these words")
	p.sees("Quoted from page 1", "hubs open early.")
	if got := p.path(); got != at+"/pages/1?quote=hubs+open+early" {
		t.Errorf("what was selected is quoted at %s", got)
	}
	evaluate[bool](p, `(() => { navigator.clipboard.write = async items => { document.body.dataset.copied = await (await items[0].getType('text/plain')).text() }
		return true })()`)
	p.click("[data-copy]", "Copy the quotation")
	p.sees("Copied.")
	if got := p.text(`document.body.dataset.copied`); !strings.HasPrefix(got, "“hubs open early.”\nWinter <b>plan</b>, version 1, page 1") {
		t.Errorf("copied was %q", got)
	}
	axeFinds(t, p, "paper-quoted")
	p.blameless("reading and quoting")

	evaluate[bool](p, `(document.querySelector('.cd-sheet img').removeAttribute('srcset'), document.querySelector('.cd-sheet img').src = '/no-such.jpg', true)`)
	p.sees("The image of this page did not come.")
	axeFinds(t, p, "paper-without-its-image")

	plain := browser.person(t, d, "reader without scripts", phone).withoutScripts()
	plain.opens(at + "/pages/2")
	plain.fill("#words", "the budget")
	plain.clickTo(".cd-quoteform button", "Make the quotation")
	plain.sees("Quoted from page 2", "Ready to paste")
	plain.fill("#go", "1")
	plain.clickTo(".cd-goto button", "Go")
	plain.clickTo(".cd-viewbar a", "Larger")
	if got := plain.path(); got != at+"/pages/1?zoom=150" {
		t.Errorf("without scripts the way leads to %s", got)
	}
}
