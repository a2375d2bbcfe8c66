package server_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"clearday/papers"
	"clearday/server/auth"
)

// chord presses a key with modifiers held: 1 Alt, 2 Control.
func (p *person) chord(key, code string, modifiers int64) {
	p.Helper()
	p.do("pressing "+key, p.command(func(ctx context.Context) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			params := input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, Modifiers: modifiers}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, params); err != nil {
				return err
			}
		}
		return nil
	}))
}

// agendaSays waits until the page and the record have this order.
func (p *person) agendaSays(d *deskSite, want string) {
	p.Helper()
	p.until("the agenda is "+want, fmt.Sprintf(`[...document.querySelectorAll('.cd-row')].map(r => (r.querySelector('.cd-row__n').textContent + ' ' + r.querySelector('.cd-row__t').textContent).trim()).join(', ') === %q`, want))
	d.wantOrder(p.T, want)
}

func (p *person) offline(is bool) {
	p.Helper()
	p.do("cutting the line", p.command(func(ctx context.Context) error {
		var rules []*network.Conditions
		if is {
			rules = []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}
		}
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: append([]*network.Conditions{}, rules...)})
		return err
	}))
}

// TestAgendaInBrowser edits an agenda as a secretary does at a keyboard: it is reordered with keys, the
// focus stays and the move is said; what is typed saves itself, survives a lost line, is merged with a
// colleague's, and can be undone.
func TestAgendaInBrowser(t *testing.T) {
	browser := startChromium(t)
	d := short(t)
	ruth := browser.person(t, d.Site, "ruth", wide)
	ruth.signIn(auth.Secretary, d.meeting.Board)
	ruth.opens(d.path)
	a, b, c := d.items[0].ID, d.items[1].ID, d.items[2].ID
	focus := `document.activeElement.id`

	t.Run("keys", func(t *testing.T) {
		ruth.T = t
		evaluate[bool](ruth, `(document.getElementById('up-`+c+`').focus(), true)`)
		ruth.chord("ArrowUp", "ArrowUp", 1)
		ruth.agendaSays(d, "1 A, 2 C, 3 B")
		ruth.until("the focus stays", focus+` === 'up-`+c+`'`)
		ruth.until("the move is said", `document.getElementById('agenda-said').textContent.includes('It is 2 of 3 on the agenda, after A')`)
		ruth.chord("ArrowUp", "ArrowUp", 1)
		ruth.agendaSays(d, "1 C, 2 A, 3 B")
		ruth.until("the focus goes to the button that is left", focus+` === 'down-`+c+`'`)
		ruth.chord("ArrowUp", "ArrowUp", 1)
		ruth.until("the end is said", `document.getElementById('agenda-said').textContent.includes('first already')`)
		ruth.keys("\r") // the button that has the focus: down
		ruth.agendaSays(d, "1 A, 2 C, 3 B")
	})
	t.Run("undo by keys", func(t *testing.T) {
		ruth.T = t
		ruth.chord("z", "KeyZ", 2)
		ruth.agendaSays(d, "1 C, 2 A, 3 B")
		ruth.until("it is said", `document.getElementById('agenda-said').textContent.includes('Undone')`)
	})
	t.Run("the handle", func(t *testing.T) {
		ruth.T = t
		at := evaluate[[]float64](ruth, `(() => { const g = document.querySelector('#item-`+c+` [data-grip]'); g.scrollIntoView({ block: 'center' })
			const r = g.getBoundingClientRect(), last = document.getElementById('item-`+b+`').getBoundingClientRect()
			return [r.x + r.width / 2, r.y + r.height / 2, last.bottom - 4] })()`)
		for _, step := range []struct {
			kind input.DispatchMouseEventType
			y    float64
		}{{input.DispatchMouseEventTypeMousePressed, at[1]}, {input.DispatchMouseEventTypeMouseMoved, at[1] + 10}, {input.DispatchMouseEventTypeMouseMoved, at[2]}, {input.DispatchMouseEventTypeMouseReleased, at[2]}} {
			ruth.do("dragging", ruth.command(func(ctx context.Context) error {
				_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: step.kind, X: at[0], Y: step.y, Button: input.MouseButtonLeft, ClickCount: 1})
				return err
			}))
		}
		ruth.agendaSays(d, "1 A, 2 B, 3 C")
	})
	quick := func(id, field string) string { return "#quick-" + id + "-" + field }
	t.Run("autosave", func(t *testing.T) {
		ruth.T = t
		ruth.click("#quick-"+b+" > summary", "Change")
		ruth.fill(quick(b, "title"), "Beds")
		ruth.until("it says that it is saved", `document.querySelector('#quick-`+b+` .cd-autosave').textContent.startsWith('Saved ')`)
		d.wantOrder(t, "1 A, 2 Beds, 3 C")
		ruth.until("it can be undone", `document.getElementById('undo').textContent.includes('changed 2 Beds')`)
		ruth.offline(true)
		ruth.fill(quick(b, "lead"), "Ann Lode")
		ruth.until("it says that it is not saved", `document.querySelector('#quick-`+b+` .cd-autosave').textContent.startsWith('Not saved: no line')`)
		ruth.offline(false)
		ruth.until("it is saved after all", `document.querySelector('#quick-`+b+` .cd-autosave').textContent.startsWith('Saved ')`)
		if i, err := d.Record.Item(t.Context(), papers.Insider, b); err != nil || i.Lead != "Ann Lode" {
			t.Errorf("the item is %+v, %v", i, err)
		}
	})
	t.Run("a colleague", func(t *testing.T) {
		ruth.T = t
		i, err := d.Record.Item(t.Context(), papers.Insider, b)
		if err != nil {
			t.Fatal(err)
		}
		d.save(t, b, i.Revision, map[string]string{"title": "Beds", "minutes": "10"}, "title", "Community beds", "minutes", "25")
		ruth.fill(quick(b, "title"), "Hospital beds")
		ruth.until("both texts are shown", `document.querySelector('#quick-`+b+` .cd-clash')?.textContent.includes('Community beds')`)
		ruth.picture("clash")
		ruth.click("button", "Keep mine: Title")
		ruth.until("it is saved", `!document.querySelector('.cd-clash') && document.querySelector('#quick-`+b+` .cd-autosave').textContent.startsWith('Saved')`)
		i, err = d.Record.Item(t.Context(), papers.Insider, b)
		if err != nil || i.Title != "Hospital beds" || i.Minutes != 25 {
			t.Errorf("the item is %+v, %v", i, err)
		}
	})
	t.Run("the page of an item", func(t *testing.T) {
		ruth.T = t
		ruth.opens("/desk/items/" + a)
		ruth.fill("#item-recommendation", "The board is asked to welcome everybody.")
		ruth.click("label", "Verbal report")
		ruth.until("it is saved", `document.querySelector('#edit .cd-autosave').textContent.startsWith('Saved ')`)
		ruth.looks("item")
		ruth.opens(d.path)
		ruth.sees("The board is asked to welcome everybody.", "Verbal")
	})
	ruth.blameless("the agenda", "ERR_INTERNET_DISCONNECTED", "status of 409 (Conflict)")
}

// TestAgendaLooks looks at the pages of the editor with an agenda of every kind of entry.
func TestAgendaLooks(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("reading axe-core, which building the assets installs: %v", err)
	}
	browser := startChromium(t)
	d := short(t)
	d.save(t, d.items[0].ID, 1, map[string]string{"standing": ""}, "standing", "yes")
	for _, i := range []papers.Item{{Title: "To decide", Kind: papers.KindSection}, {Title: "Budget of the partnership for the coming year", Minutes: 20, Lead: "Ann Lode", Purpose: papers.Decision, Recommendation: "The board is asked to:\n(a) note the forecast\n(b) approve the budget", ToFollow: "2030-04-01"},
		{Title: "Savings", Level: 1, Verbal: true, Purpose: papers.Discussion}, {Title: "Tea", Kind: papers.KindBreak, Minutes: 15},
		{Title: "For information", Kind: papers.KindSection}, {Title: "Register of seals", Consent: true, Purpose: papers.Information}} {
		i.Meeting = d.meeting.Slug
		if _, err := d.Record.AddItem(t.Context(), i, papers.Change{By: papers.Program}); err != nil {
			t.Fatal(err)
		}
	}
	link := d.ask(t, d.items[1].ID)
	next := d.Meeting(t, d.meeting.Board, 40)
	ruth := browser.person(t, d.Site, "ruth", wide)
	ruth.signIn(auth.Secretary, d.meeting.Board)
	look := func(name, path, open string) {
		t.Helper()
		ruth.opens(path)
		if open != "" {
			ruth.click(open+" > summary", "Change")
		}
		ruth.looks(name)
		for _, width := range []int64{phone, wide} {
			ruth.resize(width)
			for _, fault := range ruth.axe(string(axe)) {
				t.Errorf("%s at %d: %s", name, width, fault)
			}
		}
	}
	look("desk", d.path, "#quick-"+d.items[1].ID)
	look("item", "/desk/items/"+d.items[1].ID, "")
	look("copy", "/desk/meetings/"+next.Slug+"/copy", "")
	look("author", link, "")
	look("copy without an agenda", "/desk/meetings/"+d.meeting.Slug+"/copy", "")
	if _, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	look("public", "/meetings/"+d.meeting.Slug, "")
	look("desk, published", d.path, "")
	ruth.blameless("the pages of the editor", "status of 404 (Not Found)")
}
