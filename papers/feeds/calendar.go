package feeds

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"clearday/papers"
)

// Calendar is a calendar of meetings before it is written.
type Calendar struct {
	Name   string
	Zone   string // IANA name; times of other zones are written in UTC
	Source string // address of this calendar
	Events []Event
}

// Event is a meeting in a calendar. Cancelled and postponed ones stay in, marked.
type Event struct {
	UID         string // for ever the same
	Sequence    int    // grows with each change of time, place or state
	ChangedAt   time.Time
	Start, End  time.Time
	AllDay      bool // the day of Start, without an hour
	Marks       bool // a moment to remember, not time that is taken
	Zone        string
	Summary     string
	Description string
	Location    string
	URL         string // its page
	Watch       string // address to follow it at, may be empty
	Organizer   string // e-mail address of who holds it, may be empty
	By          string // name of who holds it
	Categories  string
	State       papers.MeetingState
}

// london is the one zone whose rules are written out; other zones are said in UTC, which every
// reader understands.
const london = "Europe/London"

const local = "20060102T150405"

// ICS writes the calendar. The same calendar gives the same bytes.
func ICS(c Calendar) ([]byte, error) {
	cal := &ics.Calendar{}
	cal.SetVersion("2.0")
	cal.SetProductId("-//Clearday//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(clean(c.Name))
	cal.SetXWRTimezone(c.Zone)
	cal.CalendarProperties = append(cal.CalendarProperties, // SetRefreshInterval writes its parameter twice
		ofType("REFRESH-INTERVAL", "DURATION", "PT6H"), ofType("SOURCE", "URI", c.Source),
		ics.CalendarProperty{BaseProperty: ics.BaseProperty{IANAToken: "COLOR", Value: "teal"}})
	cal.AddVTimezone(londonRules())
	for _, e := range c.Events {
		cal.AddVEvent(e.event())
	}
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLine("\r\n")); err != nil {
		return nil, fmt.Errorf("writing a calendar: %w", err)
	}
	return out.Bytes(), nil
}

func ofType(name, kind, value string) ics.CalendarProperty {
	return ics.CalendarProperty{BaseProperty: ics.BaseProperty{IANAToken: name, Value: value, ICalParameters: map[string][]string{"VALUE": {kind}}}}
}

func (e Event) event() *ics.VEvent {
	v := ics.NewEvent(e.UID)
	v.SetDtStampTime(e.ChangedAt)
	v.SetModifiedAt(e.ChangedAt)
	v.SetSequence(e.Sequence)
	e.times(v)
	summary, status := e.Summary, ics.ObjectStatusConfirmed
	switch e.State {
	case papers.MeetingCancelled:
		summary, status = "Cancelled: "+summary, ics.ObjectStatusCancelled
	case papers.MeetingPostponed:
		summary, status = "Postponed: "+summary, ics.ObjectStatusCancelled
	}
	v.SetSummary(clean(summary))
	v.SetStatus(status)
	v.SetDescription(clean(e.Description))
	if e.Location != "" {
		v.SetLocation(clean(e.Location))
	}
	v.SetURL(e.URL)
	if e.Categories != "" {
		v.SetProperty(ics.ComponentPropertyCategories, clean(e.Categories))
	}
	if e.Watch != "" {
		v.SetProperty("CONFERENCE", e.Watch, ics.WithValue("URI"))
	}
	if e.Organizer != "" {
		v.SetOrganizer("mailto:"+clean(e.Organizer), ics.WithCN(strings.ReplaceAll(clean(e.By), `"`, "'")))
	}
	if e.Marks {
		v.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return v
}

func (e Event) times(v *ics.VEvent) {
	zone, err := time.LoadLocation(e.Zone)
	if e.AllDay {
		if err != nil {
			zone = time.UTC
		}
		v.SetAllDayStartAt(e.Start.In(zone))
		return
	}
	if err != nil || e.Zone != london || e.Start.Year() < rulesSince {
		v.SetStartAt(e.Start)
		if e.End.After(e.Start) { // a moment has no end: DTEND must be later than DTSTART
			v.SetEndAt(e.End)
		}
		return
	}
	v.SetProperty(ics.ComponentPropertyDtStart, e.Start.In(zone).Format(local), ics.WithTZID(london))
	if e.End.After(e.Start) {
		v.SetProperty(ics.ComponentPropertyDtEnd, e.End.In(zone).Format(local), ics.WithTZID(london))
	}
}

// rulesSince is the first whole year of the rules below.
const rulesSince = 1997

// londonRules are the rules that have held since 1996.
func londonRules() *ics.VTimezone {
	zone := ics.NewTimezone(london)
	summer, winter := &ics.Daylight{}, &ics.Standard{}
	for _, half := range []struct {
		of                         *ics.ComponentBase
		name, from, to, start, day string
	}{
		{&summer.ComponentBase, "BST", "+0000", "+0100", "19960331T010000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"},
		{&winter.ComponentBase, "GMT", "+0100", "+0000", "19961027T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"},
	} {
		half.of.AddProperty("TZNAME", half.name)
		half.of.AddProperty("TZOFFSETFROM", half.from)
		half.of.AddProperty("TZOFFSETTO", half.to)
		half.of.AddProperty("DTSTART", half.start)
		half.of.AddProperty("RRULE", half.day)
	}
	zone.Components = append(zone.Components, summer, winter)
	return zone
}
