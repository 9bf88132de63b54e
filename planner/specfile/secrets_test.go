package specfile_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// leak is a password that is nowhere else in a spec.
const leak = "hUnTeR2"

// mustHide reads a spec that is wrong and has the password in it, and looks for the password in whatever can be seen
// of the error.
func mustHide(t *testing.T, text string) string {
	t.Helper()
	s, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte(text)}}, specfile.Secrets{
		LookupEnv: func(string) (string, bool) { return leak, true },
		ReadFile:  func(string) ([]byte, error) { return []byte(leak + "\n" + leak), nil },
	})
	if err == nil {
		t.Fatalf("%s\nwas read as %v", text, s)
	}
	seen := []string{err.Error(), fmt.Sprintf("%v %+v %#v", err, err, err)}
	problems, ok := errors.AsType[spec.Errors](err)
	if !ok {
		t.Fatalf("%T is no spec.Errors", err)
	}
	for _, e := range problems {
		seen = append(seen, e.Error(), e.Line, e.Message, fmt.Sprintf("%#v", *e))
	}
	for _, text := range seen {
		if strings.Contains(text, leak) || strings.Contains(text, leak[1:]) || strings.Contains(text, leak[:6]) {
			t.Fatalf("%s\nlet the password out: %s", text, text)
		}
	}
	return err.Error()
}

// allExcerpts gives every line of a file, with a mark at its beginning and in the middle.
func allExcerpts(text string) []string {
	excerpts := specfile.Excerpts([]specfile.File{{Name: "a.yaml", Data: []byte(text)}})
	var out []string
	for i, line := range strings.Split(text, "\n") {
		for _, column := range []int{1, len(line) / 2} {
			out = append(out, excerpts(spec.Position{File: "a.yaml", Line: i + 1, Column: column}).Below(""))
		}
	}
	return out
}

// TestExcerptsHidePasswords: what is wrong on the server alone shows a line as what is wrong with the file does.
func TestExcerptsHidePasswords(t *testing.T) {
	const verifier = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
	const text = `version: 1
x-old: {password: &old {verifier: "` + verifier + `"}} # ` + leak + `
roles:
  alice: {grants: [SELECT ON TABLE s.t], login: {password: {verifier: "` + verifier + `"}}} # was ` + leak + `
  bob:
    login: {password: {env: BOB}}
    # password was ` + leak + `
    member_of: [staff] # whoever
  carl:
    login:
      password:
        verifier: >-
          ` + verifier + `
        # ` + leak + `
  dave: {login: {password: *old}}
  eve: {login: {password: {command: [give, ` + leak + `]}}}
`
	shown := strings.Join(allExcerpts(text), "")
	for _, secret := range []string{leak, "SCRAM", "c2Fsd"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%s is shown:\n%s", secret, shown)
		}
	}
	for _, other := range []string{"bob:", "whoever", "SELECT ON TABLE s.t", "password: ****"} {
		if !strings.Contains(shown, other) {
			t.Errorf("%s is not shown:\n%s", other, shown)
		}
	}
	const want = "\n    8 |     member_of: [staff] # whoever\n      |                 ^"
	excerpts := specfile.Excerpts([]specfile.File{{Name: "a.yaml", Data: []byte(text)}})
	if got := excerpts(spec.Position{File: "a.yaml", Line: 8, Column: 17}).Below(""); got != want {
		t.Errorf("%q", got)
	}
	for _, at := range []spec.Position{{}, {File: "b.yaml", Line: 7, Column: 1}, {File: "a.yaml", Line: 700, Column: 1}} {
		if got := excerpts(at).Below("x"); got != "x" {
			t.Errorf("%v shows %q", at, got)
		}
	}
	if got := strings.Join(allExcerpts("version: 1\nroles: {a: {login: {password: {env: A}}}}\n---\nroles: {b: "+leak+"}\n"), ""); got != "" {
		t.Errorf("what can not be read shows %q", got)
	}
}

// Whatever is wrong with a spec, and wherever, an error does not show a password that stands in it.
func TestPasswordsAreNotInErrors(t *testing.T) { //nolint:funlen // a table of cases
	for name, text := range map[string]string{
		"plain":          role("login: {password: " + leak + "}"),
		"block":          role("login:\n  password: " + leak),
		"below":          role("login:\n  password:\n    " + leak),
		"single quotes":  role("login: {password: '" + leak + "'}"),
		"double quotes":  role(`login: {password: "` + leak + `", x: 1}`),
		"escapes":        role(`login: {password: "\"\x41\\` + leak + `", x: 1}`),
		"with a brace":   role(`login: {password: "}` + leak + `", x: 1}`),
		"tabs":           role("login: {\tpassword:\t'\t}" + leak + "',\tx:\t1}"),
		"plain tabs":     role("login: {x: 1,\tpassword:\ta\tb\t" + leak + "\t,\ty:\t1}"),
		"several lines":  role("login:\n  password: a\n    " + leak + "\n  x: 1"),
		"quoted lines":   role("login:\n  password: \"a\n    " + leak + "\n\n    " + leak + "\"\n  x: 1"),
		"to the left":    role("login:\n  password: 'a\n " + leak + "'\n  x: 1"),
		"literal":        role("login:\n  password: |\n    " + leak + "\n    x" + leak + "\n  x: 1"),
		"folded":         role("login:\n  password: >- # comment " + leak + "\n    " + leak + "\n  x: 1"),
		"comment":        role("login:\n  password: a # was " + leak + "\n  x: 1"),
		"comment of env": role("login:\n  password: {env: x, x: 1} # was " + leak + "\n  x: 1"),
		"comment below":  role("login:\n  password: # was " + leak + "\n    x: 1 # was " + leak),
		"list":           role("login: {password: [" + leak + ", '" + leak + "']}"),
		"key":            role("login: {password: {" + leak + "}}"),
		"key and value":  role("login: {password: {" + leak + ": " + leak + "}}"),
		"quoted key":     role("login: {password: {'" + leak + "': x}}"),
		"deep":           role("login: {password: {a: {b: [" + leak + "]}}}"),
		"verifier":       role("login: {password: {verifier: " + leak + "}}"),
		"both":           role("login: {password: {env: X, verifier: " + leak + "}}"),
		"in login":       role("login: " + leak),
		"list of login":  role("login: [" + leak + "]"),
		"key of login":   role("login: {" + leak + "}"),
		"misspelt":       role("login: {pasword: " + leak + ", passwort: " + leak + ", pw: " + leak + ", pass_word: " + leak + "}"),
		"too far left":   role("password: " + leak),
		"far left":       "version: 1\nroles: {}\npassword: " + leak,
		"of the role":    "version: 1\nroles: {alice: " + leak + "}",
		"list for role":  "version: 1\nroles: {alice: [" + leak + "]}",
		"anchor":         role("comment: &pw " + leak + "\nlogin: {password: *pw}\nmember_of: *pw"),
		"anchored":       role("login: {password: &pw " + leak + "}\nmember_of: *pw"),
		"no colon":       role("login: {password " + leak + "}"),
		"role no colon":  "version: 1\nroles: {alice: {password " + leak + "}}",
		"with a comma":   role("password: x") + "  s: {password: a," + leak + "}\n  t: {login: {password: a," + leak + "}}\n",
		"commas":         role("login: {password: a," + leak + "," + leak + "}"),
		"an alias":       role("login: {password: *" + leak + "}"),
		"an anchor":      role("login: {password: &" + leak + " }"),
		"anchor alone":   role("login: {password: &" + leak + "}"),
		"a tag":          role("login: {password: !" + leak + " }"),
		"a comment":      role("login:\n  password: #" + leak),
		"alias of role":  "version: 1\nroles: {alice: *" + leak + "}",
		"tag of login":   role("login: !" + leak),
		"merge":          role("login: &l {password: "+leak+"}") + "  s: {login: {<<: *l, x: 1}}\n",
		"tag":            role("login: {password: !!str " + leak + "}"),
		"merged login":   role("<<: {login: {password: " + leak + "}}"),
		"from a file":    role("login: {password: {file: x}}"),
		"env and file":   role("login: {password: {env: x, file: x}}"),
		"beside":         role("login: {password: " + leak + ", valid_until: no}\nfoo: 1"),
		"JSON":           `{"version": 2, "roles": {"a": {"login": {"password": "` + leak + `"}, "x": 1}}, "y": 2}`,
		"JSON with tabs": "{\n\t\"version\": 2,\n\t\"roles\": {\n\t\t\"a\": {\"login\":\t{\"password\":\t\"}" + leak + "\"},\t\"x\": 1}}, \"y\": 2}",
		"twice":          role("login: {password: {env: x}, password: " + leak + "}"),
		"not the first":  role("login: {x: 1}\nlogin: {password: " + leak + "}"),
		"all a comment":  "# password: " + leak,
		"second spec":    "version: 1\nroles: {}\n---\nroles: {alice: {login: {password: " + leak + "}}}",

		"attribute":           role("attributes: [CREATEDB, PASSWORD '" + leak + "']"),
		"encrypted":           role("attributes: [ENCRYPTED PASSWORD '" + leak + "']"),
		"attribute, comma":    role("attributes: [PASSWORD 'a, " + leak + ", b', FLY] # " + leak),
		"misspelt attribute":  role("attributes:\n- PASWORD '" + leak + "'\n- FLY"),
		"attribute in a list": role("attributes: [[PASSWORD 'a], " + leak + "', FLY]"),
		"attribute, colon":    role("attributes: [PASSWORD: " + leak + ", x: 1]"),
		"no list":             role("attributes: PASSWORD '" + leak + "'"),
		"attribute by alias":  "x-a: &a PASSWORD " + leak + "\n" + role("attributes: [*a, FLY]"),

		"setting, no space": role("settings: {app.password:" + leak + "}"),
		"setting, no colon": role("settings: {password " + leak + ": x}"),
		"setting, comma":    role("settings: {app.password: a," + leak + ", x: 1}"),
		"setting, repeated": role("settings: {password " + leak + ": x, password " + leak + ": y}"),
		"setting, a list":   role("settings: {password " + leak + ": [x, {}]}"),
		"setting, mapping":  role("settings: {app.password: {" + leak + ": x}}"),
		"long setting":      role("settings: {password_" + strings.Repeat("x", 64) + leak + ": x}"),
		"in a database":     role("in: {db: {settings: {app.password:" + leak + "}}}"),

		// What is no YAML at all.
		"two colons":       role("login: {}\npassword: " + leak + ": x"),
		"unclosed":         role("login:\n  password: \"" + leak + "\n  x: " + leak),
		"unclosed brace":   role("login: {password: {" + leak + "\n" + "x: " + leak),
		"unclosed bracket": role("login: {password: [" + leak + "}}"),
		"wrong indent":     role("login:\n  password: a\n    b: " + leak + ": c"),
		"value below":      role("login:\n  password:\n   " + leak + ": c: d"),
		"value at left":    "login: {\n\"password\":\n" + leak + ": c: d}",
		"bad escape":       role(`login: {password: "\q` + leak + `"}`),
		"bad escape later": role("login: {password: \"a\n" + leak + "\\q\"}"),
		"escaped quote":    "{\"password\": \"a\\\"\n" + leak + "\\q\"}",
		"apostrophe":       "password: 'don''t\n" + leak + ": : '\n",
		"tab in quotes":    role("login: {password: \"\t" + leak + "\"}"),
		"reserved":         role("login: {password: @" + leak + "}"),
		"secret":           role("secret: " + leak + ": c"),
		"misspelt colons":  role("login: {pasword: " + leak + ": : c}"),
		"not UTF-8":        role("login: {password: \xff" + leak + "}"),
		"not UTF-8 before": role("login: {password: " + leak + "\xff}"),
		"anchor unclosed":  role("login: {password: &a \"" + leak + "}"),
	} {
		t.Run(name, func(t *testing.T) { mustHide(t, text) })
	}
}

// What surrounds a password is shown, and the mark is in the right place.
func TestLinesAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		role("login: {password: " + leak + "}"): `a.yaml:4:23: a password must not stand in the file: write {env: NAME}, {file: PATH}, {verifier: "SCRAM-SHA-256$..."} or {command: [PROGRAM, ARGUMENT]}
    4 |     login: {password: ****}
      |                       ^`,
		role("login: {password: {verifier: " + leak + leak + " } , valid_until: x}"): `a.yaml:4:34: the verifier must have the form SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
    4 |     login: {password: {verifier: ****} , valid_until: x}
      |                                  ^
a.yaml:4:66: valid_until "x" is no moment: write it as 2027-01-31T00:00:00Z or 2027-01-31; never for no end, or leave the key out to keep the end that there is
    4 |     login: {password: {verifier: ****} , valid_until: x}
      |                                                       ^`,
		role("login: {password: {env: A, file: b}}"): `a.yaml:4:23: the password is given more than once, by env and file: keep one
    4 |     login: {password: {env: A, file: b}}
      |                       ^
a.yaml:4:38: the password file "b" holds more than one line
    4 |     login: {password: {env: A, file: b}}
      |                                      ^`,
		role("login:\n  password: \"" + leak + "\n  x: " + leak): `a.yaml:5:17: not valid YAML: the text that begins with this quote has no end: the quote is not closed
    5 |       password****
      |               ^`,
	} {
		if got := mustHide(t, text); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// A role may be called what it likes: its lines are shown.
func TestRolesThatAreNamedLikeSecretsAreShown(t *testing.T) {
	got := mustHide(t, "version: 1\nroles:\n  password_reader: {grants: [FLY ON TABLE app.passwords]}\n")
	if !strings.Contains(got, "    3 |   password_reader: {grants: [FLY ON TABLE app.passwords]}\n") {
		t.Error(got)
	}
}

func TestSecretsPrintMasked(t *testing.T) {
	s := mustParse(t, role("login: {password: {env: ALICE_PASSWORD}}"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, s.Roles[0].Login.Password); strings.Contains(text, "alice") {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

// Specs with a few characters added or lost anywhere but in the password and its key do not show it either.
func TestPasswordsAreNotInErrorsOfDamagedSpecs(t *testing.T) {
	const added = "\"'{}[]:,#&*!|>-\n\t \\%@~x"
	sources := []string{
		role("login: {password: KEEP, valid_until: no}\ngrants: [FLY ON a.b]") + "  s: {x: 1}\n",
		role("login:\n  password: KEEP # was KEEP\n  valid_until: no\ngrants: []"),
		role("login:\n  password:\n    verifier: 'KEEP'\nfoo: [1, 2]"),
		role("login:\n  password: |\n    KEEP\n    KEEP\nfoo: [1, 2]"),
		role("login:\n  password: \"a\n    KEEP\n    KEEP\"\nfoo: [1, 2]"),
		`{"version": 1, "roles": {"a": {"login": {"password": "KEEP"}, "x": 1}}, "y": 2}`,
	}
	kept := regexp.MustCompile(`KEEP|password|verifier`)
	random := rand.New(rand.NewPCG(1, 2))
	tried := 3000
	if testing.Short() {
		tried = 300
	}
	for range tried {
		text := sources[random.IntN(len(sources))]
		for range 1 + random.IntN(2) {
			at := random.IntN(len(text))
			part := kept.FindAllStringIndex(text, -1)
			if slices.ContainsFunc(part, func(p []int) bool { return p[0] < at && at < p[1] }) {
				continue
			}
			isStart := slices.ContainsFunc(part, func(p []int) bool { return p[0] == at })
			if random.IntN(2) == 0 || isStart {
				text = text[:at] + string(added[random.IntN(len(added))]) + text[at:]
			} else {
				text = text[:at] + text[at+1:]
			}
		}
		text = strings.ReplaceAll(text, "KEEP", leak)
		if _, err := parse(text); err != nil {
			mustHide(t, text)
		}
	}
}
