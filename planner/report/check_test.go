package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// TestCheckIsAsItsSchema: whatever the names, in sync or not.
func TestCheckIsAsItsSchema(t *testing.T) {
	schema := compileSchema(t, "../../docs/check.schema.json")
	d := warehouse().Document
	for name, c := range map[string]Check{
		"nothing": {Digest: strings.Repeat("0", 64), InSync: true},
		"much": {
			At: time.Now(), Origin: script.Origin{Version: "1", Sources: []script.Source{{Name: "a\nb", SHA256: "x"}}}, Digest: strings.Repeat("a", 64),
			Databases: []script.Document{d, {Server: d.Server, Left: []catalog.Left{{What: "SELECT", Otherwise: true}}, Ends: []string{"x"}}},
			Warnings:  []string{"w"}, Undecided: []string{"u"}, Vanished: []string{"v"},
		},
	} {
		var text strings.Builder
		if err := WriteCheck(&text, c); err != nil {
			t.Fatal(err)
		}
		isAsSchema(t, schema, name, text.String())
		var read struct {
			Counts struct{ Gives, Takes, Changes int }
		}
		if err := json.Unmarshal([]byte(text.String()), &read); err != nil {
			t.Fatal(err)
		}
		if want := len(d.Statements) * len(c.Databases) / 2; read.Counts.Gives+read.Counts.Takes+read.Counts.Changes != want {
			t.Errorf("%s: %+v are not %d", name, read.Counts, want)
		}
		if strings.Contains(text.String(), "SCRAM-SHA-256$4096") {
			t.Error("a verifier is shown")
		}
	}
}
