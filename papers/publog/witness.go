package publog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxProof is the most hashes that a proof of consistency can have.
const maxProof = 63

// AddCheckpoint is what a log sends to a witness (C2SP tlog-witness, add-checkpoint): the size that
// the witness saw last, the proof that the new tree continues that one, and the signed checkpoint.
type AddCheckpoint struct {
	Old    int64
	Proof  tlog.TreeProof
	Signed []byte
}

// Body is the request as it is sent.
func (a AddCheckpoint) Body() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", a.Old)
	for _, h := range a.Proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(a.Signed)
	return b.Bytes()
}

// ParseAddCheckpoint reads a request.
func ParseAddCheckpoint(body []byte) (AddCheckpoint, error) {
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok || len(body) > 64<<10 {
		return AddCheckpoint{}, errors.New("a request to a witness is the old size, a proof, an empty line and a checkpoint")
	}
	a := AddCheckpoint{Signed: signed}
	lines := bufio.NewScanner(bytes.NewReader(head))
	for first := true; lines.Scan(); first = false {
		if first {
			n, ok := strings.CutPrefix(lines.Text(), "old ")
			size, err := strconv.ParseInt(n, 10, 64)
			if !ok || err != nil || size < 0 {
				return AddCheckpoint{}, errors.New("the first line of a request to a witness is: old SIZE")
			}
			a.Old = size
			continue
		}
		h, err := tlog.ParseHash(lines.Text())
		if err != nil || len(a.Proof) >= maxProof {
			return AddCheckpoint{}, errors.New("the proof of a request to a witness cannot be read")
		}
		a.Proof = append(a.Proof, h)
	}
	return a, nil
}

// Remembered is what a witness keeps of each log: the last checkpoint that it cosigned. Swap is
// durable when it returns, and tells whether the old one was still there.
type Remembered interface {
	Last(ctx context.Context, origin string) (Checkpoint, error) // Size 0 when there is none
	Swap(ctx context.Context, old, next Checkpoint) (bool, error)
}

// Witness cosigns the checkpoints of logs that it knows, each only when it continues the one before.
type Witness struct {
	Logs   map[string]note.Verifier // by origin
	Memory Remembered
	Key    *Cosigner
}

// What a witness answers instead of a cosignature.
var (
	ErrUnknownLog   = errors.New("this witness does not know that log")
	ErrUnsigned     = errors.New("the checkpoint is not signed by its log")
	ErrInconsistent = errors.New("the checkpoint does not continue the one that this witness saw last")
)

// ConflictError is what a witness answers whose last size is not the old one of the request.
type ConflictError struct{ Size int64 }

// Error implements error.
func (e ConflictError) Error() string {
	return fmt.Sprintf("the last checkpoint seen has size %d", e.Size)
}

// Add checks a request and answers the line of the cosignature. What was answered is remembered
// before it leaves.
func (w *Witness) Add(ctx context.Context, a AddCheckpoint) ([]byte, error) {
	origin, _, _ := strings.Cut(string(a.Signed), "\n")
	log, ok := w.Logs[origin]
	if !ok {
		return nil, ErrUnknownLog
	}
	next, n, err := Open(a.Signed, log)
	if err != nil || next.Origin != origin {
		return nil, fmt.Errorf("%w: %w", ErrUnsigned, err)
	}
	last, err := w.Memory.Last(ctx, origin)
	if err != nil {
		return nil, fmt.Errorf("reading what was seen last: %w", err)
	}
	if last.Size != a.Old {
		return nil, ConflictError{last.Size}
	}
	if err := consistent(last, next, a.Proof); err != nil {
		return nil, err
	}
	ok, err = w.Memory.Swap(ctx, last, next)
	if err != nil {
		return nil, fmt.Errorf("remembering a checkpoint: %w", err)
	}
	if !ok { // another request came between
		now, err := w.Memory.Last(ctx, origin)
		if err != nil {
			return nil, fmt.Errorf("reading what was seen last: %w", err)
		}
		return nil, ConflictError{now.Size}
	}
	signed, err := note.Sign(&note.Note{Text: n.Text}, w.Key)
	if err != nil {
		return nil, fmt.Errorf("cosigning: %w", err)
	}
	return bytes.TrimPrefix(signed, []byte(n.Text+"\n")), nil
}

// consistent is ErrInconsistent unless the proof shows that next continues last.
func consistent(last, next Checkpoint, proof tlog.TreeProof) error {
	switch {
	case next.Size < last.Size:
		return ErrInconsistent
	case next.Size == last.Size:
		if len(proof) > 0 || last.Size > 0 && next.Root != last.Root {
			return ErrInconsistent
		}
		return nil
	case last.Size == 0:
		if len(proof) > 0 {
			return ErrInconsistent
		}
		return nil
	}
	if tlog.CheckTree(proof, next.Size, next.Root, last.Size, last.Root) != nil {
		return ErrInconsistent
	}
	return nil
}

// Ask makes the request for a witness that saw the first old entries last.
func Ask(signed []byte, log note.Verifier, old int64, tree tlog.HashReader) (AddCheckpoint, error) {
	c, _, err := Open(signed, log)
	if err != nil {
		return AddCheckpoint{}, err
	}
	a := AddCheckpoint{Old: old, Signed: signed}
	if old > 0 && old < c.Size {
		if a.Proof, err = tlog.ProveTree(c.Size, old, tree); err != nil {
			return AddCheckpoint{}, fmt.Errorf("proving that the log grew: %w", err)
		}
	}
	return a, nil
}

// Cosign adds to a signed checkpoint the lines that a witness answered, when they are of the witness
// and for this checkpoint.
func Cosign(signed, lines []byte, log note.Verifier, w note.Verifier) ([]byte, error) {
	_, n, err := Open(signed, log)
	if err != nil {
		return nil, err
	}
	theirs, err := note.Open(append([]byte(n.Text+"\n"), lines...), note.VerifierList(w))
	if err != nil {
		return nil, fmt.Errorf("checking the cosignature of %s: %w", w.Name(), err)
	}
	kept := n.UnverifiedSigs[:0]
	for _, s := range n.UnverifiedSigs { // an older one of the same witness goes
		if s.Name != w.Name() || s.Hash != w.KeyHash() {
			kept = append(kept, s)
		}
	}
	n.UnverifiedSigs = append(kept, theirs.Sigs[0])
	out, err := note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs, UnverifiedSigs: n.UnverifiedSigs})
	if err != nil {
		return nil, fmt.Errorf("joining the cosignatures of a checkpoint: %w", err)
	}
	return out, nil
}
