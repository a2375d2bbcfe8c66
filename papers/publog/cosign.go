package publog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the type of a timestamped Ed25519 cosignature (C2SP tlog-cosignature).
const algCosignature = 0x04

// Cosigner signs checkpoints as a witness: that it saw this one at this time, and that it continues
// those it saw before.
type Cosigner struct {
	*CosignVerifier
	private ed25519.PrivateKey
	Now     func() time.Time
}

// CosignVerifier checks the cosignatures of one witness.
type CosignVerifier struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

// NewCosigner makes the key of a witness of 32 bytes.
func NewCosigner(name string, seed [32]byte, now func() time.Time) (*Cosigner, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	v, err := newCosignVerifier(name, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return &Cosigner{CosignVerifier: v, private: private, Now: now}, nil
}

// NewCosignVerifier reads the public key of a witness: name+hash+key, whose key begins with 0x04.
func NewCosignVerifier(vkey string) (*CosignVerifier, error) {
	name, rest, ok := strings.Cut(vkey, "+")
	_, key64, ok2 := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(key64)
	if !ok || !ok2 || err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != algCosignature {
		return nil, errors.New("a witness’s key is written name+hash+key, of the kind 0x04")
	}
	v, err := newCosignVerifier(name, key[1:])
	if err == nil && v.String() != vkey {
		err = errors.New("the hash in the witness’s key does not fit the key")
	}
	return v, err
}

func newCosignVerifier(name string, public ed25519.PublicKey) (*CosignVerifier, error) {
	if name == "" || strings.ContainsAny(name, " +\n\t") {
		return nil, fmt.Errorf("%q cannot be the name of a witness: it has no spaces and no plus", name)
	}
	return &CosignVerifier{name: name, public: public, hash: keyHash(name, append([]byte{algCosignature}, public...))}, nil
}

// keyHash is the short name of a key (C2SP signed-note).
func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256([]byte(name + "\n" + string(key)))
	return binary.BigEndian.Uint32(sum[:])
}

// Name implements note.Verifier.
func (v *CosignVerifier) Name() string { return v.name }

// KeyHash implements note.Verifier.
func (v *CosignVerifier) KeyHash() uint32 { return v.hash }

// String is the public key as it is configured.
func (v *CosignVerifier) String() string {
	key := append([]byte{algCosignature}, v.public...)
	return fmt.Sprintf("%s+%08x+%s", v.name, v.hash, base64.StdEncoding.EncodeToString(key))
}

// Verify implements note.Verifier.
func (v *CosignVerifier) Verify(msg, sig []byte) bool {
	at, ok := cosignedAt(sig)
	return ok && ed25519.Verify(v.public, cosigned(msg, at), sig[8:])
}

// Sign implements note.Signer.
func (c *Cosigner) Sign(msg []byte) ([]byte, error) {
	at := c.Now().Unix()
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), ed25519.Sign(c.private, cosigned(msg, at))...), nil
}

// cosigned is what a witness signs.
func cosigned(msg []byte, at int64) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, msg)
}

func cosignedAt(sig []byte) (int64, bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return 0, false
	}
	at := binary.BigEndian.Uint64(sig)
	return int64(at), at <= 1<<62
}

// Seen says which witness saw a checkpoint, and when.
type Seen struct {
	Witness string    `json:"witness"`
	At      time.Time `json:"at"`
}

// SeenBy lists the cosignatures of an opened checkpoint that were checked.
func SeenBy(n *note.Note, witnesses ...note.Verifier) []Seen {
	var out []Seen
	for _, s := range n.Sigs {
		for _, w := range witnesses {
			if s.Name != w.Name() || s.Hash != w.KeyHash() {
				continue
			}
			if raw, err := base64.StdEncoding.DecodeString(s.Base64); err == nil && len(raw) > 4 {
				if at, ok := cosignedAt(raw[4:]); ok {
					out = append(out, Seen{Witness: s.Name, At: time.Unix(at, 0).UTC()})
				}
			}
		}
	}
	return out
}
