package server_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"clearday/server/servertest"
)

// The widths at which pages are looked at: a small phone and a desk.
const (
	phone = 360
	wide  = 1280
)

// chromium is one browser process. Each person in it has a window and cookies of their own.
type chromium struct {
	ctx      context.Context
	pictures string     // the folder in which pictures of pages are kept
	test     *testing.T // the test as a whole, for what outlives its parts
}

// startChromium starts Debian's browser without a screen. A desk without one skips the test.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Chromium is not installed: %v", err)
		}
		t.Skip("Chromium is not installed: pages are not tried in a browser")
	}
	profile, err := os.MkdirTemp("", "clearday-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-GB"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeFirst := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		closeFirst()
		stop()
		removeAll(t, profile)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return &chromium{ctx: ctx, pictures: picturesFolder(t), test: t}
}

// removeAll removes a folder into which processes that are just ending may still write.
func removeAll(t *testing.T, dir string) {
	t.Helper()
	servertest.Eventually(t, "the browser's folder is removed", func() bool { return os.RemoveAll(dir) == nil })
}

// picturesFolder is where CLEARDAY_TEST_PICTURES wants pictures kept, "-" is pictures/ at the root
// of the module. Empty: none are taken.
func picturesFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CLEARDAY_TEST_PICTURES")
	switch dir {
	case "":
		return ""
	case "-":
		dir = filepath.Join("..", "pictures")
	}
	dir, err := filepath.Abs(filepath.Join(dir, strings.ToLower(strings.TrimPrefix(t.Name(), "Test"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("making the folder of pictures: %v", err)
	}
	return dir
}

// person is somebody at a window of the browser. Whatever the browser complains about on the way is
// kept as a fault: errors of scripts and of the console, content that the policy refused, requests
// to other hosts.
type person struct {
	*testing.T
	chromium *chromium
	site     *servertest.Site
	name     string
	width    int64
	ctx      context.Context

	mu     sync.Mutex
	faults []string
}

// person opens a window of the width, with cookies of its own.
func (c *chromium) person(t *testing.T, site *servertest.Site, name string, width int64) *person {
	t.Helper()
	p := &person{T: t, chromium: c, site: site, name: name, width: width}
	var leave context.CancelFunc
	p.ctx, leave = chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.notice))
	t.Cleanup(leave)
	if err := chromedp.Do(p.ctx); err != nil { // the window lives as long as the context of its first act
		t.Fatalf("opening a window for %s: %v", name, err)
	}
	p.do("opening a window", chromedp.EmulateViewport(width, height(width)), p.command(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return p
}

// withoutScripts is what a browser is in which scripts do not run.
func (p *person) withoutScripts() *person {
	p.do("switching scripts off", p.command(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return p
}

func (p *person) command(f func(context.Context) error) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(context.Context, *chromedp.Target) error { return f(p.ctx) })
}

func height(width int64) int64 {
	if width <= phone {
		return 740
	}
	return 900
}

// notice keeps what the browser complains about.
func (p *person) notice(ev any) {
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		p.fault("an exception: " + (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.fault(fmt.Sprintf("console.%s: %v", e.Type, e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.fault(fmt.Sprintf("%s %s: %s (%s)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || (u.Scheme != "data" && u.Scheme != "blob" && u.Hostname() != "127.0.0.1") {
			p.fault("a request to another host: " + e.Request.URL)
		}
	}
}

func (p *person) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// blameless reports every fault that was noticed since it was asked last, except those expected.
func (p *person) blameless(where string, expected ...string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		if !containsAny(fault, expected) {
			p.Errorf("%s, %s: the browser complains: %s", p.name, where, fault)
		}
	}
	p.faults = nil
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// patience is how long anything may take before a person gives up.
const patience = time.Minute

func (p *person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%s, %s: %v", p.name, what, err)
	}
}

// evaluate gives the value of an expression in the person's page.
func evaluate[V any](p *person, expression string) V {
	p.Helper()
	v, err := tryEvaluate[V](p, expression)
	if err != nil {
		p.Fatalf("%s: evaluating %.200s: %v", p.name, expression, err)
	}
	return v
}

func tryEvaluate[V any](p *person, expression string) (V, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[V](expression, chromedp.EvalAwaitPromise))
}

func (p *person) text(expression string) string { p.Helper(); return evaluate[string](p, expression) }

// path is the address of the page without the host.
func (p *person) path() string { p.Helper(); return p.text(`location.pathname + location.search`) }

// open goes to an address of the site and answers its status.
func (p *person) open(path string) int64 {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.Run(ctx, chromedp.NavigateResponse(p.site.URL+path))
	if err != nil {
		p.Fatalf("%s, opening %s: %v", p.name, path, err)
	}
	return r.Status
}

// opens goes to an address that must be there.
func (p *person) opens(path string) {
	p.Helper()
	if status := p.open(path); status != 200 {
		p.Fatalf("%s: %s answered %d", p.name, path, status)
	}
}

// until waits until the expression holds in the page.
func (p *person) until(what, expression string) {
	p.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		ok, err := tryEvaluate[bool](p, "(async () => Boolean(await ("+expression+")))()") // a promise itself is always true
		if ok {
			return
		}
		last = err // while a page changes to the next there may be none to ask
	}
	p.picture("gave-up-" + p.name)
	p.Fatalf("%s gave up waiting until %s (%v).\nOn %s the page says:\n%s", p.name, what, last, p.path(), p.text(`document.body.innerText`))
}

// sees waits until the page shows the words.
func (p *person) sees(words ...string) {
	p.Helper()
	for _, w := range words {
		p.until(fmt.Sprintf("the page says %q", w), fmt.Sprintf("document.body?.innerText.replace(/\\s+/g, ' ').includes(%q)", w))
	}
}

// seesNot fails when the words stand anywhere in the page, even unseen.
func (p *person) seesNot(words string) {
	p.Helper()
	if strings.Contains(p.text(`document.documentElement.outerHTML`), words) {
		p.Errorf("%s can read %q on %s", p.name, words, p.path())
	}
}

// follow does what leads to another page, and waits until that has arrived.
func (p *person) follow(what string, act func()) {
	p.Helper()
	evaluate[bool](p, `document.documentElement.toggleAttribute('data-before', true)`)
	act()
	p.until(what+" leads on", `document.readyState === 'complete' && !document.documentElement.hasAttribute('data-before')`)
}

// find gives JavaScript for the first shown element of the selector with the words in it.
func find(selector, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.checkVisibility() && (e.innerText || e.value || e.getAttribute('aria-label') || '').replace(/\s+/g, ' ').includes(%q))`, selector, words)
}

// click presses with the mouse where the element is seen; something that lies over it is a fault.
func (p *person) click(selector, words string) {
	p.Helper()
	p.until(fmt.Sprintf("there is %s %q", selector, words), find(selector, words))
	at := evaluate[[]float64](p, `(() => { const e = `+find(selector, words)+`; e.scrollIntoView({ block: 'center', behavior: 'instant' })
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2, top = document.elementFromPoint(x, y)
		return [x, y, e === top || e.contains(top) || top?.contains(e) ? 1 : 0] })()`)
	if at[2] == 0 {
		p.picture("covered-" + p.name)
		p.Errorf("%s: something lies over %s %q on %s", p.name, selector, words, p.path())
	}
	p.do("clicking "+words, chromedp.MouseClickXY(at[0], at[1]))
}

// clickTo clicks and waits for the page that follows.
func (p *person) clickTo(selector, words string) {
	p.Helper()
	p.follow(fmt.Sprintf("clicking %q", words), func() { p.click(selector, words) })
}

// fill writes into a field, as pasting or choosing does.
func (p *person) fill(selector, value string) {
	p.Helper()
	p.until("there is "+selector, fmt.Sprintf(`document.querySelector(%q)`, selector))
	evaluate[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.focus(); e.value = %q
		for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, { bubbles: true }))
		return true })()`, selector, value))
}

// keys presses keys one after the other, whatever has the focus.
func (p *person) keys(keys string) {
	p.Helper()
	p.do("pressing keys", chromedp.KeyEvent(keys))
}

// press presses one key as a hand does: what the page does with it decides whether a letter is written.
func (p *person) press(key string) {
	p.Helper()
	p.do("pressing "+key, p.command(func(ctx context.Context) error {
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key, UnmodifiedText: key}
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})
		return err
	}))
}

// choose puts files into a file field.
func (p *person) choose(selector string, files ...string) {
	p.Helper()
	p.do("choosing files", chromedp.SetUploadFiles(chromedp.CSS(selector), files, chromedp.NodeReady))
}

// resize makes the window as wide as said.
func (p *person) resize(width int64) {
	p.Helper()
	p.do("changing the window", chromedp.EmulateViewport(width, height(width)))
	p.width = width
}

const imagesHere = `[...document.images].every(i => i.complete || i.loading === 'lazy')`

// allImages loads and decodes even the images that nobody has scrolled to.
const allImages = `Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().catch(() => 0) })).then(() => true)`

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// picture keeps the whole page as it looks at both widths.
func (p *person) picture(name string) {
	p.Helper()
	if p.chromium.pictures == "" {
		return
	}
	was := p.width
	for _, width := range []int64{phone, wide} {
		p.resize(width)
		p.pictureHere(name)
	}
	p.resize(was)
}

func (p *person) pictureHere(name string) {
	p.Helper()
	evaluate[bool](p, allImages)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.Errorf("%s: taking a picture of %s: %v", p.name, name, err)
		return
	}
	file := fmt.Sprintf("%s-%d.png", strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-"), p.width)
	if err := os.WriteFile(filepath.Join(p.chromium.pictures, file), shot, 0o644); err != nil {
		p.Errorf("keeping a picture: %v", err)
	}
}

// looks checks what holds for every page: one heading of the first rank, nothing wider than the
// phone. The picture is kept.
func (p *person) looks(name string) {
	p.Helper()
	p.until("the images of "+name+" are here", imagesHere)
	if n := evaluate[int](p, `document.querySelectorAll('h1').length`); n != 1 {
		p.Errorf("%s has %d headings of the first rank", name, n)
	}
	p.picture(name)
	was := p.width
	p.resize(phone)
	if w := evaluate[int](p, `document.scrollingElement.scrollWidth`); w > phone {
		p.Errorf("%s is %d wide on a phone of %d", name, w, phone)
	}
	p.resize(was)
}
