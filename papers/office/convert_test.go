package office

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// realTools are the programs of this machine; without LibreOffice the test is skipped, and fails in CI.
func realTools(t *testing.T, l ToolLimits) *Tools {
	t.Helper()
	tools := New(l)
	if tools.Converts() {
		return tools
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("LibreOffice is not installed")
	}
	t.Skip("LibreOffice is not installed")
	return nil
}

// convert gives the text of the PDF that a document became, pages apart by form feeds.
func convert(t *testing.T, tools *Tools, body []byte) string {
	t.Helper()
	out, err := tools.Convert(t.Context(), file(t, body), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", out, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func says(t *testing.T, text, seen, unseen string) {
	t.Helper()
	for _, word := range strings.Fields(seen) {
		if !strings.Contains(text, word) {
			t.Errorf("the PDF does not show %s: %q", word, text)
		}
	}
	for _, word := range strings.Fields(unseen) {
		if strings.Contains(text, word) {
			t.Errorf("the PDF shows %s: %q", word, text)
		}
	}
}

// What the public must not see is not printed, whatever the document asks for.
func TestConvertLeavesOut(t *testing.T) {
	tools := realTools(t, ToolLimits{})
	t.Run("comments, deletions and hidden text", func(t *testing.T) {
		says(t, convert(t, tools, docx(t, wordHeading("1", "FINANCE")+
			`<w:p><w:commentRangeStart w:id="1"/><w:r><w:t>SHOWN</w:t></w:r><w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>`+
			`<w:p><w:del w:id="5" w:author="Ruth"><w:r><w:delText>DELETED</w:delText></w:r></w:del><w:ins w:id="6" w:author="Ruth"><w:r><w:t>INSERTED</w:t></w:r></w:ins></w:p>`+
			`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>VANISHED</w:t></w:r></w:p>`)), "FINANCE SHOWN INSERTED", "COMMENTED DELETED VANISHED")
	})
	t.Run("hidden sheets", func(t *testing.T) {
		says(t, convert(t, tools, xlsx(t, [2]string{"", `<sheetData>` + sheetRow("BUDGET") + `</sheetData>`},
			[2]string{"hidden", `<sheetData>` + sheetRow("SALARIES") + `</sheetData>`}, [2]string{"veryHidden", `<sheetData>` + sheetRow("NAMES") + `</sheetData>`})), "BUDGET", "SALARIES NAMES")
	})
	t.Run("hidden slides and notes", func(t *testing.T) {
		styles := `<style:style style:name="on" style:family="drawing-page"/><style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>`
		says(t, convert(t, tools, odf(t, "presentation", styles, slide("on", "STRATEGY", "WHISPERED")+slide("off", "REDUNDANCIES", ""))), "STRATEGY", "WHISPERED REDUNDANCIES")
	})
	t.Run("opendocument notes and deletions", func(t *testing.T) {
		says(t, convert(t, tools, odf(t, "text", "", `<text:tracked-changes><text:changed-region xml:id="c1" text:id="c1"><text:deletion><office:change-info><dc:creator>R</dc:creator></office:change-info><text:p>DELETED</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>KEPT<text:change text:change-id="c1"/><office:annotation><dc:creator>R</dc:creator><text:p>COMMENTED</text:p></office:annotation></text:p>`)), "KEPT", "DELETED COMMENTED")
	})
}

// A document cannot fetch: neither from the network nor from this machine's disk.
func TestConvertFetchesNothing(t *testing.T) {
	tools := realTools(t, ToolLimits{})
	var asked atomic.Int32
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte("FETCHED"))
	})}
	go func() { _ = server.Serve(ln) }()
	defer server.Close()
	secret := file(t, []byte("SECRET of this machine\n"))
	url := "http://" + ln.Addr().String() + "/"
	linked := func(to string) string {
		return `<text:section text:name="s"><text:section-source xlink:href="` + to + `" xlink:type="simple" text:filter-name="Text"/><text:p>OLD</text:p></text:section><text:p>KEPT</text:p>`
	}
	for name, body := range map[string][]byte{
		"section of a file":   odf(t, "text", "", linked("file://"+secret)),
		"section of the web":  odf(t, "text", "", linked(url+"section")),
		"picture of the web":  docx(t, wordPara("KEPT")+picture, "pic", "image", url+"picture.png"),
		"field of a file":     docx(t, wordPara("KEPT")+`<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;`+secret+`&quot; "><w:r><w:t>OLD</w:t></w:r></w:fldSimple></w:p>`),
		"template of the web": docx(t, wordPara("KEPT"), "t", "attachedTemplate", url+"template.dotm"),
		"function of the web": xlsx(t, [2]string{"", `<sheetData>` + sheetRow("KEPT") + `<row><c><f>_xlfn.WEBSERVICE("` + url + `")</f></c></row></sheetData>`}),
		"entity":              docx(t, `</w:body></w:document>`+"<!-- "+" -->", "x", "image", "file:///etc/passwd"),
	} {
		out, err := tools.Convert(t.Context(), file(t, body), t.TempDir())
		if err != nil {
			t.Logf("%s: refused: %v", name, err)
			continue
		}
		text, err := exec.Command("pdftotext", out, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "SECRET") || strings.Contains(string(text), "FETCHED") || strings.Contains(string(text), "root:") {
			t.Errorf("%s: the PDF shows %q", name, text)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("LibreOffice asked the network %d times", n)
	}
}

const picture = `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="pic"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`

// The PDF has the structure that screen readers use.
func TestConvertIsTagged(t *testing.T) {
	tools := realTools(t, ToolLimits{})
	out, err := tools.Convert(t.Context(), file(t, docx(t, wordHeading("1", "Finance")+wordPara("Words."))), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	info, err := exec.Command("pdfinfo", out).Output()
	if err != nil || !strings.Contains(facts(string(info)), "Tagged yes") {
		t.Errorf("%s %v", info, err)
	}
	structure, err := exec.Command("pdfinfo", "-struct", out).Output()
	if err != nil || !strings.Contains(string(structure), "H1") {
		t.Errorf("no heading in %q %v", structure, err)
	}
}

func TestConvertLimits(t *testing.T) {
	long := docx(t, strings.Repeat(wordPara(strings.Repeat("word ", 100)), 20000))
	for name, c := range map[string]struct {
		limits ToolLimits
		body   []byte
		want   string
	}{
		"endless document": {ToolLimits{ConvertTimeout: 2 * time.Second}, long, sentenceSlow},
		"no memory":        {ToolLimits{Memory: 100 << 20}, docx(t, wordPara("x")), sentenceRefused},
		"too big":          {ToolLimits{Output: 10 << 10}, docx(t, wordPara("x")), sentenceTooBig},
		"damaged":          {ToolLimits{}, archive(t, types(wordMain), entry{"word/document.xml", "<w:doc"}), sentenceDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			tools := realTools(t, c.limits)
			dir := t.TempDir()
			_, err := tools.Convert(t.Context(), file(t, c.body), dir)
			if err == nil {
				t.Fatal("it was converted")
			}
			if got := sentenceOf(t, err); got != c.want {
				t.Errorf("%q, want %q (%v)", got, c.want, err)
			}
		})
	}
}

// LibreOffice runs once at a time, and is gone as soon as nobody waits for it any more.
func TestConvertOneAtATime(t *testing.T) {
	dir := t.TempDir()
	bin := fake(t, "soffice", `echo start >> "`+dir+`/log"; sleep 60; echo end >> "`+dir+`/log"`)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	tools := New(ToolLimits{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	path := file(t, docx(t, wordPara("x")))
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := tools.Convert(ctx, path, dir)
			ended <- err
		}()
	}
	log := filepath.Join(dir, "log")
	for started := false; !started; {
		body, _ := os.ReadFile(log)
		started = len(body) > 0
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Convert = %v", err)
		}
	}
	if body, _ := os.ReadFile(log); string(body) != "start\n" {
		t.Errorf("LibreOffice ran like this: %q", body)
	}
}

// fake is a directory with a program that is a shell script.
func fake(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestConvertNotInstalled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	tools := New(ToolLimits{})
	if tools.Converts() || tools.Recognises() {
		t.Error("programs were found in an empty directory")
	}
	if _, err := tools.Convert(t.Context(), file(t, docx(t, wordPara("x"))), t.TempDir()); !errors.Is(err, ErrNoConverter) {
		t.Errorf("Convert = %v", err)
	}
}
