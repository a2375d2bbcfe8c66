// Package publog is the publication log: an append-only Merkle tree (RFC 6962) over the acts of the
// record, signed and served so that anyone can prove what was published, when, and that nothing was
// changed since, without trusting the publisher.
//
// The journey reads: [Entry] makes the bytes of a committed act; the store keeps the tree's hashes
// as rows in the act's own transaction; a [Signer] signs a [Checkpoint] of the tree and never one
// that does not continue what it signed before; witnesses add their cosignatures ([Cosigner]); a
// [Receipt] proves one entry offline; [Audit] checks a whole log from outside.
//
// The formats are those of C2SP: tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature and
// tlog-witness (rules.md 6.12). Entries hold no personal data, because a log cannot forget
// (rules.md T-1).
package publog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
)

// MaxEntry is the number of bytes that an entry can have: its length is written in 16 bits.
const MaxEntry = 1<<16 - 1

// entry fixes the names, the order and the form in which an act is hashed. It is part of the
// format: a field may be added at the end and left out where empty, nothing else may change.
type entry struct {
	Number      int64             `json:"number"`
	At          string            `json:"at"`
	Kind        papers.Kind       `json:"kind"`
	Subject     string            `json:"subject"`
	Board       string            `json:"board,omitempty"`
	Meeting     string            `json:"meeting,omitempty"`
	Facts       map[string]string `json:"facts,omitempty"`
	Commitments map[string]string `json:"commitments,omitempty"`
}

// moment is how an entry writes a time: UTC with six decimals, which both databases keep.
const moment = "2006-01-02T15:04:05.000000Z"

// Entry gives the bytes of the act in the log: JSON of one line, names in a fixed order, keys
// sorted, nothing escaped for HTML. The same act gives the same bytes for ever.
func Entry(a papers.Act) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(entry{Number: a.Number, At: a.At.UTC().Format(moment), Kind: a.Kind, Subject: a.Subject, Board: a.Board, Meeting: a.Meeting,
		Facts: a.Facts, Commitments: a.Commitments})
	if err != nil {
		return nil, fmt.Errorf("writing the entry of act %d: %w", a.Number, err)
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(text) > MaxEntry {
		return nil, fmt.Errorf("the entry of act %d has %d bytes, more than the %d of a log", a.Number, len(text), MaxEntry)
	}
	return text, nil
}

// ParseEntry reads what Entry wrote, and refuses every other way to write the same.
func ParseEntry(text []byte) (papers.Act, error) {
	var e entry
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return papers.Act{}, fmt.Errorf("reading an entry: %w", err)
	}
	at, err := time.Parse(moment, e.At)
	if err != nil {
		return papers.Act{}, fmt.Errorf("reading the time of an entry: %w", err)
	}
	a := papers.Act{Number: e.Number, At: at, Kind: e.Kind, Subject: e.Subject, Board: e.Board, Meeting: e.Meeting, Facts: e.Facts, Commitments: e.Commitments}
	again, err := Entry(a)
	if err != nil {
		return papers.Act{}, err
	}
	if !bytes.Equal(again, text) {
		return papers.Act{}, fmt.Errorf("entry %d is not written in the form of this log", a.Number)
	}
	return a, nil
}

// Grow gives the hashes that the tree stores when the entry of this index, from 0, is added.
func Grow(index int64, text []byte, tree tlog.HashReader) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashes(index, text, tree)
	if err != nil {
		return nil, fmt.Errorf("adding entry %d to the tree: %w", index, err)
	}
	return hashes, nil
}
