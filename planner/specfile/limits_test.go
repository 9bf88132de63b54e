package specfile_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/specfile"
)

// manyAliases is a spec of roles that all stand for the first one, which has some phrases.
func manyAliases(roles, phrases int) string {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n  r0: &a\n    grants:\n")
	for i := range phrases {
		fmt.Fprintf(&text, "      - SELECT ON s.t%d\n", i)
	}
	for i := 1; i < roles; i++ {
		fmt.Fprintf(&text, "  r%d: *a\n", i)
	}
	return text.String()
}

// TestAliasesThatComeToTooMuch are refused where they do, once.
func TestAliasesThatComeToTooMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("reads ten million phrases")
	}
	_, err := parse(manyAliases(1101, 10_000))
	if got := sayPlaces(t, err); !matches(got, []string{`4:5: here the spec comes to more than ten million phrases, with all that aliases repeat`}) {
		t.Errorf("got %q", got)
	}
	merging := "version: 1\nroles:\n  a: &a {grants: [SELECT ON s.t], owns: [], direct_grants: []}\n  b: {<<: *a}\n"
	if s := mustParse(t, merging); len(s.Roles[1].Grants) != 1 {
		t.Errorf("got %+v", s.Roles[1])
	}
}

// TestAliasesShareWhatIsRead: what aliases repeat takes no memory of its own, and each role has it.
func TestAliasesShareWhatIsRead(t *testing.T) {
	text := manyAliases(2000, 500)
	s := mustParse(t, text)
	for i := range s.Roles {
		if role := &s.Roles[i]; len(role.Grants) != 500 || role.Grants[499].At.String() != "a.yaml:504:9" {
			t.Fatalf("%s has %d grants, the last at %v", role.Name, len(role.Grants), role.Grants[499].At)
		}
	}
	allocated := testing.AllocsPerRun(1, func() { mustParse(t, text) })
	if allocated > 100_000 {
		t.Errorf("%.0f allocations for a million phrases in 500 lines", allocated)
	}
}

func TestTooLargeFiles(t *testing.T) {
	half := bytes.Repeat([]byte("#"), specfile.MostBytes/2)
	_, err := specfile.Parse([]specfile.File{{Name: "a", Data: half}, {Name: "b", Data: append(half, '#')}}, specfile.Secrets{})
	if err == nil || !strings.HasPrefix(err.Error(), "the spec is larger than 64 MB") {
		t.Error(err)
	}
}

func TestTooLargePassword(t *testing.T) {
	for size, want := range map[int]string{
		specfile.MostPasswordBytes:     "",
		specfile.MostPasswordBytes + 1: `a.yaml:4:30: the password file "f" is larger than 4096 bytes`,
	} {
		secrets := specfile.Secrets{ReadFile: func(string) ([]byte, error) { return bytes.Repeat([]byte("x"), size), nil }}
		_, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte(role("login: {password: {file: f}}"))}}, secrets)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
