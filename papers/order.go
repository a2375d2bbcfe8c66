package papers

import (
	"slices"
	"time"
)

// Way is how an entry of an agenda moves.
type Way string

// The ways. An item takes its sub-items along; a heading goes alone.
const (
	MoveUp    Way = "up"
	MoveDown  Way = "down"
	MoveAfter Way = "after" // to stand after another entry, or first
	MoveIn    Way = "in"    // becomes a sub-item of the item above
	MoveOut   Way = "out"   // becomes an item again
)

// Move says where an entry of an agenda goes.
type Move struct {
	Item  string
	Way   Way
	After string // with MoveAfter: the entry to stand after; empty is first
	Seen  int    // the OrderRevision that the mover looked at; 0 does not ask
}

// Apply gives the agenda after the move, its positions and levels set. ok is false when the move leads
// nowhere: the first goes no higher.
func (mv Move) Apply(agenda []Item) (moved []Item, ok bool) {
	at := slices.IndexFunc(agenda, func(i Item) bool { return i.ID == mv.Item })
	if at < 0 {
		return agenda, false
	}
	list := slices.Clone(agenda)
	switch mv.Way {
	case MoveIn:
		if at == 0 || list[at].Level > 0 || !list[at].Heard() || !list[at-1].Heard() {
			return agenda, false
		}
		list[at].Level = 1
	case MoveOut:
		if list[at].Level == 0 {
			return agenda, false
		}
		list[at].Level = 0
	default:
		to, possible := mv.target(list, at)
		if !possible {
			return agenda, false
		}
		list = carry(list, at, to)
	}
	Arrange(list)
	for n := range list {
		if list[n].ID != agenda[n].ID || list[n].Level != agenda[n].Level {
			return list, true
		}
	}
	return agenda, false
}

// blockEnd is where the entry at a place and its sub-items end.
func blockEnd(list []Item, at int) int {
	end := at + 1
	for list[at].Level == 0 && list[at].Heard() && end < len(list) && list[end].Level > 0 {
		end++
	}
	return end
}

// target is the place before which the entry comes to stand.
func (mv Move) target(list []Item, at int) (to int, ok bool) {
	end := blockEnd(list, at)
	switch mv.Way {
	case MoveUp:
		if at == 0 {
			return 0, false
		}
		to = at - 1
		for list[at].Level == 0 && to > 0 && list[to].Level > 0 {
			to--
		}
		return to, true
	case MoveDown:
		if end == len(list) {
			return 0, false
		}
		if list[at].Level > 0 {
			return end + 1, true
		}
		return blockEnd(list, end), true
	case MoveAfter:
		if mv.After == "" {
			return 0, true
		}
		after := slices.IndexFunc(list, func(i Item) bool { return i.ID == mv.After })
		if after < 0 || after >= at && after < end {
			return 0, false
		}
		to = after + 1
		for list[at].Level == 0 && to < len(list) && list[to].Level > 0 { // sub-items stay together
			to++
		}
		return to, true
	}
	return 0, false
}

// carry takes the entry at a place, with its sub-items, to stand before another place.
func carry(list []Item, at, to int) []Item {
	end := blockEnd(list, at)
	block := slices.Clone(list[at:end])
	rest := slices.Delete(slices.Clone(list), at, end)
	if to > at {
		to -= end - at
	}
	return slices.Insert(rest, max(to, 0), block...)
}

// Arrange numbers the positions of an agenda from 1. A sub-item with no item above it is an item.
func Arrange(agenda []Item) {
	for n := range agenda {
		agenda[n].Position = n + 1
		if n == 0 || !agenda[n].Heard() || !agenda[n-1].Heard() {
			agenda[n].Level = 0
		}
	}
}

// StepKind is what a step did to an agenda.
type StepKind string

// The kinds of step.
const (
	StepAdded   StepKind = "added"
	StepChanged StepKind = "changed"
	StepMoved   StepKind = "moved"
	StepRemoved StepKind = "removed"
)

// Step is one change of an agenda that the person who made it can undo.
type Step struct {
	ID            int64
	Did           StepKind
	Item          string
	Number, Title string
	At            time.Time
}
