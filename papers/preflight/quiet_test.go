package preflight

import (
	"os"
	"path/filepath"
	"testing"

	"clearday/papers/pdf"
)

// What is not drawn must be known to be harmless: each of these could hide a word, or nobody knows.
func TestQuietCommands(t *testing.T) {
	for content, want := range map[string]bool{
		"BT /F 12 Tf 1 0 0 1 72 700 Tm (Minutes) Tj ET":                         true,
		"q 0 0 595 842 re W* n BT /F 12 Tf 72 700 Td [(Mi) 12 (nutes)] TJ ET Q": true,
		"/P <</MCID 0>> BDC 0 g BT (a) Tj ET EMC 0 0 1 rg BT (link) Tj ET":      true,
		"72 690 451 0.5 re f* BT (a) Tj ET":                                     true,
		"0.5 w 72 690 m 400 690 l S BT (a) Tj ET":                               true,
		"BT (a (1 1 1 rg) <</x>>) Tj (\\) 1 g) Tj ET":                           true,
		"0 0 0 rg 90 590 200 30 re f":                                           false,
		"1 g BT (a) Tj ET":                                                      false,
		"1 1 0.9 rg BT (a) Tj ET":                                               false,
		"0 0 0 0 k BT (a) Tj ET":                                                false,
		"/C cs 1 scn BT (a) Tj ET":                                              false,
		"3 Tr BT (a) Tj ET":                                                     false,
		"/X Do":                                                                 false,
		"/S sh":                                                                 false,
		"BI /W 1 /H 1 ID x EI":                                                  false,
		"90 590 20 30 re W n BT (a) Tj ET":                                      false,
		"0.1 0 0 0.1 0 0 cm 0 0 595 842 re W n BT (a) Tj ET":                    false,
		"20 w 72 690 m 400 690 l S":                                             false,
		"10 0 0 10 0 0 cm 72 690 m 400 690 l S":                                 false,
		"0 0 m 9 0 l 9 9 l 0 9 l f":                                             false,
		"0 0 m 9 0 l 0 1 l 9 1 l 0 2 l 9 2 l S":                                 false,
		"0 0 9 1 re f 0 1 9 1 re f 0 2 9 1 re f 0 3 9 1 re f 0 4 9 1 re f 0 5 9 1 re f":  false,
		"0 0 9 1 re 0 1 9 1 re 0 2 9 1 re 0 3 9 1 re 0 4 9 1 re 0 5 9 1 re 0 6 9 1 re f": false,
		"0 0 9 9 re 0 0 9 1 re f": false,
		"NaN w 0 0 9 NaN re f":    false,
		"0 Tz BT (a) Tj ET":       false,
		"BX unheard EX":           false,
	} {
		asks, ok := quietOf([]byte(content))
		if ok != want {
			t.Errorf("%q is quiet: %v", content, ok)
		}
		if content[:2] == "q " && (asks != quiet{595, 842}) {
			t.Errorf("%q asks for a page of %v", content, asks)
		}
	}
}

// Around quiet commands, a page may still hide something.
func TestQuietAround(t *testing.T) {
	for page, want := range map[string]bool{
		`{}`:                                 true,
		`{"/Annots":[{"/Subtype":"/Link"}]}`: true,
		`{"/Annots":[{"/Subtype":"/Link","/AP":{}}]}`:                                         false,
		`{"/Annots":[{"/Subtype":"/Square"}]}`:                                                false,
		`{"/Annots":["9 0 R"]}`:                                                               false,
		`{"/Resources":{"/Font":{"/F":{"/Subtype":"/Type3"}}}}`:                               false,
		`{"/Resources":{"/ExtGState":{"/G":{"/ca":1,"/BM":"/Normal","/Type":"/ExtGState"}}}}`: true,
		`{"/Resources":{"/ExtGState":{"/G":{"/ca":0}}}}`:                                      false,
		`{"/Resources":{"/ExtGState":{"/G":{"/LW":90}}}}`:                                     false,
		`{"/Resources":{"/ExtGState":{"/G":{"/SMask":{}}}}}`:                                  false,
		`{"/MediaBox":[0,0,900,842]}`:                                                         false,
		`{"/MediaBox":[-9,0,595,842]}`:                                                        false,
		`{"/UserUnit":9}`:                                                                     false,
	} {
		o, err := readObjects([]byte(`{"qpdf":[{"maxobjectid":3},{"obj:1 0 R":{"value":{"/Pages":"2 0 R"}},
			"obj:2 0 R":{"value":{"/Kids":["3 0 R"],"/MediaBox":[0,0,595,842],"/Resources":{}}},
			"obj:3 0 R":{"value":` + page[:1] + `"/Parent":"2 0 R"` + map[bool]string{true: ","}[len(page) > 2] + page[1:] + `},
			"trailer":{"value":{"/Root":"1 0 R"}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		words := []pdf.Page{pageOf("Minutes of the board")}
		got := quietPages(o, [][]string{{"7 0 R"}}, map[string]quiet{"7 0 R": {595, 842}}, words)
		if got[0] != want {
			t.Errorf("the page %s is quiet: %v", page, got[0])
		}
	}
	same := pdf.Word{Text: "Minutes", XMin: 10, XMax: 60, YMin: 10, YMax: 22}
	for _, words := range [][]pdf.Word{{same, same}, {{Text: "███", XMin: 10, XMax: 60, YMin: 10, YMax: 22}}, {{Text: "tiny", XMin: 1, XMax: 1.5, YMin: 1, YMax: 1.2}}} {
		if quietWords(words) {
			t.Errorf("%v are quiet", words)
		}
	}
}

// No page that is passed over hides a word when it is drawn after all.
func TestQuietPagesHideNothing(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "hostile", "freelawproject__x-ray", "tests", "assets")
	if d := os.Getenv("CLEARDAY_TEST_PAPERS"); d != "" { // a folder with other papers
		dir = d
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if len(files) == 0 {
		t.Skip("the corpus is not here: pages that are passed over were not drawn")
	}
	tools, err := pdf.New(pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	passed, all := 0, 0
	for _, path := range files {
		s := &sight{Checker: &Checker{Tools: tools}, path: path}
		o, err := s.open(t.Context())
		t.Cleanup(func() { _ = os.Remove(s.bare) })
		if err != nil {
			continue // unreadable, which others test
		}
		all += len(s.pages)
		for i, quiet := range quietPages(o, s.contents, s.quiet, s.pages) {
			if !quiet {
				continue
			}
			passed++
			found, err := s.compare(t.Context(), i+1, i+1)
			if err != nil {
				t.Errorf("%s, page %d: %v", filepath.Base(path), i+1, err)
			}
			for _, f := range hiddenFindings(found) {
				t.Errorf("%s, page %d was passed over: %s", filepath.Base(path), i+1, f.Code)
			}
		}
	}
	t.Logf("%d of %d pages were passed over", passed, all)
}
