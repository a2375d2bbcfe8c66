package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// drop drags files and folders from outside onto the middle of an element, as the browser gets it from the desktop.
func (p *person) drop(selector string, paths ...string) {
	p.Helper()
	at := evaluate[[]float64](p, "(e => { e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + 12] })(document.querySelector(`"+selector+"`))")
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		p.do("dropping files", p.command(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at[0], Y: at[1], Data: data})
			return err
		}))
	}
}

// TestFolderDrop drops a real folder onto the desk of a meeting: what is sure goes under its item at once, what is
// unsure is asked, what is no paper is skipped with a word, the same bytes are named, and a reload offers to go on.
func TestFolderDrop(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 10)
	for _, title := range []string{"Welcome", "Finance report", "Corporate risk register"} {
		s.Item(t, m.Slug, title)
	}
	p := browser.person(t, s, "the secretary", wide)
	p.signIn(auth.Secretary)
	p.opens("/desk/meetings/" + m.Slug)

	folder := filepath.Join(t.TempDir(), "Board papers")
	write := func(name, words string) {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, servertest.PDF(t, "Folder", words), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("Item 02 - Finance report v2.pdf", "second")
	write("Item 02 - Finance report v3 FINAL.pdf", "third")
	write("Item 3/Appendix A.pdf", "appendix")
	write("Item 3/Copy of appendix.pdf", "appendix")
	write("Scan0001.pdf", "scan")
	write("~$Item 02 - Finance report.docx", "lock")
	write(".DS_Store", "x")

	p.drop("#upload .cd-drop", folder)
	p.until("all files have a row", `document.querySelectorAll('#upload form[data-upload] .cd-up > li').length === 7`)
	p.until("the sure ones are ready", `[...document.querySelectorAll('.cd-up > li')].filter(r => r.innerText.includes('Ready')).length === 2`)
	p.sees("A lock file", "A file of the computer", "A later version is in the folder too", "which is in this folder too", "Which item does it belong to?")
	p.until("the summary adds up", `document.querySelector('#upload [role=status]').innerText.includes('7 files: 2 ready') && document.querySelector('#upload [role=status]').innerText.includes('2 left out')`)
	p.looks("folder")
	row := func(name string) string {
		return `[...document.querySelectorAll('.cd-up > li')].find(r => r.querySelector('.cd-up__name').innerText === '` + name + `')`
	}
	press := func(name, button string) {
		t.Helper()
		evaluate[bool](p, `([...`+row(name)+`.querySelectorAll('button')].find(b => b.innerText.startsWith('`+button+`')).click(), true)`)
	}
	press("Item 02 - Finance report v2.pdf", "Leave it out")
	press("Scan0001.pdf", "Add") // without a choice: the question stays
	p.until("the choice is wanted", `document.activeElement.tagName === 'SELECT'`)
	evaluate[bool](p, `(s => (s.value = [...s.options].find(o => o.text.startsWith('1 ')).value, true))(`+row("Scan0001.pdf")+`.querySelector('select'))`)
	press("Scan0001.pdf", "Add")
	p.until("it is ready", row("Scan0001.pdf")+`.innerText.includes('Ready')`)
	servertest.Eventually(t, "three papers are in", func() bool {
		list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Meeting: m.Slug})
		return err == nil && len(list) == 3
	})
	p.until("the agenda shows them", `document.querySelectorAll('#agenda .cd-file').length === 3`)
	p.blameless("the folder")

	// A new version is offered, and wants its reason.
	again := filepath.Join(t.TempDir(), "Item 2 - Finance report v4.pdf")
	if err := os.WriteFile(again, servertest.PDF(t, "Folder", "fourth"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.choose("#up-file", again)
	p.until("the new version is asked", row("Item 2 - Finance report v4.pdf")+`.innerText.includes('Is this a new version')`)
	p.looks("new version")
	evaluate[bool](p, `(i => (i.value = 'Table 6 corrected', true))(`+row("Item 2 - Finance report v4.pdf")+`.querySelector('input'))`)
	press("Item 2 - Finance report v4.pdf", "Add")
	p.until("it is ready", row("Item 2 - Finance report v4.pdf")+`.innerText.includes('Ready')`)
	list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Meeting: m.Slug})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d papers, %v", len(list), err)
	}
	versions := 0
	for _, paper := range list {
		versions = max(versions, len(paper.Versions))
	}
	if versions != 2 {
		t.Errorf("the finance report has %d versions", versions)
	}
}

// TestUploadGoesOn: a connection that breaks in the middle is waited for, and after a reload the file that is chosen
// again is sent from where it was.
func TestUploadGoesOn(t *testing.T) {
	browser := startChromium(t)
	s := servertest.Start(t)
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 10)
	s.Item(t, m.Slug, "Finance report")
	p := browser.person(t, s, "the secretary", phone)
	p.signIn(auth.Secretary)
	p.opens("/desk/meetings/" + m.Slug)
	file := filepath.Join(t.TempDir(), "Item 1 - Finance.pdf")
	bytes := padded(t, "goes on", 3*piece)
	if err := os.WriteFile(file, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	// The second piece finds no line.
	evaluate[bool](p, `(() => { const send = XMLHttpRequest.prototype.send; let n = 0
		XMLHttpRequest.prototype.send = function (b) { if (++n > 1) { this.abort(); queueMicrotask(() => this.dispatchEvent(new ProgressEvent('loadend'))) } else send.call(this, b) }; return true })()`)
	p.choose("#up-file", file)
	p.until("the line is missed", `document.querySelector('.cd-up').innerText.includes('No connection. Trying again')`)
	p.looks("no connection")
	evaluate[bool](p, `(document.querySelector('[data-pause]').click(), true)`)
	p.open("/desk/meetings/" + m.Slug)
	p.sees("1 file is half sent", "Item 1 - Finance.pdf")
	p.looks("half sent")
	p.choose("#up-file", file)
	p.until("it is ready", `document.querySelector('#upload form[data-upload] .cd-up').innerText.includes('Ready')`)
	list, err := s.Record.Papers(context.Background(), papers.Insider, papers.PaperFilter{Meeting: m.Slug})
	if err != nil || len(list) != 1 || list[0].Versions[0].Original != hexSum(bytes) {
		t.Errorf("the record: %+v, %v", list, err)
	}
	if !strings.Contains(p.text(`document.querySelector('#upload [role=status]').innerText`), "1 file: 1 ready") {
		t.Error("the summary does not say that it is ready")
	}
}
