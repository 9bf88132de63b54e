package specfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// verifier is one of the password "pencil".
const verifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

// somewhere has a few variables and files.
func somewhere() specfile.Secrets {
	variables := map[string]string{"ALICE_PASSWORD": "of alice", "EMPTY": ""}
	files := map[string]string{
		"of-bob": "of bob\n", "dos": "x y \r\n", "empty": "", "newline": "\n", "lines": "one\ntwo\n", "nul": "a\x00b",
	}
	return specfile.Secrets{
		LookupEnv: func(name string) (string, bool) { value, ok := variables[name]; return value, ok },
		ReadFile: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, fmt.Errorf("open %s: %w", path, os.ErrNotExist)
		},
	}
}

func parse(texts ...string) (*spec.Spec, error) {
	var files []specfile.File
	for i, text := range texts {
		files = append(files, specfile.File{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text)})
	}
	return specfile.Parse(files, somewhere())
}

func mustParse(t *testing.T, texts ...string) *spec.Spec {
	t.Helper()
	s, err := parse(texts...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

// saySpec writes all that a spec says, passwords too. Phrases are written as they stand, if they were read as what they
// say.
func saySpec(t *testing.T, s *spec.Spec) string {
	t.Helper()
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	if s.LockKey != 0 {
		say("lock %d", s.LockKey)
	}
	for _, r := range s.Roles {
		say("%q at %v", r.Name, r.At)
		if r.Comment != nil {
			say("  comment %q", *r.Comment)
		}
		if r.Login != nil {
			say("  login %q %q until %v", string(r.Login.Password.Clear), string(r.Login.Password.Verifier), sayEnd(r.Login))
		}
		if len(r.MemberOf) > 0 {
			say("  in %q", namesOf(r.MemberOf))
		}
		for _, g := range r.Grants {
			say("  %v %s", g.At, sayGrant(t, g))
		}
		for _, g := range r.DirectGrants {
			say("  %v direct %s", g.At, sayGrant(t, g))
		}
		for _, o := range r.Owns {
			say("  %v owns %s", o.At, o.Text)
		}
		if r.Owns != nil && len(r.Owns) == 0 {
			say("  owns nothing")
		}
		if len(r.PreserveInSchemas) > 0 {
			say("  preserves %q", r.PreserveInSchemas)
		}
	}
	return out.String()
}

func namesOf(memberships []spec.Membership) []string {
	var out []string
	for _, m := range memberships {
		out = append(out, m.Role)
	}
	return out
}

func sayGrant(t *testing.T, g spec.Grant) string {
	t.Helper()
	want := spec.MustGrants(g.Text)[0]
	if want.At = g.At; !reflect.DeepEqual(g, want) {
		t.Errorf("%q was read as %+v", g.Text, g)
	}
	return strings.Join(strings.Fields(g.Text), " ")
}

// matches tells whether there are as many problems as wanted, each with what is wanted of it.
func matches(got, want []string) bool {
	return slices.EqualFunc(got, want, func(g, w string) bool { return strings.HasPrefix(g, w) })
}

func sayEnd(login *spec.Login) string {
	switch {
	case login.NoEnd:
		return "ever"
	case login.ValidUntil == nil:
		return "as it is"
	}
	return login.ValidUntil.Format(time.RFC3339Nano)
}

const warehouse = `version: 1
lock_key: 7
roles:
  analysts:
    comment: Everyone who reads the warehouse
    grants:                              # by way of privilege roles
      - CONNECT ON DATABASE warehouse
      - USAGE ON SCHEMA sales
      - SELECT ON TABLE sales.orders, sales."Order Lines"
      - SELECT ON TABLES MATCHING 'fact_.*' IN SCHEMA sales
      - SELECT ON ALL TABLES IN SCHEMA reference
  etl:
    member_of: [analysts, pg_read_all_data]
    owns:
      - SCHEMA staging
      - TABLE sales.orders
    direct_grants:
      - USAGE, CREATE ON SCHEMA staging
    preserve_in_schemas: [scratch, b, scratch]
  alice:
    login:
      password: {env: ALICE_PASSWORD}
      valid_until: 2027-01-31T00:00:00Z
    member_of: [analysts]
  bob: {login: {password: {file: of-bob}}}
  carol: {login: {password: {verifier: "` + verifier + `"}}}
  dora: {login: {valid_until: never}, owns: []}
  emil: {}
`

const warehouseSays = `lock 7
"analysts" at a.yaml:4:3
  comment "Everyone who reads the warehouse"
  a.yaml:7:9 CONNECT ON DATABASE warehouse
  a.yaml:8:9 USAGE ON SCHEMA sales
  a.yaml:9:9 SELECT ON TABLE sales.orders, sales."Order Lines"
  a.yaml:10:9 SELECT ON TABLES MATCHING 'fact_.*' IN SCHEMA sales
  a.yaml:11:9 SELECT ON ALL TABLES IN SCHEMA reference
"etl" at a.yaml:12:3
  in ["analysts" "pg_read_all_data"]
  a.yaml:18:9 direct USAGE, CREATE ON SCHEMA staging
  a.yaml:15:9 owns SCHEMA staging
  a.yaml:16:9 owns TABLE sales.orders
  preserves ["scratch" "b"]
"alice" at a.yaml:20:3
  login "of alice" "" until 2027-01-31T00:00:00Z
  in ["analysts"]
"bob" at a.yaml:25:3
  login "of bob" "" until as it is
"carol" at a.yaml:26:3
  login "" "` + verifier + `" until as it is
"dora" at a.yaml:27:3
  login "" "" until ever
  owns nothing
"emil" at a.yaml:28:3
`

func TestASpecIsRead(t *testing.T) {
	if got := saySpec(t, mustParse(t, warehouse)); got != warehouseSays {
		t.Errorf("got\n%s\nwant\n%s", got, warehouseSays)
	}
}

// A file's bytes may differ in what an editor does to it without being asked.
func TestLineBreaksAndByteOrderMark(t *testing.T) {
	for name, text := range map[string]string{
		"CRLF":            strings.ReplaceAll(warehouse, "\n", "\r\n"),
		"CR":              strings.ReplaceAll(warehouse, "\n", "\r"),
		"byte order mark": "\uFEFF" + warehouse,
		"no last break":   strings.TrimSuffix(warehouse, "\n"),
		"end marks":       strings.Replace(warehouse, "version: 1\n", "version: 1 # ---\n", 1) + "...\n",
	} {
		if got := saySpec(t, mustParse(t, text)); got != warehouseSays {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

func TestJSONIsRead(t *testing.T) {
	value := map[string]any{"version": 1, "roles": map[string]any{
		"a \"b\"\n\u00e9\\/<😀": map[string]any{
			"comment": "tab\tin \u2028 it",
			"grants":  []string{`SELECT ON TABLE a."B c"`, "SELECT ON TABLES MATCHING '\\d+' IN SCHEMA s"},
			"login":   map[string]any{"password": map[string]any{"env": "ALICE_PASSWORD"}, "valid_until": "2027-01-31"},
		},
	}}
	for _, indent := range []string{"", "  ", "\t"} {
		data, err := json.MarshalIndent(value, "", indent)
		if err != nil {
			t.Fatal(err)
		}
		if indent == "" {
			data, _ = json.Marshal(value)
		}
		s := mustParse(t, string(data))
		s.Roles[0].At = spec.Position{}
		for i := range s.Roles[0].Grants {
			s.Roles[0].Grants[i].At = spec.Position{}
		}
		want := `"a \"b\"\né\\/<😀" at 
  comment "tab\tin \u2028 it"
  login "of alice" "" until 2027-01-31T00:00:00Z
   SELECT ON TABLE a."B c"
   SELECT ON TABLES MATCHING '\d+' IN SCHEMA s
`
		if got := saySpec(t, s); got != want {
			t.Errorf("indented by %q: got\n%s\nwant\n%s", indent, got, want)
		}
	}
}

// Bare values are names just as they are written, whatever YAML would make of them.
func TestNamesAreTakenLiterally(t *testing.T) {
	long := strings.Repeat("x", 63)
	for _, c := range []struct{ yaml, want string }{
		{`alice`, "alice"}, {`Alice`, "Alice"}, {`"Alice"`, "Alice"}, {`'it''s'`, "it's"}, {`two words`, "two words"},
		{`a.b`, "a.b"}, {`select`, "select"}, {`SELECT`, "SELECT"}, {`"Nobody"`, "Nobody"}, {`x;--`, "x;--"}, {`$1`, "$1"}, {`a$b$`, "a$b$"},
		{`\`, `\`}, {`a\nb`, `a\nb`}, {`"a\nb"`, "a\nb"}, {`"a\tb"`, "a\tb"}, {"a\tb", "a\tb"}, {"a \t b\t", "a \t b"}, {"1\t2", "1\t2"}, {"'a\tb'", "a\tb"}, {"\"a\\\"\tb\"", "a\"\tb"}, {`'say "hi"'`, `say "hi"`},
		{`"say \"hi\""`, `say "hi"`}, {`日本語`, "日本語"}, {`"\u65e5\U0001F600\uD83D\uDE00\xe9"`, "日😀😀é"}, {`Ünïcödé`, "Ünïcödé"},
		{`"\uD83d\uDE00\uD83D\uDE01x\u00e9"`, "😀😁xé"}, {`'\uD83D\uDE00'`, `\uD83D\uDE00`}, {`\uD83D\uDE00`, `\uD83D\uDE00`}, {`"\\uD83D\\uDE00"`, `\uD83D\uDE00`},
		{"\"\\uD83D\\uDE00 \U000F0000 \\U000F0001\"", "😀 \U000F0000 \U000F0001"}, {"a\u2028b", "a\u2028b"}, {"'a\u2029\u0085b'", "a\u2029\u0085b"}, {"\"a\u2028\\u2028\"", "a\u2028\u2028"},
		{`123`, "123"}, {`0x1F`, "0x1F"}, {`0o17`, "0o17"}, {`017`, "017"}, {`1e3`, "1e3"}, {`1_000`, "1_000"}, {`+1`, "+1"}, {`-0`, "-0"},
		{`1.50`, "1.50"}, {`.inf`, ".inf"}, {`.nan`, ".nan"}, {`true`, "true"}, {`False`, "False"}, {`yes`, "yes"}, {`no`, "no"},
		{`"null"`, "null"}, {`'~'`, "~"}, {`nullable`, "nullable"}, {`2027-01-31`, "2027-01-31"}, {`12:30`, "12:30"}, {`a#b`, "a#b"},
		{`"<<"`, "<<"}, {`"  "`, "  "}, {long, long}, {strings.Repeat("ü", 31) + "x", strings.Repeat("ü", 31) + "x"},
		{`pg`, "pg"}, {`Pg_x`, "Pg_x"}, {`_pgsr`, "_pgsr"}, {`publicity`, "publicity"},
	} {
		s := mustParse(t, "version: 1\nroles:\n  "+c.yaml+":\n    comment: x\n  other:\n    member_of:\n    - "+c.yaml+"\n    preserve_in_schemas: ["+c.yaml+"]\n")
		if got := s.Roles[0].Name; got != c.want {
			t.Errorf("key %s: got %q, want %q", c.yaml, got, c.want)
		}
		if got := s.Roles[1].MemberOf[0].Role; got != c.want {
			t.Errorf("item %s: got %q, want %q", c.yaml, got, c.want)
		}
		if got := s.Roles[1].PreserveInSchemas[0]; got != c.want {
			t.Errorf("item in brackets %s: got %q, want %q", c.yaml, got, c.want)
		}
	}
}

func TestAnchorsAliasesAndMergeKeys(t *testing.T) {
	s := mustParse(t, `version: 1
roles:
  first: &first
    comment: &text one
    member_of: &groups
    - &group readers
    - writers
    grants: [&phrase SELECT ON TABLE a.b]
  second:
    <<: *first
    comment: *group
  third: {<<: [*first, {comment: never, owns: [SCHEMA x]}], grants: [*phrase, USAGE ON SCHEMA a]}
  *text : {member_of: *groups}
  fifth: {<<: {<<: *first, comment: five}, member_of: []}
  again: &first {comment: again}
  sixth: *first
`)
	want := `"first" at a.yaml:3:3
  comment "one"
  in ["readers" "writers"]
  a.yaml:8:22 SELECT ON TABLE a.b
"second" at a.yaml:9:3
  comment "readers"
  in ["readers" "writers"]
  a.yaml:8:22 SELECT ON TABLE a.b
"third" at a.yaml:12:3
  comment "one"
  in ["readers" "writers"]
  a.yaml:8:22 SELECT ON TABLE a.b
  a.yaml:12:79 USAGE ON SCHEMA a
  a.yaml:12:48 owns SCHEMA x
"one" at a.yaml:13:3
  in ["readers" "writers"]
"fifth" at a.yaml:14:3
  comment "five"
  a.yaml:8:22 SELECT ON TABLE a.b
"again" at a.yaml:15:3
  comment "again"
"sixth" at a.yaml:16:3
  comment "again"
`
	if got := saySpec(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Each mapping merges the one before several times; read naively, that is more entries than there are atoms.
func TestMergingTooOften(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n  r0: &r0 {comment: x}\n")
	for i := 1; i < 100; i++ {
		fmt.Fprintf(&text, "  r%d: &r%d {<<: [*r%d, *r%d, *r%d]}\n", i, i, i-1, i-1, i-1)
	}
	if s := mustParse(t, text.String()); *s.Roles[99].Comment != "x" {
		t.Error(*s.Roles[99].Comment)
	}
}

// Each list holds the one before several times, and a password is in the first; gone through naively, that takes
// forever.
func TestAliasesThatMultiply(t *testing.T) {
	var text strings.Builder
	text.WriteString("a0: &a0 [" + leak + "]\n")
	for i := 1; i < 100; i++ {
		fmt.Fprintf(&text, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	text.WriteString(role("login: {password: *a99}"))
	if got := mustHide(t, text.String()); !strings.Contains(got, "    1 | a0: ****[****]\n") {
		t.Error(got)
	}
}

func TestFilesMerge(t *testing.T) {
	s := mustParse(t, "version: 1\nlock_key: -5\nroles: {a: {comment: x}}", "version: 1\nroles: {}", "version: 1\nroles:\n  b: {member_of: [a]}")
	want := "lock -5\n\"a\" at a.yaml:3:9\n  comment \"x\"\n\"b\" at c.yaml:3:3\n  in [\"a\"]\n"
	if got := saySpec(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMultiLineTexts(t *testing.T) {
	s := mustParse(t, `version: 1
roles:
  a:
    comment: |
      two`+"\t"+`l
      lines
    grants:
    - SELECT`+"\t"+`ON TABLE a.b,
        `+"\t"+`c`+"\t"+`.d

        , e.f
    - >-
      SELECT
      ON TABLE a.b
    - "SELECT \
       ON TABLE a.\"b c\""
    - |
      SELECT
      ON TABLE a.b
`)
	want := `"a" at a.yaml:3:3
  comment "two\tl\nlines\n"
  a.yaml:8:7 SELECT ON TABLE a.b, c .d , e.f
  a.yaml:12:7 SELECT ON TABLE a.b
  a.yaml:15:7 SELECT ON TABLE a."b c"
  a.yaml:17:7 SELECT ON TABLE a.b
`
	if got := saySpec(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMoments(t *testing.T) {
	for text, want := range map[string]string{
		`2027-01-31T00:00:00Z`:           "2027-01-31T00:00:00Z",
		`"2027-01-31T00:00:00Z"`:         "2027-01-31T00:00:00Z",
		`2027-01-31`:                     "2027-01-31T00:00:00Z",
		`'2027-01-31'`:                   "2027-01-31T00:00:00Z",
		`2027-01-31T01:30:00+01:30`:      "2027-01-31T00:00:00Z",
		`2027-01-31T00:00:00.5Z`:         "2027-01-31T00:00:00.5Z",
		`2027-01-31T00:00:00.123456789Z`: "2027-01-31T00:00:00.123457Z", // as PostgreSQL rounds
		`9999-12-31T23:59:59Z`:           "9999-12-31T23:59:59Z",
		`0001-01-01`:                     "0001-01-01T00:00:00Z",
		`2028-02-29 # a comment`:         "2028-02-29T00:00:00Z",
		`never`:                          "ever",
	} {
		s := mustParse(t, "version: 1\nroles: \n  a:\n    login:\n      valid_until: "+text+"\n")
		if got := sayEnd(s.Roles[0].Login); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestPasswordFiles(t *testing.T) {
	for path, want := range map[string]string{"of-bob": "of bob", "dos": "x y "} {
		s := mustParse(t, "version: 1\nroles: {a: {login: {password: {file: "+path+"}}}}")
		if got := string(s.Roles[0].Login.Password.Clear); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// A list inside a list counts as its items. Top-level keys that begin with x- are places for anchors, and ignore adds
// up.
func TestListsInListsAndPlacesForAnchors(t *testing.T) {
	s := mustParse(t, `version: 1
x-common: &common
  - USAGE ON SCHEMA a
  - - "SELECT ON TABLE a.b, a.c"
x-names: &names [one, [two]]
x-password: {unknown: [keys, and, so on]}
database: warehouse
ignore: [SCHEMA audit]
roles:
  r:
    grants: [*common, CONNECT ON DATABASE warehouse, *common]
    member_of: [*names, three]
    owns: [[SCHEMA s], []]
  s:
    grants: *common
    settings: {search_path: [[a, b], c]}
`, "version: 1\nignore: [ROLE rds_superuser, [EXTENSION MEMBERS]]\nroles: {}")
	var got []string
	for _, role := range s.Roles {
		for _, grant := range role.Grants {
			got = append(got, grant.Text+" at "+grant.At.String())
		}
		got = append(got, namesOf(role.MemberOf)...)
		for _, owned := range role.Owns {
			got = append(got, owned.Text)
		}
	}
	got = append(got, s.Roles[1].Settings[0].Values...)
	for _, ignored := range s.Ignore {
		got = append(got, ignored.Text+" at "+ignored.At.String())
	}
	want := []string{
		"USAGE ON SCHEMA a at a.yaml:3:5", "SELECT ON TABLE a.b, a.c at a.yaml:4:7", "CONNECT ON DATABASE warehouse at a.yaml:11:23",
		"USAGE ON SCHEMA a at a.yaml:3:5", "SELECT ON TABLE a.b, a.c at a.yaml:4:7", "one", "two", "three", "SCHEMA s",
		"USAGE ON SCHEMA a at a.yaml:3:5", "SELECT ON TABLE a.b, a.c at a.yaml:4:7",
		"a", "b", "c", "SCHEMA audit at a.yaml:8:10", "ROLE rds_superuser at b.yaml:2:10", "EXTENSION MEMBERS at b.yaml:2:31",
	}
	if !slices.Equal(got, want) || s.Database != "warehouse" {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A phrase that stands for several grants gives them all, each with its place.
func TestPhrasesOfSeveralGrants(t *testing.T) {
	s := mustParse(t, "version: 1\nroles:\n  r:\n    direct_grants:\n    - SELECT (a), UPDATE (b) ON TABLE s.t\n    - SELECT ON ALL TABLES, SEQUENCES IN SCHEMA s")
	var got []string
	for _, g := range s.Roles[0].DirectGrants {
		got = append(got, fmt.Sprintf("%s %s %s %d:%d", g.Privileges, g.Columns, g.Target.Kind, g.At.Line, g.At.Column))
	}
	if want := []string{"[SELECT] [a] TABLE 5:7", "[UPDATE] [b] TABLE 5:7", "[SELECT] [] TABLE 6:7", "[SELECT] [] SEQUENCE 6:7"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A list in brackets that no comma cut is read: what stands in it makes no phrase together.
func TestListsInBracketsThatAreNotCut(t *testing.T) {
	s := mustParse(t, "version: 1\nignore: [EXTENSION MEMBERS, ROLE x, ROLE y, SCHEMA c, SCHEMA d]\nroles:\n  r:\n"+
		"    owns: [SCHEMA a, SCHEMA b, s.a, s.b, TABLE s.c, SEQUENCE s.d, TABLES MATCHING 'a' IN SCHEMA s, t.x, \"TABLE u.a, u.b\", u.c]\n")
	if owns, ignored := len(s.Roles[0].Owns), len(s.Ignore); owns != 10 || ignored != 5 {
		t.Errorf("%d phrases of owns, %d of ignore", owns, ignored)
	}
}
