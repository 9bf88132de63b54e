package script

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

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

// writeState writes a state as JSON, so that different states have different texts. It writes fact by fact: in one
// piece that would take as much memory as all the rest of a plan. A state has no value that JSON cannot hold.
func writeState(sum io.Writer, s State) {
	w := stateWriter{out: sum, before: "{"}
	writeFacts(&w, "roles", s.Roles)
	writeFacts(&w, "memberships", s.Memberships)
	writeFacts(&w, "objects", s.Objects)
	writeFacts(&w, "default_privileges", s.Futures)
	writeFacts(&w, "settings", s.Settings)
	writeFacts(&w, "policies", s.Policies)
	writeFacts(&w, "code", s.Code)
	if !s.Before.IsZero() {
		w.write(`"before":`, s.Before)
	}
	if w.before == "{" {
		w.text("{")
	}
	w.text("}\x00")
}

// stateWriter writes the members of a JSON object, with commas between them.
type stateWriter struct {
	out    io.Writer
	before string
}

// writeFacts writes a list that is not empty.
func writeFacts[T any](w *stateWriter, name string, facts []T) {
	before := `"` + name + `":[`
	for _, fact := range facts {
		w.write(before, fact)
		before = ""
	}
	if len(facts) > 0 {
		w.text("]")
	}
}

func (w *stateWriter) write(before string, value any) {
	if data, err := json.Marshal(value); err == nil {
		w.text(w.before + before)
		_, _ = w.out.Write(data)
	}
	w.before = ","
}

func (w *stateWriter) text(text string) { _, _ = io.WriteString(w.out, text) }

// digested gives the document with its digest.
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
