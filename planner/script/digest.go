package script

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"

	"pgsr/planner/lists"
)

// PlanDigest names what a document does: SHA-256, in hexadecimal, of its statements, verifiers of passwords included,
// as whom and in which database they run, and of what each transaction relies on and leads to. Every form of a plan
// has the same, and the same state and spec give it at any time. The way back has its own.
func (d Document) PlanDigest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %d %q\n", d.Server.SystemIdentifier, d.Server.Database, d.Server.DatabaseOID, d.Server.CurrentUser)
	for _, one := range d.Transactions() {
		for _, s := range one.Statements {
			_, _ = sum.Write([]byte(s.As + "\x00" + SQL(s.Change, d.Server) + "\x00"))
		}
		writeState(sum, one.ReliesOn)
		writeState(sum, one.LeadsTo)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// writeState writes a state so that two that differ are written otherwise. It has no value that JSON can not hold.
func writeState(sum hash.Hash, s State) {
	if data, err := json.Marshal(s); err == nil {
		_, _ = sum.Write(append(data, 0))
	}
}

// digested knows its digest.
func (d Document) digested() Document {
	d.Digest = cmp.Or(d.Digest, d.PlanDigest())
	return d
}

// Digest names a sequence: it is made of the digests of its documents. That of one document for the connected database
// is the document's own.
func (s Sequence) Digest() string {
	return DigestOf(lists.Map(s.Documents, func(d Document) string { return d.digested().Digest }))
}

// DigestOf makes one digest of several.
func DigestOf(digests []string) string {
	sum := sha256.New()
	for _, one := range digests {
		fmt.Fprintln(sum, one)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// digestLine says which plan this is, as every form of it does.
func digestLine(digest string) string { return "digest " + digest }
