package preflight

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearday/papers/pdf"
)

// The vectors of rules.md 5.7 and 7.
func TestNumbers(t *testing.T) {
	for number, want := range map[string]bool{"9434765919": true, "9434765918": false, "0000000000": false, "9999999999": false,
		"9990000018": true, "999 000 0026": true, "943-476-5919": true, "943476591": false} {
		if got := isNHSNumber(number); got != want {
			t.Errorf("%s is an NHS number: %v", number, got)
		}
	}
	for number, want := range map[string]bool{"AB123456C": true, "OA123456A": true, "AB 12 34 56 C": true, "QQ123456C": false, "ZZ123456A": false,
		"AO123456A": false, "DA123456A": false, "AB123456E": false} {
		if got := isNINO(number); got != want {
			t.Errorf("%s is a National Insurance number: %v", number, got)
		}
	}
	if !luhn("4111111111111111") || luhn("4111111111111112") {
		t.Error("the check of a card number is wrong")
	}
}

// pageOf sets words in a line.
func pageOf(text string) pdf.Page {
	p := pdf.Page{Width: 595, Height: 842}
	for i, w := range strings.Fields(text) {
		p.Words = append(p.Words, pdf.Word{Text: w, XMin: float64(i * 50), XMax: float64(i*50 + 45), YMin: 100, YMax: 112})
	}
	return p
}

// One councillor's address is fine, those of many residents are not; official contacts never count.
func TestPersons(t *testing.T) {
	official := []string{"board@fenmarsh.example", "01632 960001", "1 Market Street, AB1 2DE"}
	many := strings.Repeat("x ", 3) + "ann.one@gmail.com bob.two@hotmail.com cy.three@yahoo.co.uk"
	for text, want := range map[string]string{
		"NHS number: 943 476 5919 was given":                      "nhs_number",
		"reference 9434765919 of the invoice":                     "",
		"NHS number 999 000 0018 is for tests":                    "",
		"her number AB 12 34 56 C was printed":                    "national_insurance",
		"Date of birth: 3 May 1961":                               "birth_date",
		"The meeting of 3 May 2024":                               "",
		"Councillor Jones cllr.jones@gmail.com":                   "",
		"write to cllr@council.gov.uk or a@nhs.net or b@x.nhs.uk": "",
		many: "email_list",
		"lives at 12 Orchard Road, Fenmarsh AB3 4EF":               "home_address",
		"Town Hall, 1 Market Street, Fenmarsh AB1 2DE":             "",
		"Sort code 12-34-56 account 12345678":                      "bank_account",
		"the dates 12-34-56 are none":                              "",
		"paid with 4111 1111 1111 1111 today":                      "card_number",
		"NOT FOR PUBLICATION by virtue of paragraph 3":             "marked_private",
		"write to board@fenmarsh.example board@fenmarsh.example":   "",
		"07700 900123 and 07700 900456 and also 07700 900789 here": "phone_list",
	} {
		found := persons([]pdf.Page{{}, pageOf(text)}, official)
		got := ""
		if len(found) > 0 {
			got = found[0].Code
		}
		if got != want || len(found) > 1 {
			t.Errorf("%q gives %+v, want %q", text, found, want)
		}
		for _, f := range found {
			if f.Page != 2 || len(f.Boxes) == 0 || f.Blocks || strings.Contains(f.Message, "@") || strings.Contains(f.Message, "4765") || strings.Contains(f.Message, "900") {
				t.Errorf("%q is found as %+v", text, f)
			}
		}
	}
}

func TestNames(t *testing.T) {
	o := func(title, author, made, changed string) *objects {
		return &objects{trailer: dict{"/Info": dict{"/Title": "u:" + title, "/Author": "u:" + author, "/CreationDate": "u:D:" + made, "/ModDate": "u:D:" + changed}}}
	}
	for want, c := range map[string]struct {
		o     *objects
		about About
	}{
		"no_title":     {o("", "", "", ""), About{Title: "Finance report"}},
		"poor_title":   {o("Microsoft Word - x.docx", "", "", ""), About{Title: "Finance report"}},
		"other_title":  {o("Complaint of Mrs Hartnell", "", "", ""), About{Title: "Finance report"}},
		"author_login": {o("Finance report", "fitchd01", "", ""), About{Title: "Finance report"}},
		"stale_author": {o("Finance report", "Ann Old", "20190101", "20260101"), About{Title: "Finance report"}},
		"file_name":    {o("Finance report", "", "", ""), About{Title: "Finance report", FileName: "Finance report CONFIDENTIAL.pdf"}},
		"":             {o("Finance report", "Ann Old", "20260101", "20260301"), About{Title: "Finance report", FileName: "6 Finance report v2.pdf"}},
	} {
		list := names(c.o, c.about)
		got := ""
		if len(list) > 0 {
			got = list[0].Code
		}
		if got != want || len(list) > 1 {
			t.Errorf("got %+v, want %q", list, want)
		}
	}
}

// What keeps some people from reading a file is said, each with how to mend it, and nothing of a file that is
// made well (rules.md A-6).
func TestAccess(t *testing.T) {
	pages := func(n, blank int) []pdf.Page {
		list := make([]pdf.Page, n)
		for i := blank; i < n; i++ {
			list[i] = pageOf("Some words")
		}
		return list
	}
	good := func(more ...any) dict {
		catalog := dict{"/Lang": "u:en-GB", "/MarkInfo": dict{"/Marked": true}, "/Outlines": dict{"/First": dict{"/Title": "u:One"}},
			"/StructTreeRoot": dict{"/RoleMap": dict{"/Kop": "/H1"}, "/K": []any{dict{"/S": "/Kop", "/P": "x"}, dict{"/S": "/Figure", "/P": "x", "/Alt": "u:A map"}}}}
		for i := 0; i < len(more); i += 2 {
			catalog[more[i].(string)] = more[i+1]
		}
		return catalog
	}
	tags := func(list ...any) dict { return dict{"/K": list} }
	for name, c := range map[string]struct {
		catalog dict
		pages   []pdf.Page
		want    string
	}{
		"made well":              {good(), pages(30, 0), ""},
		"no language":            {good("/Lang", nil), pages(3, 0), "no_language"},
		"long without bookmarks": {good("/Outlines", nil), pages(21, 0), "no_bookmarks"},
		"twenty pages need none": {good("/Outlines", nil), pages(20, 0), ""},
		"not tagged":             {good("/StructTreeRoot", nil), pages(3, 0), "not_tagged"},
		"tags without headings":  {good("/StructTreeRoot", tags(dict{"/S": "/P", "/P": "x"})), pages(3, 0), "no_headings"},
		"picture without words":  {good("/StructTreeRoot", tags(dict{"/S": "/H1", "/P": "x"}, dict{"/S": "/Figure", "/P": "x"})), pages(3, 0), "no_alt_text"},
		"a page without text":    {good(), pages(3, 1), "some_no_text"},
		"no text at all":         {good(), pages(3, 3), "no_text"},
	} {
		catalog, err := json.Marshal(c.catalog)
		if err != nil {
			t.Fatal(err)
		}
		o, err := readObjects([]byte(`{"qpdf":[{"maxobjectid":1},{"obj:1 0 R":{"value":` + string(catalog) + `},"trailer":{"value":{"/Root":"1 0 R"}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range access(o, c.pages) {
			got = append(got, f.Code)
			if f.Blocks || !strings.Contains(f.Message, ". ") {
				t.Errorf("%s: %+v blocks, or does not say how to mend it", name, f)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

// photo is the beginning of a JPEG whose camera wrote where it stood, or not.
func photo(placed bool) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	entry := make([]byte, 12)
	if placed {
		binary.LittleEndian.PutUint16(entry, 0x8825)
	}
	binary.LittleEndian.PutUint32(entry[8:], 26)
	tiff = append(append(tiff, entry...), 0, 0, 0, 0)
	tiff = append(tiff, 2, 0)
	tiff = append(tiff, make([]byte, 24)...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(body)+2))
	return append(head, body...)
}

func TestPhotoPlace(t *testing.T) {
	for _, placed := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "x")
		before := append([]byte("stream\n"), photo(placed)...)
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cleared, n, err := clearNotes(f)
		if err != nil || cleared != 1 || (n == 1) != placed {
			t.Errorf("a photo with a place (%v): %d cleared, %d places, %v", placed, cleared, n, err)
		}
		after, _ := os.ReadFile(path)
		if len(after) != len(before) || bytes.Contains(after, []byte("II*")) {
			t.Error("the notes are still in the picture, or its length changed")
		}
	}
}

func FuzzBlankText(f *testing.F) {
	for _, s := range []string{"BT (a) Tj ET", "BT [(a) 2 (b)] TJ 3 Tr (x) ' ET", "BI /W 1 ID xEI Tj EI Q", "(\\", "<", "%", "/", "q Q Q BI"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n := len(b)
		blankText(b)
		if len(b) != n {
			t.Error("the length changed")
		}
	})
}

func FuzzObjects(f *testing.F) {
	f.Add([]byte(`{"qpdf":[{"maxobjectid":2},{"obj:1 0 R":{"value":{"/Kids":["1 0 R"],"/A":{"/S":"/Launch","/Next":"1 0 R"}}},"trailer":{"value":{"/Root":"1 0 R"}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := readObjects(b)
		if err != nil {
			return
		}
		s := scrub{objects: o, count: map[string]int{}}
		s.update("x")
		s.findings(1)
		layers(o)
		access(o, nil)
		leftOver(o)
	})
}

func FuzzPhoto(f *testing.F) {
	f.Add(photo(true)[12:])
	f.Fuzz(func(_ *testing.T, b []byte) { hasPlace(b) })
}
