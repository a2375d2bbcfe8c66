package office

import (
	"strings"
	"testing"
)

func web(t testing.TB, body string) Web {
	t.Helper()
	w, err := parseWeb(strings.NewReader("<html><head><title>T</title></head><body>" + body + "</body></html>"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestParseWeb(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"headings start below ours":    {`<h1>A</h1><h1>B</h1><h3>C</h3><h2>D</h2>`, `<h2>A</h2><h2>B</h2><h3>C</h3><h3>D</h3>`},
		"empty ones count for nothing": {`<h3> </h3><h2>A</h2><p><br/></p><p>x</p>`, `<h2>A</h2><p>x</p>`},
		"looks go, words stay":         {`<p style="color:red"><font face="X"><span lang="en">a <b>b</b></span></font></p>`, `<p>a <b>b</b></p>`},
		"hidden words go":              {`<p>a<span style="display: none">SECRET</span></p><p style="DISPLAY:none">SECRET</p><!-- SECRET -->`, `<p>a</p>`},
		"headers and footers go":       {`<div title="header"><p>H</p></div><p>a</p><div title="footer"><p>F</p></div>`, `<p>a</p>`},
		"a frame is no table":          {`<table><tr><td><p>a</p></td></tr></table>`, `<p>a</p>`},
		"heads of columns":             {`<table><thead><tr><td>A</td><td colspan="2" onclick="x">B</td></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>`, `<div class="cd-tablewrap" tabindex="0" role="region" aria-label="Table 1"><table><thead><tr><th scope="col">A</th><th scope="col" colspan="2">B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>`},
		"links within":                 {`<p><a name="_Toc1 x">a</a> <a href="#_Toc1 x">b</a></p>`, `<p><a id="doc-_Toc1-x">a</a> <a href="#doc-_Toc1-x" rel="noreferrer">b</a></p>`},
		"links out":                    {`<p><a href="https://example.org/?a=1">a</a></p>`, `<p><a href="https://example.org/?a=1" rel="noreferrer">a</a></p>`},
		"links to disks":               {`<p><a href="file:///C:/secret.doc">a</a><a href="../x.doc">b</a></p>`, `<p>ab</p>`},
	} {
		if got := web(t, c.in).HTML; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
	if w := web(t, `<h1>A</h1><p><img src="x.png" alt="b"/></p><table><tr><td>1</td><td>2</td></tr></table>`); w.Headings != 1 || w.Tables != 1 || w.Pictures != 1 {
		t.Errorf("counted %+v", w)
	}
}

var hostileWeb = []string{
	`<script>alert(1)</script><p onclick="alert(1)">a</p>`, `<a href="javascript:alert(1)">a</a>`, `<a href=" java	script:alert(1)">a</a>`,
	`<iframe src="https://evil.example"></iframe>`, `<form action="/desk"><input name="csrf"></form>`, `<style>*{display:none}</style>`, `<svg><script>alert(1)</script></svg>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<p id="main" class="cd-lost" style="x:y">a</p>`, `<base href="https://evil.example"><meta http-equiv=refresh content=0>`, `<a id="doc-x" name='"><img src=x onerror=alert(1)>'>a</a>`,
}

// notAllowed is what may never be in a document of a stranger's on a page of ours.
func notAllowed(t testing.TB, html string) {
	t.Helper()
	lower := strings.ToLower(html)
	for _, bad := range []string{"<script", "<style", "<iframe", "<form", "<input", "<img", "<svg", "<math", "<base", "<meta", "<object", "<link"} {
		if strings.Contains(lower, bad) {
			t.Errorf("%s is in %s", bad, html)
		}
	}
	for i, tag := range strings.Split(lower, "<") { // words of the document have no < left
		tag, _, _ = strings.Cut(tag, ">")
		if i > 0 && (strings.Contains(tag, "\"javascript:") || strings.Contains(tag, " style=") || strings.Contains(tag, " class=\"cd-l") || strings.Contains(tag, " on") && !strings.Contains(tag, "\"")) {
			t.Errorf("<%s> is in it", tag)
		}
	}
}

func TestHostileWeb(t *testing.T) {
	for _, h := range hostileWeb {
		notAllowed(t, web(t, h).HTML)
	}
}

func FuzzWeb(f *testing.F) {
	for _, h := range hostileWeb {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if w, err := parseWeb(strings.NewReader(body)); err == nil {
			notAllowed(t, w.HTML)
		}
	})
}

func TestClean(t *testing.T) {
	words := strings.Repeat("the hubs open early this winter and the board is asked to note what they cost ", 20)
	for name, c := range map[string]struct {
		web   string
		pages []string
		clean bool
	}{
		"the same":             {`<h1>Hubs</h1><p>` + words + `</p>`, []string{"Hubs " + words}, true},
		"footers of the PDF":   {`<h1>Hubs</h1><p>` + words + `</p>`, []string{"Hubs " + words + " page one", words[:0] + "page two"}, false},
		"words are missing":    {`<h1>Hubs</h1><p>the hubs open early</p>`, []string{"Hubs " + words}, false},
		"words nobody printed": {`<h1>Hubs</h1><p>` + words + strings.Repeat("salaries of named people ", 5) + `</p>`, []string{"Hubs " + words}, false},
		"no headings":          {`<p>` + words + `</p>`, []string{words, words}, false},
		"one page needs none":  {`<p>` + words + `</p>`, []string{words}, true},
		"nothing":              {``, []string{""}, false},
		"tables in tables":     {`<h1>Hubs</h1><table><tr><td>` + words + `</td><td><table><tr><td>the</td><td>hubs</td></tr></table></td></tr></table>`, []string{"Hubs the hubs " + words}, false},
	} {
		if why := web(t, c.web).Clean(c.pages); (why == "") != c.clean {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestAcceptChanges(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"word":     {`<w:p` + wordSpace + `><w:r/><w:del w:id="1"><w:r><w:delText>X</w:delText></w:r></w:del><w:ins>Y</w:ins><w:moveFrom>Z</w:moveFrom></w:p>`, `<w:p` + wordSpace + `><w:r/><w:ins>Y</w:ins></w:p>`},
		"odt":      {`<text:p` + odfSpace + `><text:tracked-changes>X</text:tracked-changes>Y<text:change text:change-id="c"/></text:p>`, `<text:p` + odfSpace + `>Y</text:p>`},
		"anything": {`<del>X</del>`, `<del>X</del>`},
	} {
		var b strings.Builder
		if err := acceptChanges(&b, []byte(c.in)); err != nil || b.String() != c.want {
			t.Errorf("%s: %s (%v)", name, b.String(), err)
		}
	}
	for _, bad := range []string{`<w:p`, `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`, `<a></b>`} {
		if err := acceptChanges(&strings.Builder{}, []byte(bad)); err == nil || sentenceOf(t, err) != sentenceDamaged {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzAcceptChanges(f *testing.F) {
	f.Add(`<w:p` + wordSpace + `><w:del><w:r/></w:del></w:p>`)
	f.Add(`<text:p` + odfSpace + `><text:change/></text:p>`)
	f.Fuzz(func(t *testing.T, body string) {
		var once, twice strings.Builder
		if acceptChanges(&once, []byte(body)) != nil {
			return
		}
		if err := acceptChanges(&twice, []byte(once.String())); err != nil || once.String() != twice.String() {
			t.Errorf("what is left holds changes again: %q, %q (%v)", once.String(), twice.String(), err)
		}
	})
}
