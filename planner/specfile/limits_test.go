package specfile_test

import (
	"bytes"
	"fmt"
	"runtime"
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
	if s := mustParse(t, role("owns: [[]]")); s.Roles[0].Owns == nil {
		t.Error("a list of nothing is none")
	}
	merging := "version: 1\nroles:\n  a: &a {grants: [SELECT ON s.t], owns: [], direct_grants: []}\n  b: {<<: *a}\n"
	if s := mustParse(t, merging); len(s.Roles[1].Grants) != 1 {
		t.Errorf("got %+v", s.Roles[1])
	}
}

// aliasBomb is lists, each of ten times the one before it.
func aliasBomb(leaf string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "version: 1\nx-0: &l0 [%s]\n", leaf)
	for i := range 9 {
		fmt.Fprintf(&text, "x-%d: &l%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d, ", i), 10), ", "))
	}
	return text.String()
}

// many writes n of something, which has a number.
func many(n int, format, between string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(all, between)
}

// TestAliasBombs: a few lines of aliases are refused before they take much memory.
func TestAliasBombs(t *testing.T) {
	const most = 600 << 20
	databases := "version: 1\nx-a: &a {" + many(3000, "d%d: {grants: [SELECT ON s.t]}", ", ") + "}\nroles:\n"
	settings := "version: 1\nx-a: &a {" + many(1000, "a%d: '1'", ", ") + "}\nroles:\n"
	for name, text := range map[string]string{
		"grants":           aliasBomb("SELECT ON s.t, INSERT ON s.u") + "roles:\n  r: {grants: *l9}\n",
		"owns":             aliasBomb("SCHEMA a") + "roles:\n  r: {owns: *l9}\n",
		"members":          aliasBomb("a") + "roles:\n  r: {member_of: *l9}\n",
		"attributes":       aliasBomb("CREATEDB") + "roles:\n  r: {attributes: *l9}\n",
		"schemas":          aliasBomb("a") + "roles:\n  r: {preserve_in_schemas: *l9}\n",
		"elements":         aliasBomb("a") + "roles:\n  r: {settings: {search_path: *l9}}\n",
		"schemas of roles": "version: 1\nx-a: &a [" + many(3000, "s%d", ", ") + "]\nroles:\n" + many(3000, "  r%d: {preserve_in_schemas: *a}", "\n"),
		"merged settings":  settings + many(900, "  r%d: {settings: {<<: *a}}", "\n"),
		"databases":        databases + many(3000, "  r%d: {in: *a}", "\n"),
		"merged databases": databases + many(300, "  r%d: {in: {<<: *a}}", "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := parse(text)
			runtime.ReadMemStats(&after)
			if err == nil || strings.Count(err.Error(), ": grant them to one role, and make the others members of it") != 1 {
				t.Errorf("got %v", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > most {
				t.Errorf("it took %d MB", took>>20)
			}
		})
	}
}

// TestAliasesThatPeopleWrite: a thousand roles that are made of lists, settings and databases that they share.
func TestAliasesThatPeopleWrite(t *testing.T) {
	text := "version: 1\nx-base: &base\n" + many(40, "  - SELECT ON s.t%d", "\n") + "\nx-more: &more [" + many(100, "INSERT ON s.t%d", ", ") +
		"]\nx-role: &role {login: {}, attributes: [CREATEDB], settings: {work_mem: 8MB}}\nx-in: &in {" + many(100, "d%d: {grants: [*base, SELECT ON s.u]}", ", ") + "}\nroles:\n" +
		many(1000, "  r%[1]d:\n    <<: *role\n    in: *in\n    grants: [*base, *more, SELECT ON s.own%[1]d]", "\n")
	s := mustParse(t, text)
	if last := s.Roles[999]; len(last.Grants) != 141 || len(last.In) != 100 || len(last.In[99].Grants) != 41 || len(last.Settings) != 1 {
		t.Errorf("the last role has %d grants, %d databases, %d settings", len(last.Grants), len(last.In), len(last.Settings))
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
