package spec

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strconv"

	"pgsr/planner/catalog"
)

// scramVerifier is how PostgreSQL stores a password: https://www.postgresql.org/docs/current/catalog-pg-authid.html
var scramVerifier = regexp.MustCompile(`\ASCRAM-SHA-256\$([0-9]+):([^:$]+)\$([^:$]+):([^:$]+)\z`)

// ParseVerifier gives a verifier, or says what is wrong with it, without showing it.
func ParseVerifier(text string) (verifier catalog.Verifier, problem string) {
	parts := scramVerifier.FindStringSubmatch(text)
	if parts == nil {
		return "", "the verifier must have the form SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>"
	}
	if n, err := strconv.ParseInt(parts[1], 10, 32); err != nil || n < 1 {
		return "", "the verifier's iterations must be a number from 1 to 2147483647"
	}
	for i, name := range []string{"salt", "StoredKey", "ServerKey"} {
		decoded, err := base64.StdEncoding.Strict().DecodeString(parts[i+2])
		if err != nil {
			return "", "the verifier's " + name + " is not base64"
		}
		if i > 0 && len(decoded) != sha256.Size {
			return "", "the verifier's " + name + " has " + strconv.Itoa(len(decoded)) + " bytes: it must have " + strconv.Itoa(sha256.Size)
		}
	}
	return catalog.Verifier(text), ""
}
