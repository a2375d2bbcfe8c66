package server_test

import (
	"strings"
	"time"

	"clearday/papers"
)

// partnership adds to the fair what there is of partners, alliances, news, boards and states of meetings.
func (f *fair) partnership() {
	t, by := f.test, papers.Change{By: papers.Program, Acts: []papers.Act{{Kind: papers.ActSiteChanged, Subject: "about"}}}
	f.must(f.Record.ChangePartner(t.Context(), papers.Partner{Slug: "saltfen", Name: "Saltfen Hospitals", Kind: "hospital trust", URL: "https://example.org/", About: "It runs two hospitals.",
		Representatives: []papers.Representative{{Name: "Tess Marsh", Role: "Chief executive"}, {Name: "Ann Lode"}}}, by))
	f.must(f.Record.AddAlliance(t.Context(), papers.Alliance{Slug: "east", Name: "Alliance of the East", About: "Together on the coast.", Partners: []string{"saltfen", "eastwold"}}, by))
	f.must(f.Record.AddAlliance(t.Context(), papers.Alliance{Slug: "west", Name: "Alliance of the West", Partners: []string{}, EndedOn: "2024-03-31", Successor: "east"}, by))
	for _, title := range []string{"The telephone line is back", strings.Repeat("A long title of news ", 9)} {
		n := papers.News{Title: title, Date: "2026-03-01", Text: "You can call us.\nOn every day of the week."}
		f.must(n.Tidy("2026-03-02"))
		n, err := f.Record.AddNews(t.Context(), n, by)
		f.must(err)
		f.see("news item "+n.Slug[:14], "/news/"+n.Slug)
		f.atSite("news item", "/desk/news/"+n.Slug)
	}
	b, err := f.Record.Board(t.Context(), f.board)
	f.must(err)
	b.Alliance, b.Quorum = "east", "A third of the members"
	b.Questions = papers.QuestionRules{Deadline: papers.Deadline{Count: papers.OnWeekday, Weekday: time.Friday, Weeks: 1, Clock: "14:00", Earlier: true}, PerPerson: 2, AgendaOnly: true, Words: 50}
	b.Members = append(b.Members, papers.Member{Name: "Bob Gone", Role: "Member", From: "2020-01-01", To: "2024-01-01"})
	f.must(f.Record.ChangeBoard(t.Context(), b, by))
	ended := papers.Board{Name: "Old Board", Slug: "old-board", EndedOn: "2024-03-31", Successor: f.board}
	f.must(f.Record.AddBoard(t.Context(), ended, by))
	m := f.Meeting(t, f.board, 33)
	f.call("POST", "/meetings/"+m.Slug+"/announce", nil, nil)
	f.call("PATCH", "/meetings/"+m.Slug, map[string]any{"telephone": "01632 960 111", "seats": 40, "access": "Step-free"}, nil)
	off := f.Meeting(t, f.board, 34)
	f.call("POST", "/meetings/"+off.Slug+"/announce", nil, nil)
	f.call("PATCH", "/meetings/"+off.Slug, map[string]any{"state": "postponed", "reason": "The hall is closed", "new_start": f.Clock.Now().AddDate(0, 0, 48).Format(time.RFC3339)}, nil)
	for name, path := range map[string]string{"partner": "/partners/saltfen", "partner ended": "/partners/old", "alliance": "/alliances/east", "alliance ended": "/alliances/west",
		"news": "/news", "board ended": "/boards/old-board", "meeting postponed": "/meetings/" + off.Slug} {
		f.see(name, path)
	}
	f.seeAt("desk board of a secretary", "/desk/boards/"+f.board)
	f.seeAt("desk year", "/desk/boards/"+f.board+"/year")
	f.seeAt("desk meeting postponed", "/desk/meetings/"+off.Slug)
	f.seeAt("desk meeting announced", "/desk/meetings/"+m.Slug)
	for name, path := range map[string]string{"site": "/desk/site", "partners": "/desk/partners", "partner": "/desk/partners/saltfen", "alliances": "/desk/alliances", "alliance": "/desk/alliances/east",
		"news": "/desk/news", "board": "/desk/boards/" + f.board} {
		f.atSite(name, path)
	}
}

func (f *fair) atSite(name, path string) { f.site = append(f.site, sight{"site " + name, path}) }
