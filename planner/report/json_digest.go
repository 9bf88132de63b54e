package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// noChecksum stands in the place of the checksum while that is worked out.
var noChecksum = strings.Repeat("0", 2*sha256.Size)

// beforeChecksum is how every file of a version begins.
func beforeChecksum(version int) string { return fmt.Sprintf(`{"version":%d,"checksum":"`, version) }

// withChecksum puts the checksum into its place: SHA-256, in hexadecimal, of the canonical form with zeros in that
// place. So it covers all that the file says. The digest of the plan does not: a page or a script has no room for
// all.
func withChecksum(data []byte, version int) ([]byte, error) {
	before := beforeChecksum(version)
	place := data[min(len(before), len(data)):]
	if !bytes.HasPrefix(data, []byte(before)) || !bytes.HasPrefix(place, []byte(noChecksum)) {
		return nil, fmt.Errorf("the plan does not begin with %s", before)
	}
	sum := sha256.Sum256(data)
	copy(place, hex.EncodeToString(sum[:]))
	return data, nil
}

// canonicalJSON gives the canonical form of a file, without white space.
func canonicalJSON(file any, version int) ([]byte, error) {
	data, err := script.EncodeJSON(file)
	if err != nil {
		return nil, err
	}
	return withChecksum(escapedJSON(data), version)
}

// checkWritten refuses a file whose digest, checksum or text is not that of what was read from it and written anew.
func checkWritten(version int, saysDigest, digest, saysChecksum string, data, written []byte) error {
	if saysDigest != digest {
		return &digestError{"digest", saysDigest, digest}
	}
	if checksum := string(written[len(beforeChecksum(version)):][:len(noChecksum)]); saysChecksum != checksum {
		return &digestError{"checksum", saysChecksum, checksum}
	}
	return checkCanonical(data, written)
}

// escapedJSON escapes what a reader would not see. Whatever is not ASCII in JSON stands in a string.
func escapedJSON(data []byte) []byte {
	hidden := func(r rune) bool { return r >= utf8.RuneSelf-1 && !catalog.IsSeen(r) }
	if !bytes.ContainsFunc(data, hidden) {
		return data
	}
	var out bytes.Buffer
	for len(data) > 0 {
		r, width := utf8.DecodeRune(data)
		if hidden(r) {
			out.WriteString(utf16Escapes(r))
		} else {
			out.Write(data[:width])
		}
		data = data[width:]
	}
	return out.Bytes()
}

// utf16Escapes writes a character as JSON escapes it: https://www.rfc-editor.org/rfc/rfc8259#section-7
func utf16Escapes(r rune) string {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
