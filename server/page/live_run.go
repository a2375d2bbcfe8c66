package page

import (
	"strings"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// Run is what the live desk offers to run the room: adjourning, private session, announcement and stream.
type Run struct {
	Form        Form
	Open        string // which form did not go through: adjourn, private, notice or stream
	Resolutions []Resolution
	Private     []RoomItem // that were to be heard in private, and are not noted as heard in public
	Origins     []string   // from which a stream may come
	Sessions    []SessionRow
}

// Resolution is one that the agenda allows, in model words.
type Resolution struct {
	Value string // of the choice
	Item  string // id, empty where it is for more than one
	Of    string // For item 12
	Words string
}

// SessionRow is a stretch of a meeting as people read it.
type SessionRow struct {
	livestream.Session
	Zone *time.Location
	Says string
	By   string // moved and seconded
}

// SessionRows says what the log of a room holds, in order. The opening and what follows a stop are told
// as the public met them.
func SessionRows(list []livestream.Session, items []papers.Item, zone *time.Location) []SessionRow {
	numbers := map[string]string{}
	for _, i := range items {
		numbers[i.ID] = i.Number
	}
	var out []SessionRow
	for n, s := range list {
		row := SessionRow{Session: s, Zone: zone, Says: sessionSays(s, numbers[s.Item], firstPublic(list[:n]))}
		if s.MovedBy != "" {
			row.By = "Moved by " + s.MovedBy
		}
		if s.SecondedBy != "" {
			row.By = strings.TrimPrefix(row.By+", seconded by "+s.SecondedBy, ", ")
		}
		out = append(out, row)
	}
	return out
}

func firstPublic(before []livestream.Session) bool {
	for _, s := range before {
		if s.Kind == livestream.SessionPublic {
			return false
		}
	}
	return true
}

func sessionSays(s livestream.Session, item string, first bool) string {
	about := ""
	if item != "" {
		about = " for item " + item
	}
	switch s.Kind {
	case livestream.SessionPrivate:
		return "The public was excluded" + about + "."
	case livestream.SessionNotNeeded:
		return "The public stayed" + about + ", although the agenda said that it would be asked to leave."
	case livestream.SessionAdjourned:
		return "The meeting adjourned."
	case livestream.SessionPaused:
		return "The meeting paused."
	}
	if first {
		return "The meeting began in public."
	}
	return "The meeting went on in public."
}
