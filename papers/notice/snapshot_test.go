package notice

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write bank-holidays.json anew from the rules in this file")

type event struct {
	Title   string `json:"title"`
	Date    string `json:"date"`
	Notes   string `json:"notes"`
	Bunting bool   `json:"bunting"`
}

type division struct {
	Division string  `json:"division"`
	Events   []event `json:"events"`
}

// TestSnapshot derives the bank holidays from their rules and the proclamations, and holds the
// embedded file against them. Run with -update after a change of the rules or the years.
func TestSnapshot(t *testing.T) {
	type file struct {
		EnglandAndWales division `json:"england-and-wales"`
		Scotland        division `json:"scotland"`
		NorthernIreland division `json:"northern-ireland"`
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	err := enc.Encode(file{ruled(EnglandAndWales), ruled(Scotland), ruled(NorthernIreland)})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("bank-holidays.json", buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("bank-holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, buf.Bytes()) {
		t.Error("bank-holidays.json differs from the rules; look at the difference that go test -run TestSnapshot -update makes")
	}
}

func ruled(name string) division {
	var events []event
	for y := 2019; y <= 2027; y++ {
		events = append(events, year(name, y)...)
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.Date, b.Date) })
	return division{name, events}
}

// year gives the holidays of one year: those of the calendar, then what was proclaimed for it.
func year(name string, y int) []event {
	sunday := easter(y)
	var es []event
	add := func(title string, d Date) { es = append(es, event{title, d.String(), "", true}) }
	fixed := func(title string, on, observed Date) {
		e := event{title, observed.String(), "", true}
		if on != observed {
			e.Notes = "Substitute day"
		}
		es = append(es, e)
	}
	jan1, jan2 := Date{y, 1, 1}, Date{y, 1, 2}
	newYear := onWeekday(jan1)
	fixed("New Year’s Day", jan1, newYear)
	if name == Scotland {
		second := onWeekday(jan2)
		if second == newYear {
			second = onWeekday(newYear.AddDays(1))
		}
		fixed("2nd January", jan2, second)
	}
	if name == NorthernIreland {
		fixed("St Patrick’s Day", Date{y, 3, 17}, onWeekday(Date{y, 3, 17}))
		boyne := Date{y, 7, 12}
		fixed("Battle of the Boyne (Orangemen’s Day)", boyne, onWeekday(boyne))
		es[len(es)-1].Bunting = false
	}
	add("Good Friday", sunday.AddDays(-2))
	es[len(es)-1].Bunting = false
	if name != Scotland {
		add("Easter Monday", sunday.AddDays(1))
		es[len(es)-1].Bunting = y != 2020
	}
	switch y {
	case 2020: // moved for the 75th anniversary of the end of the war
		add("Early May bank holiday (VE day)", Date{2020, 5, 8})
	default:
		add("Early May bank holiday", firstMonday(y, 5))
	}
	switch y {
	case 2022: // moved beside the jubilee
		add("Spring bank holiday", Date{2022, 6, 2})
	default:
		add("Spring bank holiday", lastMonday(y, 5))
	}
	if name == Scotland {
		add("Summer bank holiday", firstMonday(y, 8))
		fixed("St Andrew’s Day", Date{y, 11, 30}, onWeekday(Date{y, 11, 30}))
	} else {
		add("Summer bank holiday", lastMonday(y, 8))
	}
	christmas, boxing := Date{y, 12, 25}, Date{y, 12, 26}
	switch christmas.Weekday() {
	case time.Saturday: // both move
		fixed("Christmas Day", christmas, Date{y, 12, 27})
		fixed("Boxing Day", boxing, Date{y, 12, 28})
	case time.Sunday: // Boxing Day keeps its Monday
		fixed("Christmas Day", christmas, Date{y, 12, 27})
		fixed("Boxing Day", boxing, boxing)
	default:
		fixed("Christmas Day", christmas, christmas)
		fixed("Boxing Day", boxing, onWeekday(boxing))
	}
	return append(es, proclaimed(name, y)...)
}

// proclaimed gives the holidays that no rule foretells.
func proclaimed(name string, y int) []event {
	switch y {
	case 2022:
		return []event{
			{"Platinum Jubilee bank holiday", "2022-06-03", "", true},
			{"Bank Holiday for the State Funeral of Queen Elizabeth II", "2022-09-19", "", false},
		}
	case 2023:
		return []event{{"Bank holiday for the coronation of King Charles III", "2023-05-08", "", true}}
	case 2026: // Royal Proclamation of February 2026, for Scotland only
		if name == Scotland {
			return []event{{"World Cup bank holiday", "2026-06-15", "", true}}
		}
	}
	return nil
}

func onWeekday(d Date) Date {
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDays(1)
	}
	return d
}

func firstMonday(y int, m time.Month) Date {
	d := Date{y, m, 1}
	for d.Weekday() != time.Monday {
		d = d.AddDays(1)
	}
	return d
}

func lastMonday(y int, m time.Month) Date {
	d := Date{y, m, 31}
	for d.Weekday() != time.Monday {
		d = d.AddDays(-1)
	}
	return d
}
