package specfile_test

import (
	"errors"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// The mark stands under the character that is meant, whatever stands before it.
func TestTheMarkIsUnderTheColumn(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain": {"version: 1\nroles: {a: {x: 1}}", `a.yaml:2:13: unknown key "x": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions
    2 | roles: {a: {x: 1}}
      |             ^`},
		"tabs": {"version: 1\nroles: {a:\t{x: 1}}", "a.yaml:2:13: unknown key \"x\": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions\n" +
			"    2 | roles: {a:\t{x: 1}}\n" +
			"      |           \t ^"},
		"wide": {"version: 1\nroles: {日本ｅ: {x: 1}}", `a.yaml:2:15: unknown key "x": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions
    2 | roles: {日本ｅ: {x: 1}}
      |                  ^`},
		"combined": {"version: 1\nroles: {ne\u0301e: {x: 1}}", "a.yaml:2:16: unknown key \"x\": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions\n" +
			"    2 | roles: {ne\u0301e: {x: 1}}\n" +
			"      |               ^"},
		"control characters": {"version: 1\nroles: {\"a\x1b[31m\": {x: 1}}", "a.yaml:2:11: not valid YAML: the character U+001B is not allowed in YAML: write it as \\x1b between double quotes\n" +
			"    2 | roles: {\"a\uFFFD[31m\": {x: 1}}\n" +
			"      |           ^"},
		"deleted characters": {"version: 1\nroles: {\"a\u007f\u009b\": {x: 1}}", "a.yaml:2:17: unknown key \"x\": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions\n" +
			"    2 | roles: {\"a\uFFFD\uFFFD\": {x: 1}}\n" +
			"      |                 ^"},
		"behind the line": {"version: 1\nroles:\n  a:\n    member_of:\n    -", `a.yaml:5:6: an item of member_of is empty (null and ~ are no texts unless quoted)
    5 |     -
      |      ^`},
		"line number of six digits": {strings.Repeat("\n", 99999) + "version: 1\nroles: []", `a.yaml:100001:8: roles must be a mapping, not a list: write each role's name as a key, for example analysts: {login: {}}
100001 | roles: []
       |        ^`},
	} {
		_, err := parse(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nwant\n%s", name, err, c.want)
		}
	}
}

// JSON is often one long line.
func TestLongLinesAreCut(t *testing.T) {
	many := strings.Repeat(`"SELECT ON TABLE a.b",`, 100)
	_, err := parse(`{"version":1,"roles":{"r":{"grants":[` + many + `"FLY ON TABLE a.b",` + many + `"SELECT ON TABLE a.b"]}}}`)
	got := strings.Split(err.Error(), "\n")
	if !strings.HasPrefix(got[0], `a.yaml:1:2239: unknown privilege "FLY"`) || len(got) != 3 {
		t.Fatal(err)
	}
	line, mark := []rune(strings.TrimPrefix(got[1], "    1 | ")), strings.TrimPrefix(got[2], "      | ")
	if len(line) > 200 || line[0] != '…' || line[len(line)-1] != '…' {
		t.Errorf("%s", string(line))
	}
	if at := len(mark) - 1; !strings.HasPrefix(string(line[at:]), "FLY ON TABLE") {
		t.Errorf("\n%s\n%s", got[1], got[2])
	}
}

func TestErrorsCanBeTakenApart(t *testing.T) {
	_, err := parse("rules_of: {}\nversion: 2")
	var all spec.Errors
	var first *spec.Error
	if !errors.As(err, &all) || len(all) != 3 || !errors.As(err, &first) || first != all[0] {
		t.Fatalf("%v", err)
	}
	if first.At != (spec.Position{File: "a.yaml", Line: 1, Column: 1}) || first.Line != "rules_of: {}" {
		t.Errorf("%+v", first)
	}
}
