package publog

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearday/papers"
)

// MaxReceipt is the number of bytes that a receipt can have.
const MaxReceipt = 256 << 10

// Receipt proves that one entry is in the log: a text that holds all that the proof needs but the
// trust in the key that signed.
type Receipt struct {
	Key   string // the public key of the log: name+hash+key
	Entry []byte
	Index int64 // of the entry, from 0
	Proof tlog.RecordProof
	// Signed is the checkpoint whose tree the proof leads to, with its cosignatures.
	Signed []byte
	// Texts open the commitments of the entry, by name, as far as they are public and were not erased.
	Texts map[string]Opening
}

// Opening is a text with the salt that its commitment was made with.
type Opening struct {
	Salt []byte
	Text string
}

// Commitment is what an act holds of a text: hex SHA-256 over the salt and the text.
func Commitment(salt []byte, text string) string {
	sum := sha256.Sum256(append(slices.Clone(salt), text...))
	return hex.EncodeToString(sum[:])
}

const (
	receiptHead = "Clearday receipt v1"
	proofHead   = "c2sp.org/tlog-proof@v1"
)

// Prove makes the receipt of an entry in the tree of a signed checkpoint.
func Prove(key *Key, signed []byte, a papers.Act, texts map[string]Opening, tree tlog.HashReader) (Receipt, error) {
	c, _, err := Open(signed, key.Verifier())
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Key: key.String(), Index: a.Number - 1, Signed: signed, Texts: texts}
	if r.Entry, err = Entry(a); err != nil {
		return Receipt{}, err
	}
	if r.Proof, err = tlog.ProveRecord(c.Size, r.Index, tree); err != nil {
		return Receipt{}, fmt.Errorf("proving entry %d: %w", r.Index, err)
	}
	return r, nil
}

// Text writes the receipt: what people read first, then what programs check. The proof is that of
// C2SP tlog-proof.
func (r Receipt) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n# Check it anywhere, without a connection: clearday verify THIS-FILE --file THE-PAPER\nkey %s\nentry %s\n", receiptHead, r.Key, r.Entry)
	names := make([]string, 0, len(r.Texts))
	for name := range r.Texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		o := r.Texts[name]
		text, _ := json.Marshal([2]string{name, o.Text}) // two strings always marshal
		fmt.Fprintf(&b, "text %s %s\n", base64.StdEncoding.EncodeToString(o.Salt), text)
	}
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHead, r.Index)
	for _, h := range r.Proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(r.Signed)
	return b.Bytes()
}

// ParseReceipt reads a receipt. Nothing is proven yet: see Verify.
func ParseReceipt(text []byte) (Receipt, error) {
	r := Receipt{Texts: map[string]Opening{}}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) // as some mail programs keep it
	head, signed, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok || len(text) > MaxReceipt || !bytes.HasPrefix(head, []byte(receiptHead+"\n")) {
		return r, errors.New("this is not a receipt of Clearday: it begins with “" + receiptHead + "”")
	}
	r.Signed = signed
	about, proof, ok := strings.Cut(string(head), "\n"+proofHead+"\n")
	if !ok {
		return r, errors.New("the receipt holds no proof")
	}
	for _, line := range strings.Split(about, "\n")[1:] {
		if err := r.readLine(line); err != nil {
			return r, err
		}
	}
	return r, r.readProof(proof)
}

func (r *Receipt) readLine(line string) error {
	name, value, _ := strings.Cut(line, " ")
	switch name {
	case "#", "":
	case "key":
		r.Key = value
	case "entry":
		r.Entry = []byte(value)
	case "text":
		salt64, text, _ := strings.Cut(value, " ")
		salt, err := base64.StdEncoding.DecodeString(salt64)
		var pair [2]string
		if err != nil || json.Unmarshal([]byte(text), &pair) != nil {
			return errors.New("a text of the receipt cannot be read")
		}
		r.Texts[pair[0]] = Opening{Salt: salt, Text: pair[1]}
	default:
		return fmt.Errorf("the receipt has a line that this version does not know: %q", name)
	}
	return nil
}

func (r *Receipt) readProof(text string) error {
	lines := strings.Split(text, "\n")
	index, ok := strings.CutPrefix(lines[0], "index ")
	var err error
	if r.Index, err = strconv.ParseInt(index, 10, 64); !ok || err != nil || r.Index < 0 {
		return errors.New("the receipt does not say which entry it is about")
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil || len(r.Proof) >= maxProof {
			return errors.New("the proof of the receipt cannot be read")
		}
		r.Proof = append(r.Proof, h)
	}
	return nil
}

// Proven is what a receipt shows once it was checked.
type Proven struct {
	Act        papers.Act
	Texts      map[string]string // those whose commitments fit
	Checkpoint Checkpoint
	Seen       []Seen // by witnesses that are trusted; without one the time is the publisher's word
}

// Verify checks everything: the signature of the log, the proof, the form of the entry, and that
// each text fits its commitment. The key is the one that the caller trusts.
func (r Receipt) Verify(log note.Verifier, witnesses ...note.Verifier) (Proven, error) {
	c, n, err := Open(r.Signed, log, witnesses...)
	if err != nil {
		return Proven{}, fmt.Errorf("the checkpoint is not signed by %s: %w", log.Name(), err)
	}
	p := Proven{Checkpoint: c, Seen: SeenBy(n, witnesses...), Texts: map[string]string{}}
	if err := checkRecord(r.Proof, c, r.Index, r.Entry); err != nil {
		return Proven{}, err
	}
	if p.Act, err = ParseEntry(r.Entry); err != nil {
		return Proven{}, err
	}
	if p.Act.Number != r.Index+1 {
		return Proven{}, fmt.Errorf("the entry calls itself %d and stands at %d", p.Act.Number, r.Index+1)
	}
	for name, o := range r.Texts {
		if p.Act.Commitments[name] != Commitment(o.Salt, o.Text) {
			return Proven{}, fmt.Errorf("the text %q of the receipt is not the one that was logged", name)
		}
		p.Texts[name] = o.Text
	}
	return p, nil
}

func checkRecord(proof tlog.RecordProof, c Checkpoint, index int64, entry []byte) error {
	if index >= c.Size {
		return fmt.Errorf("the checkpoint is of %d entries, the receipt of entry %d", c.Size, index)
	}
	if tlog.CheckRecord(proof, c.Size, c.Root, index, tlog.RecordHash(entry)) != nil {
		return errors.New("the entry is not in the signed log: it was changed, or the proof is of another one")
	}
	return nil
}
