package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/jba/templatecheck"
)

// pages is every page of the program. TestTemplates fails when a struct with a Template method is
// missing here.
var pages = []Page{
	Alliance{},
	Alert{},
	Alerts{},
	Author{},
	Boards{},
	Board{},
	Chair{},
	Changes{},
	ChatRecord{},
	DeskAlliance{},
	DeskBoard{}, DeskMeetingRules{}, DeskAskFor{},
	DeskCleared{},
	DeskCopy{},
	DeskFormats{},
	DeskHome{},
	DeskItemEdit{},
	DeskHolidays{},
	DeskMeetingNew{},
	DeskMail{},
	DeskMeeting{},
	DeskNews{},
	DeskPaper{},
	DeskRecord{},
	Captions{},
	DeskPartner{},
	DeskPeople{},
	DeskPrivate{},
	DeskRelease{},
	DeskRules{}, DeskRetention{},
	DeskSite{},
	DeskYear{},
	Error{},
	FormatAsk{},
	Home{},
	Ledger{},
	Live{},
	Meetings{},
	Meeting{},
	Moderation{},
	Report{},
	MemberMeetings{},
	MemberMeeting{},
	MemberPaperShow{},
	Mine{}, Find{}, DeskQuestions{}, DeskQuestion{},
	Log{}, Verify{},
	NewsItem{},
	NewsList{},
	PackWaits{},
	PaperText{},
	PaperWeb{},
	Paper{},
	Partner{},
	Partners{},
	QuestionList{},
	Question{},
	Room{},
	Search{},
	SignInLink{},
	SignIn{},
	TakePart{},
	Text{Of: "about"},
	Text{Of: "accessibility"},
	Text{Of: "privacy"},
	Withdrawn{},
}

// TestTemplates checks every template against its struct: a field or function that does not exist,
// or a wrong type, is found here and not by a reader.
func TestTemplates(t *testing.T) {
	r, err := NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range pages {
		set := r.sets[p.Template()]
		if set == nil {
			t.Errorf("%T names the template %s, which does not exist", p, p.Template())
			continue
		}
		used[p.Template()] = true
		if err := templatecheck.CheckHTML(set.Lookup("layout"), p); err != nil {
			t.Errorf("%s with %T: %v", p.Template(), p, err)
		}
	}
	for path := range r.sets {
		if !used[path] {
			t.Errorf("the template %s belongs to no page", path)
		}
	}
	for _, name := range declared(t) {
		if !listed(name) {
			t.Errorf("the page %s is not in the list of this test", name)
		}
	}
}

// declared finds the types of this package that have a Template method.
func declared(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != "Template" || fn.Recv == nil {
				continue
			}
			if id, ok := fn.Recv.List[0].Type.(*ast.Ident); ok {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

func listed(name string) bool {
	for _, p := range pages {
		if reflect.TypeOf(p).Name() == name {
			return true
		}
	}
	return false
}
