package office

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func sheets(t testing.TB, body string) (Web, []Sheet) {
	t.Helper()
	w, err := parseSheets(strings.NewReader("<html><body>" + body + "</body></html>"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := Sheets(strings.NewReader(w.HTML))
	if err != nil {
		t.Fatal(err)
	}
	return w, list
}

func TestParseSheets(t *testing.T) {
	const frame, end = `<div class="cd-tablewrap" tabindex="0" role="region" aria-label="Table 1"><table>`, `</table></div>`
	for name, c := range map[string]struct{ in, want string }{
		"name and heads":      {`<h1>Overview</h1><A name="table0"><h1>Sheet 1: <em>Costs &amp; more</em></h1></A><table><tr><td><b>Hub</b></td><td>Cost</td></tr><tr><td>North</td><td sdval="-2">-2.00</td></tr></table>`, `<h2>Costs &amp; more</h2>` + "\n" + frame + `<tr><th scope="col">Hub</th><th scope="col">Cost</th></tr>` + "\n" + `<tr><td>North</td><td>-2.00</td></tr>` + "\n" + end},
		"a title is no head":  {`<table><tr><td colspan=2>Title</td></tr><tr><td>a</td><td>1</td></tr></table>`, frame + `<tr><td>Title</td><td></td></tr>` + "\n" + `<tr><td>a</td><td>1</td></tr>` + "\n" + end},
		"a year is no head":   {`<table><tr><td>Hub</td><td>2026</td></tr><tr><td>a</td><td>1</td></tr></table>`, frame + `<tr><td>Hub</td><td>2026</td></tr>` + "\n" + `<tr><td>a</td><td>1</td></tr>` + "\n" + end},
		"comments go":         {`<table><tr><td><a class="comment-indicator"></a><comment>SECRET</comment>a</td></tr></table>`, frame + `<tr><td>a</td></tr>` + "\n" + end},
		"empty edges go":      {`<table><tr><td><br></td><td></td></tr><tr><td></td><td>a</td><td><br></td></tr><tr></tr></table>`, frame + `<tr><td>a</td></tr>` + "\n" + end},
		"lines of a cell":     {`<table><tr><td>a<br> b` + "\n" + ` c</td></tr></table>`, frame + `<tr><td>a<br>b c</td></tr>` + "\n" + end},
		"cells span rows":     {`<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>`, frame + `<tr><th scope="col">a</th><th scope="col">b</th></tr>` + "\n" + `<tr><td></td><td>c</td></tr>` + "\n" + end},
		"an empty sheet":      {`<h1>Sheet 1: <em>Empty</em></h1><table><tr><td><br></td></tr></table>`, ``},
		"words are not marks": {`<table><tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td></tr></table>`, frame + `<tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td></tr>` + "\n" + end},
	} {
		if w, _ := sheets(t, c.in); strings.TrimSpace(w.HTML) != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, w.HTML, c.want)
		}
	}
	var huge strings.Builder
	for range 2000 {
		huge.WriteString(`<td colspan=99999 rowspan=99999>a</td>`)
	}
	sheets(t, `<table><tr>`+huge.String()+`</tr></table>`) // ends, within memory
}

func TestCleanSheets(t *testing.T) {
	body := `<table><tr><td>Hub</td><td>Remark</td></tr><tr><td>North hub, opened early</td><td>-1,200</td></tr></table>`
	for name, c := range map[string]struct {
		body, pdf string
		clean     bool
	}{
		"the same":              {body, "Page 1 Hub Remark North hub, opened early -1,200 A chart", true},
		"cut off":               {body, "Hub Remark North hu -1,200", true},
		"cut off within a word": {body, "Hub Remark Nor -1,200", true},
		"not printed":           {body, "Hub Remark", false},
		"a number too wide":     {body, "Hub Remark North hub ###", false},
		"nothing":               {`<table><tr><td></td></tr></table>`, "A chart", false},
	} {
		if w, _ := sheets(t, c.body); (w.Clean([]string{c.pdf}) == "") != c.clean {
			t.Errorf("%s: %q", name, w.Clean([]string{c.pdf}))
		}
	}
}

// Nobody who opens the file runs what a stranger wrote in a cell.
func TestCSV(t *testing.T) {
	s := Sheet{Rows: [][]string{{"Hub", "a, \"b\"\nc", "Größe"}, {"=1+1", "@SUM(A1)", "-cmd|' /C calc'!A0"}, {"+44 1632 960001", "-1,234.50", "-£12"}, {"+3 %", "＝1+1", "-"}}}
	const want = "Hub,\"a, \"\"b\"\"\r\nc\",Größe\r\n'=1+1,'@SUM(A1),'-cmd|' /C calc'!A0\r\n+44 1632 960001,\"-1,234.50\",-£12\r\n+3 %,'＝1+1,'-\r\n"
	if got := string(s.CSV()); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func FuzzSheets(f *testing.F) {
	for _, h := range hostileWeb {
		f.Add(`<h1>Sheet 1: <em>` + h + `</em></h1><table><tr><td colspan=2 rowspan=3>` + h + `</td><td>=1</td></tr><tr><td>a</td></tr></table>`)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w, err := parseSheets(strings.NewReader(body))
		if err != nil {
			return
		}
		notAllowed(t, w.HTML)
		list, err := Sheets(strings.NewReader(w.HTML))
		if err != nil || len(list) != w.Tables {
			t.Fatalf("%d tables became %d sheets: %v", w.Tables, len(list), err)
		}
		for _, s := range list {
			rows, err := csv.NewReader(bytes.NewReader(s.CSV())).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsAny(cell[:1], "=@") {
						t.Errorf("the cell %q is a formula", cell)
					}
				}
			}
		}
	})
}

// secretBook has two sheets to be seen, one of them with a hidden row, a hidden column, a comment's mark and formulas, and hidden sheets.
func secretBook(t testing.TB) []byte {
	cell := func(at, text string) string {
		return `<c r="` + at + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	number := func(at, value string) string { return `<c r="` + at + `"><v>` + value + `</v></c>` }
	shown := `<cols><col min="3" max="3" width="9" hidden="1" customWidth="1"/></cols><sheetData>` +
		`<row r="1">` + cell("A1", "Hub") + cell("B1", "Cost") + cell("C1", "HIDDENCOLUMN") + cell("D1", "Remark") + `</row>` +
		`<row r="2">` + cell("A2", "North") + number("B2", "-120.5") + cell("C2", "HIDDENCOLUMN") + cell("D2", "=cmd|calc") + `</row>` +
		`<row r="3" hidden="1">` + cell("A3", "HIDDENROW") + number("B3", "77777") + `</row>` +
		`<row r="4">` + cell("A4", "Total") + `<c r="B4"><f>B2*2</f><v>-241</v></c>` + cell("D4", "steady") + `</row></sheetData>`
	return xlsx(t, [2]string{"", shown}, [2]string{"hidden", `<sheetData>` + sheetRow("HIDDENSHEET") + `</sheetData>`},
		[2]string{"veryHidden", `<sheetData>` + sheetRow("VERYHIDDEN") + `</sheetData>`}, [2]string{"", `<sheetData>` + sheetRow("Second") + `</sheetData>`})
}

// The web version of a spreadsheet and its CSV hold what is shown: no hidden sheet, row or column, and values where formulas are.
func TestWebOfSheets(t *testing.T) {
	tools := realTools(t, ToolLimits{})
	book := secretBook(t)
	w, ok, err := tools.Web(t.Context(), file(t, book), t.TempDir())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	says(t, w.HTML, "Hub Cost North -120.5 Total -241 Second", "HIDDENCOLUMN HIDDENROW 77777 HIDDENSHEET VERYHIDDEN B2*2")
	list, err := Sheets(strings.NewReader(w.HTML))
	if err != nil || len(list) != 2 || w.Headings != 2 {
		t.Fatalf("%+v (%v)", list, err)
	}
	if got := string(list[0].CSV()); got != "Hub,Cost,Remark\r\nNorth,-120.5,'=cmd|calc\r\nTotal,-241,steady\r\n" {
		t.Errorf("the CSV is %q", got)
	}
	text := convert(t, tools, book)
	if why := w.Clean(strings.Split(text, "\f")); why != "" {
		t.Errorf("it cannot stand for the PDF: %s", why)
	}
}

// A sheet wider than its page is printed on one page all the same.
func TestSheetFitsWidth(t *testing.T) {
	tools := realTools(t, ToolLimits{})
	var wide []string
	for n := range 20 {
		wide = append(wide, fmt.Sprintf("Column%02d", n))
	}
	out, err := tools.Convert(t.Context(), file(t, xlsx(t, [2]string{"", `<sheetData>` + sheetRow(wide...) + `</sheetData>`})), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	info, err := exec.Command("pdfinfo", out).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(strings.Fields(facts(string(info))), "1,") {
		t.Errorf("20 columns came out as %s", facts(string(info)))
	}
}

func TestFitToWidth(t *testing.T) {
	const fit = ` style:scale-to-X="1" style:scale-to-Y="0"`
	for in, want := range map[string]string{
		`<style:page-layout-properties style:scale-to="100%" a="b"/>`: `<style:page-layout-properties` + fit + ` a="b"/>`,
		`<style:page-layout-properties/>`:                             `<style:page-layout-properties` + fit + `/>`,
		`<style:page-layout-properties style:scale-to-pages="2"/>`:    `<style:page-layout-properties style:scale-to-pages="2"/>`,
		`<style:page-layout-properties style:scale-to="70%"/>`:        `<style:page-layout-properties style:scale-to="70%"/>`,
	} {
		var b strings.Builder
		if err := fitToWidth(&b, []byte(in)); err != nil || b.String() != want {
			t.Errorf("%s became %s (%v)", in, b.String(), err)
		}
	}
}
