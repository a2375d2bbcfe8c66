package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"clearday/papers"
)

// Cost of argon2id: 19 MiB, 2 passes, 1 lane (OWASP's first choice for small machines).
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonLanes   = 1
	minPassword  = 12
	maxPassword  = 200
	argonKeySize = 32
)

// HashPassword checks the length of a new password and gives its argon2id hash in the usual
// $argon2id$ form. There is no rule but length (WCAG 3.3.8, and length is what helps).
func HashPassword(password string) (string, error) {
	if n := len([]rune(password)); n < minPassword {
		return "", papers.Errorf(papers.CodeInvalid, "The password has %d characters. Use at least %d: three or four words are easy to keep.", n, minPassword)
	}
	if len(password) > maxPassword {
		return "", papers.Errorf(papers.CodeInvalid, "The password is too long. Use at most %d characters.", maxPassword)
	}
	var salt [16]byte
	_, _ = rand.Read(salt[:])
	key := argon2.IDKey([]byte(password), salt[:], argonTime, argonMemory, argonLanes, argonKeySize)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt[:]), b64.EncodeToString(key)), nil
}

// noUser is compared against when there is no such user or no password yet, so that an unknown
// address costs the same time as a wrong password.
const noUser = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// CheckPassword tells whether the password fits the hash. It takes the same time for an empty hash.
func CheckPassword(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = noUser
	}
	var version, memory, time int
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || len(password) > maxPassword {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != argonKeySize {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}
