package livestream

import (
	"errors"
	"strings"
	"testing"
	"time"

	"clearday/papers"
)

func TestWordCount(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, " \n\t ": 0, "one": 1, "  How  many\u00a0beds?\n": 3, "well-being isn’t – 2 words": 4, "— … !": 0, "£5,000 Größe Ψυχή": 3, "a\u2003b\u0085c": 3,
	} {
		if got := WordCount(text); got != want {
			t.Errorf("WordCount(%q) = %d, want %d", text, got, want)
		}
	}
}

func FuzzWordCount(f *testing.F) {
	f.Add("a b", "c")
	f.Fuzz(func(t *testing.T, a, b string) {
		if one, two := WordCount(a)+WordCount(b), WordCount(a+" "+b); one != two {
			t.Errorf("%q and %q have %d words apart, %d together", a, b, one, two)
		}
	})
}

// TestFits: each rule refuses what it is there for, with the code of the room and a sentence (rules.md 2.2).
func TestFits(t *testing.T) {
	live := Room{State: RoomOpen, Asking: AskingLive}
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) }
	for _, c := range []struct {
		name  string
		rules papers.QuestionRules
		ask   Ask
		room  Room
		code  string // "" is taken
	}{
		{"no rules", papers.QuestionRules{}, Ask{Text: words(20)}, Room{}, ""},
		{"as long as may be", papers.QuestionRules{Words: 50}, Ask{Text: words(50)}, Room{}, ""},
		{"one word more", papers.QuestionRules{Words: 50}, Ask{Text: words(51)}, Room{}, CodeTooLong},
		{"words instead of characters", papers.QuestionRules{Words: 200}, Ask{Text: words(200)}, Room{}, ""},
		{"characters without a rule", papers.QuestionRules{}, Ask{Text: strings.Repeat("é", MaxText+1)}, Room{}, CodeTooLong},
		{"a statement nobody asked for", papers.QuestionRules{}, Ask{Kind: KindStatement, Text: "x"}, Room{}, CodeClosed},
		{"a statement", papers.QuestionRules{Statements: papers.StatementRules{Taken: true}}, Ask{Kind: KindStatement, Text: "x"}, live, ""},
		{"a statement is not bound by the words of a question", papers.QuestionRules{Words: 2, Statements: papers.StatementRules{Taken: true, Words: 9}}, Ask{Kind: KindStatement, Text: words(9)}, Room{}, ""},
		{"a statement too long", papers.QuestionRules{Statements: papers.StatementRules{Taken: true, Words: 9}}, Ask{Kind: KindStatement, Text: words(10)}, Room{}, CodeTooLong},
		{"statements in writing only", papers.QuestionRules{Statements: papers.StatementRules{Taken: true, InWritingOnly: true}}, Ask{Kind: KindStatement, Text: "x"}, live, CodeClosed},
		{"in writing only, live", papers.QuestionRules{InWritingOnly: true}, Ask{Text: "x"}, live, CodeClosed},
		{"in writing only, in writing", papers.QuestionRules{InWritingOnly: true}, Ask{Text: "x"}, Room{Asking: AskingAdvance}, ""},
		{"about nothing on the agenda", papers.QuestionRules{AgendaOnly: true}, Ask{Text: "x"}, Room{}, "invalid"},
		{"about an item", papers.QuestionRules{AgendaOnly: true}, Ask{Text: "x", Item: "i"}, Room{}, ""},
		{"without a name", papers.QuestionRules{NameNeeded: true}, Ask{Text: "x"}, Room{}, "invalid"},
		{"not confirmed", papers.QuestionRules{WhoMayAsk: "I live in Fenmarsh"}, Ask{Text: "x"}, Room{}, "invalid"},
		{"confirmed", papers.QuestionRules{WhoMayAsk: "I live in Fenmarsh"}, Ask{Text: "x", Confirmed: true}, Room{}, ""},
		{"what follows an answer was confirmed before", papers.QuestionRules{WhoMayAsk: "I live in Fenmarsh", AgendaOnly: true, InWritingOnly: true}, Ask{Text: "x", Parent: "Q-2026-0001"}, live, ""},
	} {
		if c.ask.Kind == "" {
			c.ask.Kind = KindQuestion
		}
		err := c.ask.Fits(c.rules, c.room)
		if code := refusalCode(err); code != c.code {
			t.Errorf("%s: %q (%v), want %q", c.name, code, err, c.code)
		}
	}
}

func refusalCode(err error) string {
	if err == nil {
		return ""
	}
	code, _ := RefusalOf(err)
	return code
}

// TestWithin: a person is the device or the e-mail address; where somebody sends from is nobody.
func TestWithin(t *testing.T) {
	rules := papers.QuestionRules{PerPerson: 1, PerOrganisation: 2, HideOrganisation: true, Statements: papers.StatementRules{Taken: true}}
	others := []Contribution{
		{Kind: KindQuestion, Device: "a", Private: Private{Email: "Ann@Example.org", Withheld: Withheld{For: "Acme"}}},
		{Kind: KindQuestion, Device: "b", For: "ACME"},
		{Kind: KindQuestion, Device: "c", State: WithdrawnByAsker},
		{Kind: KindQuestion, Device: "d", Parent: "Q-2026-0001"},
	}
	for _, c := range []struct {
		name string
		ask  Ask
		want bool
	}{
		{"the same device", Ask{Device: "a"}, false},
		{"another browser, the same address", Ask{Device: "z", Email: "ann@example.org"}, false},
		{"somebody of the same place", Ask{Device: "z", From: "192.0.2.1"}, true},
		{"a statement counts apart", Ask{Device: "a", Kind: KindStatement}, true},
		{"the first was taken back", Ask{Device: "c"}, true},
		{"the first followed an answer", Ask{Device: "d"}, true},
		{"a third of the organisation", Ask{Device: "z", For: "acme"}, false},
		{"the same, withheld", Ask{Device: "z", Withheld: Withheld{For: "acme"}}, false},
		{"another organisation", Ask{Device: "z", For: "Others"}, true},
		{"what follows an answer", Ask{Device: "a", Parent: "Q-2026-0001"}, true},
	} {
		if c.ask.Kind == "" {
			c.ask.Kind = KindQuestion
		}
		err := c.ask.Within(rules, others)
		if (err == nil) != c.want || err != nil && refusalCode(err) != CodeClosed {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestDeadline_clockChange: a deadline is a wall time; the clocks go back between the two (rules.md Q-5).
func TestDeadline_clockChange(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for day, noon := range map[string]string{"2026-10-23": "2026-10-23T11:00:00Z", "2026-10-26": "2026-10-26T12:00:00Z"} {
		at, err := papers.WallTime(day, "12:00", london)
		if err != nil || at.UTC().Format(time.RFC3339) != noon {
			t.Fatalf("noon of %s is %s (%v), want %s", day, at.UTC().Format(time.RFC3339), err, noon)
		}
		m := papers.Meeting{Zone: "Europe/London", StartsAt: at.AddDate(0, 0, 3), AskUntil: &at}
		advance := Room{State: RoomClosed, Asking: AskingAdvance}
		if err := TakesQuestions(m, advance, papers.QuestionRules{}, at); err != nil {
			t.Errorf("at noon of %s: %v", day, err)
		}
		err = TakesQuestions(m, advance, papers.QuestionRules{}, at.Add(time.Second))
		if refusalCode(err) != CodeClosed || !strings.Contains(err.Error(), "12:00pm") {
			t.Errorf("a second after noon of %s: %v", day, err)
		}
	}
}

// TestAsk_rules: what the rules do not take never reaches the record, and what is not to be shown leaves the
// public words before it does.
func TestAsk_rules(t *testing.T) {
	store := newFakeStore()
	rules := papers.QuestionRules{Words: 3, HideArea: true, PerPerson: 1}
	h := &Hub{Store: store, Bus: &MemoryBus{}, Meetings: fakeMeetings{rules: rules}}
	if _, err := h.Ask(t.Context(), Ask{Meeting: slug, Device: "a", Key: "1", Text: "One two three four"}); refusalCode(err) != CodeTooLong {
		t.Errorf("too long: %v", err)
	}
	if _, err := h.Ask(t.Context(), Ask{Meeting: slug, Device: "a", Key: "2", Kind: KindStatement, Text: "One"}); refusalCode(err) != CodeClosed {
		t.Errorf("a statement: %v", err)
	}
	if len(store.list) != 0 {
		t.Fatalf("the record has %d", len(store.list))
	}
	if _, err := h.Ask(t.Context(), Ask{Meeting: slug, Device: "a", Key: "3", Name: "Ann", Area: "Saltfen", Minor: true, Text: "One two three"}); err != nil {
		t.Fatal(err)
	}
	if c := store.list[0]; c.Name != "" || c.Area != "" {
		t.Errorf("somebody under 18 is kept to be shown as %q of %q", c.Name, c.Area)
	}
}

// TestEnter: what staff enter is late only when it came late.
func TestEnter(t *testing.T) {
	store := newFakeStore()
	until := time.Date(2026, 4, 7, 11, 0, 0, 0, time.UTC)
	now := until.Add(3 * time.Hour)
	store.room = Room{Meeting: slug, State: RoomClosed, Asking: AskingAdvance}
	h := &Hub{Store: store, Bus: &MemoryBus{}, Meetings: fakeMeetings{until: &until}, Now: func() time.Time { return now }}
	entry := func(change func(*Ask)) error {
		a := Ask{Meeting: slug, Key: papers.NewID(), Channel: ChannelPost, ReceivedAt: until.Add(-time.Minute), Text: "Why?"}
		change(&a)
		_, err := h.Enter(t.Context(), a, papers.Actor{Name: "Sam"})
		return err
	}
	if err := entry(func(*Ask) {}); err != nil {
		t.Errorf("in time, entered after the deadline: %v", err)
	}
	if err := entry(func(a *Ask) { a.ReceivedAt = until.Add(time.Minute) }); refusalCode(err) != CodeClosed {
		t.Errorf("received late: %v", err)
	}
	if err := entry(func(a *Ask) { a.ReceivedAt = time.Time{} }); refusalCode(err) != CodeClosed {
		t.Errorf("received now, after the deadline: %v", err)
	}
	for name, change := range map[string]func(*Ask){"no way": func(a *Ask) { a.Channel = "" }, "by the web": func(a *Ask) { a.Channel = ChannelForm },
		"tomorrow": func(a *Ask) { a.ReceivedAt = now.Add(time.Hour) }, "nothing": func(a *Ask) { a.Text = " " }} {
		if err := entry(change); papers.CodeOf(err) != papers.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(store.list) != 1 {
		t.Errorf("the record has %d, want 1", len(store.list))
	}
}

// TestHealth: what tells of the asker's health is not published as it came, whoever presses what.
func TestHealth(t *testing.T) {
	c := Contribution{Number: "Q-2026-0001", State: Received, Text: "My own words", Private: Private{Health: true}}
	if err := (Decision{To: Published}).Check(c); papers.CodeOf(err) != papers.CodeConflict {
		t.Errorf("published as it came: %v", err)
	}
	if err := (Decision{To: Published, Words: "Other words"}).Check(c); err != nil {
		t.Errorf("with other words: %v", err)
	}
	c.Wording = WordingAgreed
	if err := (Decision{To: Published}).Check(c); err != nil {
		t.Errorf("in agreed words: %v", err)
	}
}

func TestTakesSupport(t *testing.T) {
	err := TakesSupport(papers.QuestionRules{})
	var refused *Refusal
	if !errors.As(err, &refused) || refused.Code != CodeClosed {
		t.Errorf("support that is off: %v", err)
	}
	if err := TakesSupport(papers.QuestionRules{Support: true}); err != nil {
		t.Error(err)
	}
}

// M-10: in private session no question is put and none is answered orally; what was refused may be.
func TestTakesDecision(t *testing.T) {
	published := Contribution{State: Published}
	for state, refused := range map[RoomState]bool{RoomOpen: false, RoomPaused: false, RoomPrivate: true} {
		for _, d := range []Decision{{To: Put}, {To: AnsweredOrally}} {
			if err := (Room{State: state}).TakesDecision(published, d); (err != nil) != refused {
				t.Errorf("in a room that is %s, %s: %v", state, d.To, err)
			}
		}
	}
	if err := (Room{State: RoomPrivate}).TakesDecision(published, Decision{To: Refused}); err != nil {
		t.Errorf("refusing in private session: %v", err)
	}
	if err := (Room{State: RoomPrivate}).TakesDecision(Contribution{State: Put}, Decision{Words: "x"}); err != nil {
		t.Errorf("mending the words of one that was put: %v", err)
	}
}
