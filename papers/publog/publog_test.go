package publog

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
)

var day = time.Date(2026, 4, 1, 9, 30, 0, 0, time.UTC)

func act(n int64) papers.Act {
	return papers.Act{Number: n, At: day.Add(time.Duration(n) * time.Minute), Kind: papers.ActPaperPublished, Subject: fmt.Sprintf("papers/p%d/v/1", n),
		Board: "partnership-board", Meeting: "partnership-board-2026-04-08", Facts: map[string]string{"sha256": strings.Repeat("ab", 32), "pages": "3"},
		Commitments: map[string]string{"title": Commitment([]byte("0123456789abcdef"), fmt.Sprint("Paper ", n))}}
}

// grown is a log of n acts.
func grown(t testing.TB, n int64) *Memory {
	t.Helper()
	var m Memory
	for i := range n {
		e, err := Entry(act(i + 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return &m
}

func testKey(t testing.TB, seed byte) *Key {
	t.Helper()
	k, err := NewKey("meetings.example.org/log", [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signed(t testing.TB, m *Memory, k *Key) []byte {
	t.Helper()
	root, err := RootAt(m.Size(), m)
	if err != nil {
		t.Fatal(err)
	}
	out, err := note.Sign(&note.Note{Text: Checkpoint{k.Name(), m.Size(), root}.Text()}, k)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The bytes of an entry are for ever: this test may never be changed.
func TestEntryIsForEver(t *testing.T) {
	a := papers.Act{Number: 7, At: time.Date(2026, 4, 1, 9, 30, 0, 5000, time.FixedZone("", 3600)), Kind: "paper.published", Subject: "papers/a&b/v/1",
		Board: "b", Facts: map[string]string{"z": "1", "a": "<2>"}, Commitments: map[string]string{}}
	got, err := Entry(a)
	want := `{"number":7,"at":"2026-04-01T08:30:00.000005Z","kind":"paper.published","subject":"papers/a&b/v/1","board":"b","facts":{"a":"<2>","z":"1"}}`
	if err != nil || string(got) != want {
		t.Fatalf("the entry is %s (%v)", got, err)
	}
	back, err := ParseEntry(got)
	if err != nil || back.Facts["a"] != "<2>" || !back.At.Equal(a.At) {
		t.Fatalf("read back as %+v (%v)", back, err)
	}
	for _, other := range []string{want + " ", strings.Replace(want, `"a":"<2>","z":"1"`, `"z":"1","a":"<2>"`, 1), strings.Replace(want, "{", `{"x":1,`, 1), want + want} {
		if _, err := ParseEntry([]byte(other)); err == nil {
			t.Errorf("took another spelling: %s", other)
		}
	}
}

// Vectors of rules.md 6.12.
func TestTiles(t *testing.T) {
	for path, tile := range map[string]Tile{
		"tile/0/x001/x234/067":      {Index: 1234067, Width: 256},
		"tile/1/000":                {Level: 1, Width: 256},
		"tile/0/273.p/112":          {Index: 273, Width: 112},
		"tile/entries/273.p/112":    {Entries: true, Index: 273, Width: 112},
		"tile/entries/x001/000.p/1": {Entries: true, Index: 1000, Width: 1},
	} {
		if got := tile.Path(); got != path {
			t.Errorf("%+v is at %s, not at %s", tile, got, path)
		}
		if got, err := ParseTile(path); err != nil || got != tile {
			t.Errorf("%s is read as %+v (%v)", path, got, err)
		}
	}
	for _, bad := range []string{"", "tile", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/00/000", "tile/-1/000", "tile/9/000", "tile/0/001/000", "tile/0/x000/000",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1.p/1", "tile/0/000/", "tile/0/xx001/000", "tile/entries/+01", "tile/0/../000"} {
		if got, err := ParseTile(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
	count := func(level int) (full, partial int) {
		for _, tile := range tilesOf(70000, level, false) {
			if tile.Width == 256 {
				full++
			} else {
				partial = tile.Width
			}
		}
		return full, partial
	}
	for level, want := range [][2]int{{273, 112}, {1, 17}, {0, 1}} {
		if full, partial := count(level); full != want[0] || partial != want[1] {
			t.Errorf("level %d of 70,000: %d full and one of %d", level, full, partial)
		}
	}
	if root, err := RootAt(0, &Memory{}); err != nil || base64.StdEncoding.EncodeToString(root[:]) != "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
		t.Errorf("the empty root is %s (%v)", root, err)
	}
}

func TestReceipt(t *testing.T) {
	m, k := grown(t, 300), testKey(t, 1)
	texts := map[string]Opening{"title": {Salt: []byte("0123456789abcdef"), Text: "Paper 5"}}
	r, err := Prove(k, signed(t, m, k), act(5), texts, m)
	if err != nil {
		t.Fatal(err)
	}
	text := r.Text()
	back, err := ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := back.Verify(k.Verifier())
	if err != nil || p.Act.Subject != "papers/p5/v/1" || p.Texts["title"] != "Paper 5" || p.Checkpoint.Size != 300 {
		t.Fatalf("proves %+v (%v)", p, err)
	}
	if _, err := back.Verify(testKey(t, 2).Verifier()); err == nil {
		t.Error("another key of the same name proves it")
	}
	for what, change := range map[string][2]string{
		"the hash of the file": {"abab", "abac"}, "the title": {"Paper 5", "Paper 6"}, "the index": {"index 4", "index 5"},
		"the time": {"09:35:00", "09:34:00"}, "the size": {"\n300\n", "\n299\n"}, "the number": {`"number":5`, `"number":6`},
	} {
		forged := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(forged, text) {
			t.Fatalf("%s is not in the receipt", what)
		}
		if r, err := ParseReceipt(forged); err == nil {
			if p, err := r.Verify(k.Verifier()); err == nil {
				t.Errorf("%s was changed and it still proves %+v", what, p)
			}
		}
	}
}

// served serves a log from memory, as entries and tiles.
func served(t *testing.T, m *Memory, checkpoint []byte, spoil func(path string, data []byte) []byte) Fetch {
	return func(_ context.Context, path string) ([]byte, error) {
		if path == "checkpoint" {
			return spoil(path, checkpoint), nil
		}
		tile, err := ParseTile(path)
		if err != nil || !tile.In(m.Size()) {
			return nil, fmt.Errorf("%s: %w", path, ErrTile)
		}
		if !tile.Entries {
			data, err := tile.Hashes(m)
			return spoil(path, data), err
		}
		var entries [][]byte
		for i := range int64(tile.Width) {
			e, err := Entry(act(tile.From() + i + 1))
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, e)
		}
		data, err := Bundle(entries)
		return spoil(path, data), err
	}
}

func TestAudit(t *testing.T) {
	k := testKey(t, 1)
	old := signed(t, grown(t, 100), k)
	m := grown(t, 700)
	whole := func(_ string, data []byte) []byte { return data }
	n := 0
	a, err := Audit(t.Context(), served(t, m, signed(t, m, k), whole), old, func(papers.Act) error { n++; return nil }, k.Verifier())
	if err != nil || len(a.Differences) > 0 || n != 700 || a.Checkpoint.Size != 700 {
		t.Fatalf("a whole log: %+v, %d acts (%v)", a, n, err)
	}
	other := grown(t, 99)
	e, _ := Entry(act(1))
	if err := other.Add(e); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		earlier []byte
		spoil   func(path string, data []byte) []byte
		want    string
	}{
		"an entry changed": {old, func(path string, data []byte) []byte {
			if path == "tile/entries/001" {
				return bytes.Replace(data, []byte("papers/p300/"), []byte("papers/p301/"), 1)
			}
			return data
		}, "not those of the signed checkpoint"},
		"two entries swapped": {old, func(path string, data []byte) []byte {
			if path != "tile/entries/000" {
				return data
			}
			list, _ := Unbundle(data)
			list[10], list[11] = list[11], list[10]
			out, _ := Bundle(list)
			return out
		}, "Entry 11 calls itself 12"},
		"a tile changed": {old, func(path string, data []byte) []byte {
			if path == "tile/0/002.p/188" {
				data[7]++
			}
			return data
		}, "tile/0/002.p/188 does not hold the hashes"},
		"a tile cut": {old, func(path string, data []byte) []byte {
			if path == "tile/entries/000" {
				return data[:len(data)-5]
			}
			return data
		}, "tile/entries/000 holds"},
		"another past":  {signed(t, other, k), whole, "the past was changed"},
		"a shorter log": {signed(t, grown(t, 800), k), whole, "The log has shrunk"},
		"another key": {old, func(path string, data []byte) []byte {
			if path == "checkpoint" {
				return signed(t, m, testKey(t, 9))
			}
			return data
		}, "not one of meetings.example.org/log"},
	} {
		a, err := Audit(t.Context(), served(t, m, signed(t, m, k), c.spoil), c.earlier, func(papers.Act) error { return nil }, k.Verifier())
		if err != nil || !strings.Contains(strings.Join(a.Differences, " "), c.want) {
			t.Errorf("%s: found %q (%v)", what, a.Differences, err)
		}
	}
}

// place is a record and an anchor in memory.
type place struct {
	tree   *Memory
	signed []byte
	anchor []byte
	lost   int // saves of the anchor that fail
}

func (p *place) Signed(context.Context) ([]byte, error) { return p.signed, nil }
func (p *place) Swap(_ context.Context, old, next []byte) (bool, error) {
	if !bytes.Equal(old, p.signed) {
		return false, nil
	}
	p.signed = next
	return true, nil
}
func (p *place) Tree(context.Context) (int64, tlog.HashReader, error) {
	return p.tree.Size(), p.tree, nil
}
func (p *place) Load() ([]byte, error) { return p.anchor, nil }
func (p *place) Save(signed []byte) error {
	if p.lost > 0 {
		p.lost--
		return errors.New("the disk is full")
	}
	p.anchor = signed
	return nil
}

func TestSignerNeverSignsTwoTrees(t *testing.T) {
	p := &place{tree: grown(t, 10)}
	s := Signer{Log: p, Anchor: p, Key: testKey(t, 1)}
	first, err := s.Sign(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Sign(t.Context()); err != nil || !bytes.Equal(again, first) {
		t.Errorf("signs the same tree anew (%v)", err)
	}
	p.tree, p.lost = grown(t, 12), 1
	if _, err := s.Sign(t.Context()); err == nil {
		t.Error("a signature left although it could not be kept outside the record")
	}
	if _, err := s.Sign(t.Context()); err != nil {
		t.Errorf("does not go on after that: %v", err)
	}
	for what, set := range map[string]func(){
		"the record was set back, its memory too": func() { p.tree, p.signed = grown(t, 10), first },
		"the newest entry is gone":                func() { p.tree = grown(t, 11) },
		"the past is another": func() {
			m := grown(t, 11)
			e, _ := Entry(act(1))
			if err := m.Add(e); err != nil {
				t.Fatal(err)
			}
			p.tree = m
		},
	} {
		keep, keepSigned := p.tree, p.signed
		set()
		if _, err := s.Sign(t.Context()); !errors.Is(err, ErrRolledBack) {
			t.Errorf("%s: %v", what, err)
		}
		p.tree, p.signed = keep, keepSigned
	}
	p.tree = grown(t, 13)
	next := Signer{Log: p, Anchor: p, Key: testKey(t, 2), Former: []note.Verifier{testKey(t, 1).Verifier()}}
	out, err := next.Sign(t.Context())
	if err != nil {
		t.Fatalf("a new key does not continue the old one: %v", err)
	}
	if c, _, err := Open(out, testKey(t, 2).Verifier()); err != nil || c.Size != 13 {
		t.Errorf("the new key signed %+v (%v)", c, err)
	}
}

// seen is the memory of a witness.
type seen map[string]Checkpoint

func (s seen) Last(_ context.Context, origin string) (Checkpoint, error) { return s[origin], nil }
func (s seen) Swap(_ context.Context, old, next Checkpoint) (bool, error) {
	if s[next.Origin] != old {
		return false, nil
	}
	s[next.Origin] = next
	return true, nil
}

func TestWitness(t *testing.T) {
	k := testKey(t, 1)
	cosigner, err := NewCosigner("partner.example.org/witness", [32]byte{7}, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	known, err := NewCosignVerifier(cosigner.String())
	if err != nil {
		t.Fatal(err)
	}
	w := Witness{Logs: map[string]note.Verifier{k.Name(): k.Verifier()}, Memory: seen{}, Key: cosigner}
	ask := func(old, size int64) ([]byte, error) {
		m := grown(t, size)
		a, err := Ask(signed(t, m, k), k.Verifier(), old, m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseAddCheckpoint(a.Body())
		if err != nil {
			t.Fatal(err)
		}
		return w.Add(t.Context(), again)
	}
	if _, err := ask(0, 40); err != nil {
		t.Fatal(err)
	}
	lines, err := ask(40, 90)
	if err != nil {
		t.Fatal(err)
	}
	both, err := Cosign(signed(t, grown(t, 90), k), lines, k.Verifier(), known)
	if err != nil {
		t.Fatal(err)
	}
	_, n, err := Open(both, k.Verifier(), known)
	if err != nil {
		t.Fatal(err)
	}
	if got := SeenBy(n, known); len(got) != 1 || !got[0].At.Equal(day) || got[0].Witness != "partner.example.org/witness" {
		t.Errorf("seen by %+v", got)
	}
	var conflict ConflictError
	if _, err := ask(40, 95); !errors.As(err, &conflict) || conflict.Size != 90 {
		t.Errorf("an old size: %v", err)
	}
	m := grown(t, 89) // another past
	e, _ := Entry(act(3))
	for range 3 {
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	a, err := Ask(signed(t, m, k), k.Verifier(), 90, m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(t.Context(), a); !errors.Is(err, ErrInconsistent) {
		t.Errorf("another past: %v", err)
	}
	a.Signed = signed(t, m, testKey(t, 5))
	if _, err := w.Add(t.Context(), a); !errors.Is(err, ErrUnsigned) {
		t.Errorf("another key: %v", err)
	}
	if _, err := Cosign(signed(t, grown(t, 91), k), lines, k.Verifier(), known); err == nil {
		t.Error("a cosignature of another checkpoint is taken")
	}
}

func FuzzParseReceipt(f *testing.F) {
	m, k := grown(f, 9), testKey(f, 1)
	r, err := Prove(k, signed(f, m, k), act(5), map[string]Opening{"title": {Salt: []byte("s"), Text: "x"}}, m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseReceipt(text)
		if err != nil {
			return
		}
		if p, err := r.Verify(k.Verifier()); err == nil {
			if want, _ := Entry(act(p.Act.Number)); !bytes.Equal(want, r.Entry) {
				t.Errorf("proves what was never logged: %s", r.Entry)
			}
		}
	})
}

func FuzzParseTile(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/12")
	f.Fuzz(func(t *testing.T, path string) {
		if tile, err := ParseTile(path); err == nil && tile.Path() != path {
			t.Errorf("%q is read as %+v", path, tile)
		}
	})
}

func FuzzParseAddCheckpoint(f *testing.F) {
	f.Add([]byte("old 3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\na\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if a, err := ParseAddCheckpoint(body); err == nil && len(a.Proof) > maxProof {
			t.Error("an endless proof is taken")
		}
	})
}
