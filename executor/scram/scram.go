// Package scram makes and checks the SCRAM-SHA-256 verifiers that PostgreSQL stores in the place of passwords. It
// promises that what it makes lets the password in on a real server, whatever characters it holds.
// https://www.postgresql.org/docs/current/catalog-pg-authid.html and RFC 5802.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package scram

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xdg-go/stringprep"
	"golang.org/x/text/unicode/norm"
)

// Iterations and SaltSize are the server's own defaults (scram_iterations, and SCRAM_DEFAULT_SALT_LEN in its source).
const (
	Iterations = 4096
	SaltSize   = 16
)

// mechanism begins every verifier.
const mechanism = "SCRAM-SHA-256"

// Verifier gives what the server would store for a password: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
// The salt should be [SaltSize] random bytes. An error means that the password can not be used at all.
func Verifier(password string, salt []byte, iterations int) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, prepare(password), salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("deriving a key from the password: %w", err)
	}
	stored := sha256.Sum256(mac(salted, "Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", mechanism, iterations, encode(salt), encode(stored[:]), encode(mac(salted, "Server Key"))), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Matches tells whether a stored verifier is one of the password. It is false for anything that is not a
// SCRAM-SHA-256 verifier.
func Matches(verifier, password string) bool {
	head, _, ok := strings.Cut(strings.TrimPrefix(verifier, mechanism+"$"), "$")
	if !ok || !strings.HasPrefix(verifier, mechanism+"$") {
		return false
	}
	count, salt64, ok := strings.Cut(head, ":")
	iterations, err := strconv.Atoi(count)
	if !ok || err != nil || iterations < 1 {
		return false
	}
	salt, err := base64.StdEncoding.DecodeString(salt64)
	if err != nil {
		return false
	}
	own, err := Verifier(password, salt, iterations)
	return err == nil && subtle.ConstantTimeCompare([]byte(own), []byte(verifier)) == 1
}

// profile is the server's SASLprep up to normalization. Unlike RFC 4013 the server turns U+200B into a space, as it
// does before it drops what is to be dropped, and looks for what is prohibited before it normalizes. The library does
// not know that U+1806 is to be dropped.
var profile = stringprep.Profile{
	Mappings:  append([]stringprep.Mapping{{0x200B: {' '}, 0x1806: {}}}, stringprep.SASLprep.Mappings...),
	Prohibits: stringprep.SASLprep.Prohibits,
	CheckBiDi: true,
}

// prepare does to a password what the server does (pg_saslprep in its source): ASCII stays as it is, also control
// characters; what SASLprep refuses, and what is not UTF-8, is taken as it is too.
func prepare(password string) string {
	if isASCII(password) || !utf8.ValidString(password) {
		return password
	}
	prepared, err := profile.Prepare(password)
	if err != nil || prepared == "" {
		return password
	}
	return norm.NFKC.String(prepared)
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
