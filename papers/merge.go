package papers

import (
	"maps"
	"slices"
)

// Merged is what comes of two people having changed the same form.
type Merged struct {
	Values  map[string]string // everything; where both changed a field, what is in Mine
	Clashes []Clash           // the fields that both changed to different values
}

// Clash is a field that two people changed to different values.
type Clash struct {
	Field        string
	Mine, Theirs string
}

// Merge joins what one person made of the values that both began with, and what another saved
// meanwhile. Fields that mine does not name are theirs. What only one of them changed is that person's.
func Merge(base, mine, theirs map[string]string) Merged {
	m := Merged{Values: maps.Clone(theirs)}
	for _, field := range slices.Sorted(maps.Keys(mine)) {
		if mine[field] == base[field] || mine[field] == theirs[field] {
			continue
		}
		m.Values[field] = mine[field]
		if theirs[field] != base[field] {
			m.Clashes = append(m.Clashes, Clash{Field: field, Mine: mine[field], Theirs: theirs[field]})
		}
	}
	return m
}
