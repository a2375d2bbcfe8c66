package store

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/chacha20poly1305"
)

// sealer keeps personal columns unreadable without the site key. Each use has its own key or label.
type sealer struct {
	site [32]byte
	aead cipher.AEAD
}

func newSealer(site [32]byte) (sealer, error) {
	s := sealer{site: site}
	var err error
	s.aead, err = chacha20poly1305.NewX(s.mac("seal columns"))
	return s, err
}

// mac derives bytes that only the holder of the site key can make.
func (s sealer) mac(label string) []byte {
	h := hmac.New(sha256.New, s.site[:])
	h.Write([]byte(label))
	return h.Sum(nil)
}

// close seals a value for the row it belongs to: it opens nowhere else.
func (s sealer) close(row string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", row, err)
	}
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	_, _ = rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	return s.aead.Seal(nonce, nonce, plain, []byte(row)), nil
}

// open unseals into v what close made for the row.
func (s sealer) open(row string, sealed []byte, v any) error {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return fmt.Errorf("opening %s: %w", row, errors.New("it is cut off"))
	}
	nonce, rest := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	plain, err := s.aead.Open(nil, nonce, rest, []byte(row))
	if err != nil {
		return fmt.Errorf("opening %s (the site key is another than the one it was sealed with: set CLEARDAY_SITE_KEY, or keys/site.key in the data directory, to the site key of this record): %w", row, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("opening %s: %w", row, err)
	}
	return nil
}

// emailKey finds a user by e-mail address without keeping the address.
func (s sealer) emailKey(email string) string {
	return hex.EncodeToString(s.mac("email:" + strings.ToLower(strings.TrimSpace(email))))
}

// crockford has no I, L, O or U: it survives being read out on the telephone.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// code is the private code of a contribution, 50 bits that are derived and never kept.
func (s sealer) code(number string) string {
	c := crockford.EncodeToString(s.mac("mine:" + number))
	return c[:5] + "-" + c[5:10]
}

// isCode compares in constant time. Case, spaces, dashes of any kind and the letters that look or sound
// like digits do not matter.
func (s sealer) isCode(number, code string) bool {
	return subtle.ConstantTimeCompare([]byte(plainCode(code)), []byte(plainCode(s.code(number)))) == 1
}

func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); {
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case unicode.IsSpace(r), unicode.Is(unicode.Dash, r), r == '.', r == '\'', r == '"':
			return -1
		}
		return '?' // anything else is no part of a code
	}, code)
}
