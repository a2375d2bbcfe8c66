package publog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a log says of itself: how many entries it has, and the hash that fixes them all
// and their order (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string // name of the log: its address without scheme
	Size   int64
	Root   tlog.Hash
}

// Text is the body that is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads a body; lines of extensions after the third are passed over.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "" {
		return Checkpoint{}, errors.New("a checkpoint has three lines: origin, size, root")
	}
	c := Checkpoint{Origin: lines[0]}
	var err error
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%q is no size of a log", lines[1])
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return Checkpoint{}, fmt.Errorf("%q is no root of a log", lines[2])
	}
	return c, nil
}

// Key is the Ed25519 key with which a log signs; NewKey makes it of the 32 bytes that the settings
// hold, under the name of the log.
type Key struct {
	note.Signer
	verifier note.Verifier
	text     string
}

// NewKey makes the key of a log.
func NewKey(origin string, seed [32]byte) (*Key, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	public := private.Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("naming the key of the log: %w", err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("reading the key of the log: %w", err)
	}
	return &Key{Signer: keySigner{verifier, private}, verifier: verifier, text: vkey}, nil
}

// keySigner signs with a key that never becomes text.
type keySigner struct {
	note.Verifier
	private ed25519.PrivateKey
}

// Sign implements note.Signer.
func (s keySigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.private, msg), nil }

// Verifier checks what the key signed.
func (k *Key) Verifier() note.Verifier { return k.verifier }

// String is the public key as verifiers take it: name+hash+key.
func (k *Key) String() string { return k.text }

// Open reads a signed checkpoint. It needs a signature of the log's key; those of known witnesses
// are given beside, unknown ones are passed over, and a wrong one of a known key is an error.
func Open(signed []byte, log note.Verifier, witnesses ...note.Verifier) (Checkpoint, *note.Note, error) {
	n, err := note.Open(signed, note.VerifierList(append([]note.Verifier{log}, witnesses...)...))
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checking the signatures of a checkpoint: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	for _, s := range n.Sigs {
		if s.Name == log.Name() && s.Hash == log.KeyHash() {
			return c, n, nil
		}
	}
	return Checkpoint{}, nil, errors.New("the checkpoint is not signed by the key of its log")
}

// Anchor is where the last signed checkpoint is kept outside the record, so that a record that was
// set back is noticed. Load gives nothing when there is none yet; Save is durable when it returns.
type Anchor interface {
	Load() ([]byte, error)
	Save(signed []byte) error
}

// Shared keeps the newest signed checkpoint in the record, for all programs that write to it.
type Shared interface {
	// Signed is the newest signed checkpoint, nil when there is none.
	Signed(ctx context.Context) ([]byte, error)
	// Swap puts next in the place of old, and tells whether old was still there.
	Swap(ctx context.Context, old, next []byte) (bool, error)
	// Tree is the size of the log, and its hashes.
	Tree(ctx context.Context) (int64, tlog.HashReader, error)
}

// ErrRolledBack is what a log answers that does not continue what was signed before: the record was
// set back or changed. It signs nothing until somebody has said what happened.
var ErrRolledBack = errors.New("the record does not continue the last signed checkpoint")

// Signer signs the tree as it grows, and never two trees of which one does not continue the other.
// It may be used by many goroutines of many programs on one record.
type Signer struct {
	Log    Shared
	Anchor Anchor
	Key    *Key
	// Former are keys that signed before this one; what they signed is continued.
	Former []note.Verifier
}

// Sign answers a signed checkpoint of all that is committed. The order is what makes it safe: what
// was signed before is read from both places, the tree must continue both, then the record's place is
// swapped, then the anchor is saved, and only then the signature leaves. After a crash in between,
// the next one reads what is newest and goes on.
func (s *Signer) Sign(ctx context.Context) ([]byte, error) {
	for {
		old, err := s.Log.Signed(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the last checkpoint: %w", err)
		}
		size, tree, err := s.Log.Tree(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the tree: %w", err)
		}
		if err := s.continues(old, size, tree); err != nil {
			return nil, err
		}
		next, err := s.next(old, size, tree)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(next, old) {
			ok, err := s.Log.Swap(ctx, old, next)
			if err != nil {
				return nil, fmt.Errorf("keeping a checkpoint: %w", err)
			}
			if !ok { // another program signed meanwhile: theirs is to be continued
				continue
			}
		}
		if err := s.Anchor.Save(next); err != nil {
			return nil, fmt.Errorf("keeping a checkpoint outside the record: %w", err)
		}
		return next, nil
	}
}

// continues is ErrRolledBack unless the tree holds all that was signed, by the record's memory and
// by the anchor's.
func (s *Signer) continues(old []byte, size int64, tree tlog.HashReader) error {
	anchored, err := s.Anchor.Load()
	if err != nil {
		return fmt.Errorf("reading the checkpoint outside the record: %w", err)
	}
	for _, signed := range [][]byte{old, anchored} {
		if len(signed) == 0 {
			continue
		}
		c, err := s.open(signed)
		if err != nil {
			return err
		}
		if c.Size > size {
			return fmt.Errorf("%w: %d entries were signed, the record holds %d", ErrRolledBack, c.Size, size)
		}
		root, err := RootAt(c.Size, tree)
		if err != nil {
			return err
		}
		if root != c.Root {
			return fmt.Errorf("%w: the first %d entries are others than those that were signed", ErrRolledBack, c.Size)
		}
	}
	return nil
}

func (s *Signer) open(signed []byte) (Checkpoint, error) {
	c, _, err := Open(signed, s.Key.Verifier())
	for _, former := range s.Former {
		if err == nil {
			break
		}
		c, _, err = Open(signed, former)
	}
	return c, err
}

// next is the checkpoint of the tree: the old one, with its cosignatures, when nothing was added.
func (s *Signer) next(old []byte, size int64, tree tlog.HashReader) ([]byte, error) {
	root, err := RootAt(size, tree)
	if err != nil {
		return nil, err
	}
	if c, _, err := Open(old, s.Key.Verifier()); err == nil && c.Size == size && c.Origin == s.Key.Name() {
		return old, nil
	}
	signed, err := note.Sign(&note.Note{Text: Checkpoint{Origin: s.Key.Name(), Size: size, Root: root}.Text()}, s.Key)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return signed, nil
}

// RootAt is the hash of the first size entries of a tree.
func RootAt(size int64, tree tlog.HashReader) (tlog.Hash, error) {
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("hashing the first %d entries: %w", size, err)
	}
	return root, nil
}
