package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgsr/planner/script"
)

// plans gives saved plans: real ones, which a server was asked for, and those of other tests, which have all kinds of
// changes.
func plans(t testing.TB) [][]byte {
	t.Helper()
	var out [][]byte
	names, err := filepath.Glob("testdata/plans/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no real plans (%v)", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, data)
	}
	documents := []Document{warehouse(), guarded(), hostileDocument(), divided()}
	for _, s := range stories {
		s.document.Masked = false
		documents = append(documents, Document{Document: s.document})
	}
	for _, d := range documents {
		var text bytes.Buffer
		if err := Write(&text, "json", withGuards(d)); err != nil {
			t.Fatal(err)
		}
		out = append(out, text.Bytes())
	}
	return out
}

func TestRealPlansAreRead(t *testing.T) {
	for _, text := range plans(t) {
		if !readsAsItIs(t, text) {
			_, err := ReadJSON(bytes.NewReader(text))
			t.Errorf("%v:\n%s", err, text[:min(len(text), 300)])
		}
	}
}

// FuzzReadJSON puts something into a plan in the place of something else, twice. So inputs are small, and each comes
// far: a whole plan as input is what the fuzzer spends its time on to make it shorter. Each gets the digest that it
// should have, as who means harm would see to.
func FuzzReadJSON(f *testing.F) {
	all := plans(f)
	for i := range all {
		f.Add(uint8(i), uint16(0), uint16(0), "", uint16(0), uint16(0), "")
		for _, seed := range []string{`"Change": {}, `, `\u0000`, `\ud800`, "\xff", "é", "null", `"a": 1, `, `"type": "drop_role", `, `"members": [], `, "-1", "1e0"} {
			f.Add(uint8(i), uint16(100*len(seed)), uint16(0), seed, uint16(1), uint16(4), seed)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, at, cut uint16, put string, at2, cut2 uint16, put2 string) {
		text := all[int(which)%len(all)]
		text = edited(edited(text, int(at), int(cut), put), int(at2), int(cut2), put2)
		readsAsItIs(t, text)
	})
}

// edited puts something in the place of some bytes.
func edited(text []byte, at, cut int, put string) []byte {
	at %= len(text) + 1
	end := at + cut%(len(text)-at+1)
	return slices.Concat(text[:at], []byte(put), text[end:])
}

// readsAsItIs tells whether a plan is read, if need be with the right digest: then it is written as the same plan,
// and each statement says what it does.
func readsAsItIs(t *testing.T, text []byte) bool {
	t.Helper()
	d, err := ReadJSON(bytes.NewReader(text))
	isReplaced := func(digest string) bool { return len(digest) == 64 && bytes.Contains(text, []byte(digest)) }
	for digest := (*digestError)(nil); errors.As(err, &digest) && isReplaced(digest.says); digest = nil { // of plan and file
		text = bytes.Replace(text, []byte(digest.says), []byte(digest.is), 1)
		d, err = ReadJSON(bytes.NewReader(text))
	}
	if err != nil {
		return false
	}
	var want bytes.Buffer
	if err := json.Compact(&want, text); err != nil {
		t.Fatalf("what is read is no JSON: %v", err)
	}
	got, _, err := compactJSON(d)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Fatalf("it is written as another plan (%v):\n%s\n%s", err, got, want.Bytes())
	}
	if again, err := ReadJSON(bytes.NewReader(got)); err != nil || !reflect.DeepEqual(again, d) {
		t.Fatalf("it is read as another plan (%v)", err)
	}
	for _, s := range d.Statements {
		if err := script.CheckNames(s); err != nil {
			t.Fatal(err)
		}
	}
	return true
}
