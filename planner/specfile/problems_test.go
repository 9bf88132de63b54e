package specfile_test

import (
	"errors"
	"strings"
	"testing"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// sayPlaces writes each problem as place and message, without its line.
func sayPlaces(t *testing.T, err error) []string {
	t.Helper()
	found, ok := errors.AsType[spec.Errors](err)
	if !ok {
		t.Fatalf("%T is no spec.Errors: %v", err, err)
	}
	var out []string
	for _, e := range found {
		out = append(out, strings.TrimPrefix(e.At.String(), "a.yaml:")+": "+e.Message)
	}
	return out
}

// role puts the lines of a role into a spec. They begin in line 4, column 5.
func role(lines string) string {
	return "version: 1\nroles:\n  r:\n    " + strings.ReplaceAll(lines, "\n", "\n    ") + "\n"
}

func TestProblems(t *testing.T) { //nolint:funlen // a table of cases
	long := strings.Repeat("é", 32)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"unknown key":       {"version: 1\nroles: {}\nlockkey: 1", []string{`3:1: unknown key "lockkey": known are version, lock_key, missing, mode, database, ignore, public, roles (did you mean lock_key?)`}},
		"unknown role key":  {role("grant: []\nxyz: 1"), []string{`4:5: unknown key "grant": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions (did you mean grants?)`, `5:5: unknown key "xyz": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions`}},
		"key with hyphens":  {role("member-of: []\nDirect-Grants: []"), []string{`4:5: unknown key "member-of": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions (did you mean member_of?)`, `5:5: unknown key "Direct-Grants": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions (did you mean direct_grants?)`}},
		"keys of login":     {role("password: {env: A}\nvalid_until: never"), []string{`4:5: password is a key of login: write login: {password: ...}`, `5:5: valid_until is a key of login: write login: {valid_until: ...}`}},
		"unknown login key": {role("login:\n  until: 2027-01-31"), []string{`5:7: unknown key: known are password, valid_until`}},
		"no space":          {role("login: {password: {env:ALICE_PASSWORD}, valid_until:2027-01-31}") + "  s: {comment:x}\n", []string{`4:24: unknown key: known are env, file, verifier, command (a colon needs a space behind it)`, `4:45: unknown key: known are password, valid_until (a colon needs a space behind it)`, `5:7: unknown key "comment:x": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions (did you mean comment?) (a colon needs a space behind it)`}},
		"unknown source":    {role("login: {password: {vault: x}}"), []string{`4:24: unknown key: known are env, file, verifier, command`}},
		"duplicate key":     {role("comment: a\ngrants: []\ncomment: b"), []string{`6:5: the key "comment" stands here twice: first in line 4`}},
		"duplicate top key": {"version: 1\nroles: {}\nroles: {}\nversion: 1", []string{`3:1: the key "roles" stands here twice: first in line 2`, `4:1: the key "version" stands here twice: first in line 1`}},
		"duplicate role":    {"version: 1\nroles:\n  '1': {}\n  b: {}\n  1: {x: y}", []string{`5:3: the key "1" stands here twice: first in line 3`, `5:7: unknown key "x"`}},
		"empty sources": {role(`login: {password: {env: ""}}`) + "  second:\n    login: {password: {file: ''}}", []string{
			`4:29: env is empty: write the name of the variable that holds the password`, `6:30: file is empty: write the name of the file of which the only line is the password`,
		}},
		"duplicate password": {role("login: {password: {env: ALICE_PASSWORD, env: ALICE_PASSWORD}}"), []string{`4:45: the key "env" stands here twice: first in line 4`}},

		"unknown privilege":      {role("grants:\n- SELCT ON TABLE sales.orders"), []string{`5:7: unknown privilege "SELCT" for a TABLE: known are SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN (did you mean SELECT?)`}},
		"privilege does not fit": {role("direct_grants:\n- SELECT,   USAGE ON TABLE a.b"), []string{`5:17: USAGE is no privilege of a TABLE: known are SELECT, INSERT`}},
		"unbalanced name":        {role(`grants: [SELECT ON a."b]`), []string{`4:26: the quote " is not closed`}},
		"unbalanced pattern":     {role("owns:\n- TABLES MATCHING 'a IN SCHEMA b"), []string{`5:23: the quote ' is not closed`}},
		"invalid regex":          {role("grants:\n- SELECT ON TABLES MATCHING 'a(' IN SCHEMA b"), []string{"5:33: invalid regular expression: missing closing ): `a(`"}},
		"empty phrase":           {role(`grants: ["", ' ']`), []string{`4:14: the phrase is empty`, `4:18: the phrase is empty`}},
		"phrase of owns":         {role(`owns: [PARAMETER a.b, SCHEMA pg_x]`), []string{`4:12: owns is not for a PARAMETER: it is for DATABASE, SCHEMA, TABLE, SEQUENCE, LANGUAGE, TABLESPACE, ROUTINE, FUNCTION, PROCEDURE, TYPE, DOMAIN, FOREIGN DATA WRAPPER, FOREIGN SERVER, LARGE OBJECT`, `4:34: schemas whose names begin with pg_`}},
		"comma in brackets":      {role(`grants: [SELECT, INSERT ON TABLE a.b]`), []string{`4:14: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "SELECT, INSERT ON TABLE a.b"`}},
		"several cut phrases": {role(`direct_grants: [USAGE ON SCHEMA a, SELECT (a, b) ON TABLE s.t, UPDATE ON "S".x, s.y, 'z' , s.u]`), []string{
			`4:40: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "SELECT (a, b) ON TABLE s.t"`,
			`4:68: inside of [...] YAML ends a text at each comma: write this phrase in quotes: 'UPDATE ON "S".x, s.y'`, `4:91: unknown privilege "z"`, `4:92: ON is missing`, `4:96: unknown privilege "s"`, `4:97: unexpected "."`}},
		"a phrase cut in four":    {role(`owns: [SCHEMA a, b, c, d]`), []string{`4:12: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "SCHEMA a, b, c, d"`}},
		"cut behind EXCEPT":       {role(`owns: [ALL TABLES IN SCHEMA s EXCEPT s.a, s.b, s.c, SCHEMA x]`), []string{`4:12: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "ALL TABLES IN SCHEMA s EXCEPT s.a, s.b, s.c"`}},
		"cut in two that read":    {role(`owns: [SCHEMA x, SEQUENCE s.a, s.b]`), []string{`4:22: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "SEQUENCE s.a, s.b"`}},
		"cut tables":              {role(`owns: [[TABLE s.a, s.b], SCHEMA a, SCHEMA b]`), []string{`4:13: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "TABLE s.a, s.b"`}},
		"cut under ignore":        {"version: 1\nignore: [SEQUENCE s.a, s.b, c, ROLE r]\nroles: {}", []string{`2:10: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "SEQUENCE s.a, s.b"`, `2:29: write schema.name`}},
		"cut, and read behind":    {role(`owns: [TABLES MATCHING 'a' IN SCHEMA s, t EXCEPT s.a, t.b]`), []string{`4:12: inside of [...] YAML ends a text at each comma: write this phrase in quotes: "TABLES MATCHING 'a' IN SCHEMA s, t EXCEPT s.a, t.b"`}},
		"cut and wrong":           {role(`grants: [SELECT, INSRT ON TABLE a.b]`), []string{`4:20: ON is missing: write for example SELECT ON TABLE schema.name (inside of [...]`, `4:22: unknown privilege "INSRT"`}},
		"a mapping by a colon":    {role("grants:\n- SELECT ON TABLE a: b\n- [SELECT ON c:]\n- {SELECT ON d: e}\n- SELECT ON TABLE s.\"a: b\""), []string{`5:7: a colon made YAML take this phrase for a mapping: leave the colon out, or write the phrase in quotes`, `6:8: a colon made YAML`, `7:7: an item of grants must be a text, not a mapping`, `8:7: a colon made YAML take this phrase for a mapping: write it in quotes: 'SELECT ON TABLE s."a: b"'`}},
		"names of ignore":         {"version: 1\nroles: {}\nignore: [SCHEMA a, ROLE b, CREATE ON SCHEMA c, EXTENSION x]", []string{`3:28: ignore takes no privileges`, `3:48: write EXTENSION MEMBERS`}},
		"database null":           {"version: 1\nroles: {}\ndatabase:", []string{`3:1: database is empty`}},
		"database empty":          {"version: 1\nroles: {}\ndatabase: ''", []string{`3:11: database is empty`}},
		"database too long":       {"version: 1\nroles: {}\ndatabase: " + long, []string{`3:11: the name "` + long + `" is 64 bytes long`}},
		"options under grants":    {role("grants: [SELECT ON a.b WITH GRANT OPTION]"), []string{`4:14: WITH GRANT OPTION is for direct_grants`}},
		"long name in phrase":     {role("grants:\n- USAGE ON SCHEMA a, " + long), []string{`5:26: the name "` + long + `" is 64 bytes long: PostgreSQL allows 63`}},
		"NUL in phrase":           {role(`grants: ["USAGE ON SCHEMA \"a\0\""]`), []string{`4:31: the name "a\x00" holds a NUL character`}},
		"single quotes doubled":   {role(`grants: ['SELECT ON TABLES MATCHING ''a''''('' IN SCHEMA b']`), []string{"4:41: invalid regular expression: missing closing ): `a'(`"}},
		"after doubled quotes":    {role(`grants: ['SELECT ON TABLES MATCHING ''a'' IN SCHEMA b TO c']`), []string{`4:59: leave out TO`}},
		"escapes before":          {role(`grants: ["SELECT \x4fN TABLE a.\"\u00e9\uD83D\uDE00\" TO c"]`), []string{`4:59: leave out TO`}},
		"wide characters before":  {role(`grants: ['USAGE ON SCHEMA 日本, 日本 TO c']`), []string{`4:38: leave out TO`}},
		"tabs before":             {role("grants: [\t'USAGE ON\t SCHEMA\ta TO c',\tUSAGE ON\tSCHEMA a\tTO c]"), []string{`4:35: leave out TO`, `4:60: leave out TO`}},
		"phrase in several lines": {role("grants:\n- SELECT ON\n    TABLE a.b TO c\n- >-\n  SELECT TO"), []string{`5:7: leave out TO`, `7:7: unexpected "TO"`}},

		"missing variable":   {role("login: {password: {env: NOBODY}}"), []string{`4:29: the environment variable "NOBODY", which is to hold the password, is not set`}},
		"empty variable":     {role("login: {password: {env: EMPTY}}"), []string{`4:29: the environment variable "EMPTY" holds no password: it is empty`}},
		"unreadable file":    {role("login: {password: {file: nowhere}}"), []string{`4:30: the password file "nowhere" cannot be read: open nowhere: file does not exist`}},
		"empty file":         {role("login: {password: {file: empty}}"), []string{`4:30: the password file "empty" holds no password: it is empty`}},
		"file of a newline":  {role("login: {password: {file: newline}}"), []string{`4:30: the password file "newline" holds no password`}},
		"file of lines":      {role("login: {password: {file: lines}}"), []string{`4:30: the password file "lines" holds more than one line`}},
		"file with NUL":      {role("login: {password: {file: nul}}"), []string{`4:30: the password file "nul" holds a NUL character`}},
		"password in clear":  {role("login: {password: hunter2}"), []string{`4:23: a password must not stand in the file: write {env: NAME}, {file: PATH}, {verifier: "SCRAM-SHA-256$..."} or {command: [PROGRAM, ARGUMENT]}`}},
		"password number":    {role("login: {password: 12345}"), []string{`4:23: a password must not stand in the file`}},
		"password list":      {role("login: {password: [x]}"), []string{`4:23: password must be a mapping, not a list`}},
		"password null":      {role("login:\n  password:\n  valid_until: 2027-01-31"), []string{`5:7: password is empty`}},
		"password of naught": {role("login: {password: {}}"), []string{`4:23: password is empty`}},
		"several passwords":  {role("login: {password: {env: ALICE_PASSWORD, file: of-bob}}"), []string{`4:23: the password is given more than once, by env and file: keep one`}},
		"variable null":      {role("login: {password: {env: }}"), []string{`4:24: env is empty: it must be a text`}},
		"variable list":      {role("login: {password: {env: [A]}}"), []string{`4:29: env must be a text, not a list`}},
		"verifier":           {role("login: {password: {verifier: md5abc}}"), []string{`4:34: the verifier must have the form SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`}},
		"verifier's count":   {role("login: {password: {verifier: " + strings.Replace(verifier, "4096", "0", 1) + "}}"), []string{`4:34: the verifier's iterations must be a number from 1 to 2147483647`}},
		"verifier's salt":    {role("login: {password: {verifier: " + strings.Replace(verifier, "==", "", 1) + "}}"), []string{`4:34: the verifier's salt is not base64`}},
		"verifier's key":     {role("login: {password: {verifier: " + strings.Replace(verifier, "WG5d", "", 1) + "}}"), []string{`4:34: the verifier's StoredKey has 29 bytes: it must have 32`}},
		"verifier's end":     {role("login: {password: {verifier: " + verifier + "x}}"), []string{`4:34: the verifier's ServerKey is not base64`}},

		"long role":             {"version: 1\nroles:\n  " + long + ": {member_of: [" + long + "x]}", []string{`3:3: the name "` + long + `" is 64 bytes long: PostgreSQL allows 63`, `3:50: the name "` + long + `x" is 65 bytes long`}},
		"NUL":                   {"version: 1\nroles:\n  \"a\\0b\": {member_of: [\"\\0\"], preserve_in_schemas: [\"c\\x00\"], comment: \"\\u0000\"}", []string{`3:3: the name "a\x00b" holds a NUL character, which PostgreSQL does not allow`, `3:24: the name "\x00" holds a NUL character`, `3:53: the name "c\x00" holds a NUL character`, `3:72: the comment holds a NUL character`}},
		"raw NUL":               {"version: 1\nroles:\n  a\x00b: {}", []string{`3:4: not valid YAML: the character U+0000 is not allowed in YAML: write it as \x00 between double quotes`}},
		"empty name":            {"version: 1\nroles:\n  '': {member_of: [''], preserve_in_schemas: ['']}", []string{`3:3: a name must not be empty`, `3:20: a name must not be empty`, `3:47: a name must not be empty`}},
		"reserved roles":        {"version: 1\nroles:\n  public: {}\n  none: {}\n  pg_x: {}\n  _pgsr_x: {}", []string{`3:3: "public" is a reserved name: no role can have it`, `4:3: "none" is a reserved name`, `5:3: names that begin with pg_ are reserved for PostgreSQL's own roles: "pg_x" can be in member_of`, `6:3: names that begin with _pgsr_ are reserved for privilege roles`}},
		"reserved groups":       {role("member_of: [public, none, pg_monitor, _pgsr_x]"), []string{`4:17: "public" is a reserved name`, `4:25: "none" is a reserved name`, `4:43: names that begin with _pgsr_ are reserved`}},
		"schemas of the server": {role("grants: [USAGE ON SCHEMA pg_toast, SELECT ON ALL TABLES IN SCHEMA pg_temp_3, SELECT ON pg_toast_temp_1.x]"), []string{`4:14: schema "pg_toast" is where the server keeps long values of tables`, `4:40: schema "pg_temp_3" is where`, `4:82: schema "pg_toast_temp_1" is where`}},
		"reserved in any case":  {"version: 1\nroles:\n  PUBLIC: {}\n  r: {member_of: [Public, NONE]}", []string{`3:3: "PUBLIC" reads like PUBLIC, which is no role: one of this name can stand under ignore, but nowhere else`, `4:19: "Public" reads like PUBLIC`, `4:27: "NONE" reads like NONE`}},
		"public":                {"version: 1\npublic: {grant: []}\nroles: {}", []string{`2:10: unknown key "grant": known are grants, revokes, in (did you mean grants?)`}},
		"public null":           {"version: 1\npublic:\nroles: {}", []string{`2:1: public is empty: leave it out, or write {}, for nothing that is decided`}},
		"public with option":    {"version: 1\npublic: {grants: [USAGE ON SCHEMA a WITH GRANT OPTION]}\nroles: {}", []string{`2:19: leave out WITH GRANT OPTION: PUBLIC can not have grant options`}},
		"public until":          {"version: 1\npublic: {grants: [\"USAGE ON SCHEMA a UNTIL '2030-01-01T00:00:00Z'\"]}\nroles: {}", []string{`2:19: leave out UNTIL: under public nothing ends`}},
		"public in schema":      {"version: 1\npublic: {revokes: [SELECT ON FUTURE TABLES IN SCHEMA a FOR ROLE b]}\nroles: {}", []string{`2:20: default privileges in a schema only add to those for the whole database, so that PostgreSQL would ignore this: leave out IN SCHEMA`}},
		"public all and future": {"version: 1\npublic: {revokes: [SELECT ON ALL AND FUTURE TABLES IN SCHEMA a FOR ROLE b]}\nroles: {}", []string{`2:20: default privileges in a schema only add to those for the whole database, so that PostgreSQL would ignore this: write ALL and FUTURE apart, FUTURE without IN SCHEMA`}},
		"future under grants":   {role("grants: [SELECT ON FUTURE TABLES FOR ROLE b]"), []string{`4:14: FUTURE is for direct_grants`}},
		"future under owns":     {role("owns: [FUTURE TABLES FOR ROLE b]"), []string{`4:12: FUTURE is for direct_grants and public`}},
		"future under ignore":   {"version: 1\nignore: [FUTURE TABLES FOR ROLE b]\nroles: {}", []string{`2:10: ignore takes no FUTURE`}},
		"missing":               {"version: 1\nmissing: error\nroles: {}", []string{`2:10: missing must be refuse or warn, not "error"`}},
		"missing null":          {"version: 1\nmissing:\nroles: {}", []string{`2:1: missing is empty: write missing: warn to go on without what does not exist; missing: refuse, or to leave the key out, refuses`}},
		"missing a list":        {"version: 1\nmissing: [warn]\nroles: {}", []string{`2:10: missing must be a text, not a list`}},
		"null as name":          {"version: 1\nroles:\n  null:\n  ~: {}\n  r: {member_of: [null, ~, ], preserve_in_schemas: [NULL]}", []string{`3:3: a name is missing (null and ~ are no names unless quoted: "null")`, `4:3: a name is missing`, `5:19: an item of member_of is empty`, `5:25: an item of member_of is empty`, `5:53: an item of preserve_in_schemas is empty`}},
		"membership twice":      {role("member_of: [a, b, a, r]"), []string{`4:23: the membership in "a" is listed twice`, `4:26: the role "r" cannot be a member of itself`}},
		"lists are mappings":    {role("member_of: {a: b}\ngrants: {}\ndirect_grants: {}\nowns: {}\npreserve_in_schemas: {}"), []string{`4:16: member_of must be a list, not a mapping`, `5:13: grants must be a list`, `6:20: direct_grants must be a list`, `7:11: owns must be a list`, `8:26: preserve_in_schemas must be a list`}},
		"lists are texts":       {role("member_of: a\ngrants: 1\nowns: true\npreserve_in_schemas: |\n  x"), []string{`4:16: member_of must be a list, not a text: write a line for each below it, which begins with -`, `5:13: grants must be a list, not a number`, `6:11: owns must be a list, not true or false`, `7:26: preserve_in_schemas must be a list, not a text`}},
		"lists are null":        {role("member_of:\ngrants: ~"), []string{`4:5: member_of is empty: write member_of: [] for nothing; to leave the key out says the same`, `5:5: grants is empty: write grants: []`}},
		"owns null":             {role("owns:\npreserve_in_schemas:"), []string{`4:5: owns is empty: write owns: [] for no schema and no table; leave the key out to keep what the role owns`, `5:5: preserve_in_schemas is empty: write preserve_in_schemas: []`}},
		"items":                 {role("grants:\n- \n- [a]\n- {a: b}\n- 1\nmember_of: [[a], {b: c}]"), []string{`5:6: an item of grants is empty`, `6:8: unknown privilege "a"`, `6:9: ON is missing: write for example a ON TABLE schema.name`, `7:7: an item of grants must be a text, not a mapping`, `8:7: unexpected "1"`, `9:22: role is missing: write {role: NAME`, `9:23: unknown key "b": known are role, admin, inherit, set, until, if_exists`}},
		"comments":              {role("comment:") + "  s: {comment: [x]}\n", []string{`4:5: comment is empty: write comment: "" for none; leave the key out to keep the comment that the role has`, `5:16: comment must be a text, not a list`}},
		"login":                 {role("login:") + "  s: {login: true}\n  t: {login: [x]}\n  u: {login: yes}\n", []string{`4:5: login is empty: write login: {} to let the role log in with the password that it has; leave the key out for a role that cannot log in`, `5:14: login must be a mapping, not true or false: write login: {} to let the role log in`, `6:14: login must be a mapping, for example {}, not a list`, `7:14: login must be a mapping, for example {}, not a text`}},
		"role null":             {"version: 1\nroles:\n  r:\n  s: ~", []string{`3:3: the role "r" is empty: write {} for a role that has nothing and cannot log in; leave it out to leave it as it is`, `4:3: the role "s" is empty`}},
		"roles are a list":      {"version: 1\nroles:\n- alice", []string{`3:1: roles must be a mapping, not a list: write each role's name as a key`}},
		"roles with names":      {"version: 1\nroles:\n- name: alice\n  login: {}", []string{`3:1: roles must be a mapping, not a list: write each role's name as a key`}},
		"key beside roles":      {"version: 1\ngrants: [USAGE ON SCHEMA s]\nroles: {}", []string{`2:1: grants is a key of a role: write it below the role's name, which stands below roles`}},
		"item too far":          {role("grants:\n- USAGE ON SCHEMA s\n  - USAGE ON SCHEMA t"), []string{`5:7: unexpected "-": the phrase ends before it (a name that holds more than letters, digits, _ and $ needs double quotes) (an item that is indented further than the one before it becomes a part of it: indent all alike)`}},
		"roles are null":        {"version: 1\nroles:", []string{`2:1: roles is empty: it must be a mapping`}},
		"keys a level too high": {"version: 1\nroles:\n  grants: [SELECT ON TABLE s.t]\n", []string{`3:11: the role "grants" must be a mapping, for example {} (a key of a role stands one level deeper, below the role's name), not a list`}},
		"roles of wrong type":   {"version: 1\nroles: {a: x, b: [c], d: 1}", []string{`2:12: the role "a" must be a mapping, for example {}, not a text`, `2:18: the role "b" must be a mapping, for example {}, not a list`, `2:26: the role "d" must be a mapping, for example {}, not a number`}},
		"no mapping":            {"- version: 1", []string{`1:1: the spec must be a mapping, not a list`}},
		"only a text":           {"hello", []string{`1:1: the spec must be a mapping, not a text`}},
		"only null":             {"~", []string{`1:1: the spec is empty: it must be a mapping`}},

		"valid_until in words":   {role("login: {valid_until: tomorrow}"), []string{`4:26: valid_until "tomorrow" is no moment: write it as 2027-01-31T00:00:00Z or 2027-01-31; never for no end, or leave the key out`}},
		"valid_until infinity":   {role("login: {valid_until: infinity}"), []string{`4:26: valid_until "infinity" is no moment`}},
		"valid_until no day":     {role("login: {valid_until: 2027-02-29}"), []string{`4:26: valid_until "2027-02-29" is no moment`}},
		"valid_until no zone":    {role("login: {valid_until: 2027-01-31T00:00:00}"), []string{`4:26: valid_until "2027-01-31T00:00:00" is no moment`}},
		"valid_until a year":     {role("login: {valid_until: 2027}"), []string{`4:26: valid_until "2027" is no moment`}},
		"valid_until null":       {role("login: {valid_until: }"), []string{`4:13: valid_until is empty: write valid_until: never for no end; leave the key out to keep the end that the password has`}},
		"valid_until BC":         {role("login: {valid_until: 0000-01-01}"), []string{`4:26: valid_until is in the year 0: PostgreSQL has the years 1 to 294276`}},
		"valid_until BC by zone": {role("login: {valid_until: 0001-01-01T00:00:00+01:00}"), []string{`4:26: valid_until is in the year 0`}},
		"lock_key":               {"version: 1\nlock_key: a\nroles: {}", []string{`2:11: lock_key must be a whole number, not a text`}},
		"lock_key quoted":        {"version: 1\nlock_key: '1'\nroles: {}", []string{`2:11: lock_key must be a whole number, not a text`}},
		"lock_key float":         {"version: 1\nlock_key: 1.5\nroles: {}", []string{`2:11: lock_key must be a whole number, not a decimal number`}},
		"lock_key hexadecimal":   {"version: 1\nlock_key: 0x1F\nroles: {}", []string{`2:11: lock_key must be a whole number of 64 bits, in decimal digits`}},
		"lock_key octal":         {"version: 1\nlock_key: 017\nroles: {}", []string{`2:11: lock_key must be a whole number of 64 bits, in decimal digits`}},
		"lock_key too large":     {"version: 1\nlock_key: 9223372036854775808\nroles: {}", []string{`2:11: lock_key must be a whole number of 64 bits`}},
		"lock_key zero":          {"version: 1\nlock_key: 0\nroles: {}", []string{`2:11: lock_key must not be 0`}},
		"lock_key null":          {"version: 1\nlock_key:\nroles: {}", []string{`2:1: lock_key is empty`}},
		"version 2":              {"version: 2\nroles: {}", []string{`1:10: version 2 is not known: this program reads version 1`}},
		"version text":           {"version: one\nroles: {}", []string{`1:10: version must be the number 1, not a text`}},
		"version quoted":         {"version: '1'\nroles: {}", []string{`1:10: version must be the number 1, not a text`}},
		"version float":          {"version: 1.0\nroles: {}", []string{`1:10: version must be the number 1, not a decimal number`}},
		"version null":           {"version:\nroles: {}", []string{`1:1: version is empty`}},
		"version missing":        {"# a comment\nroles: {}", []string{`2:1: version is missing: write version: 1`}},
		"roles missing":          {"---\nversion: 1", []string{`2:1: roles are missing`}},
		"roles mistyped":         {"version: 1\nrole:\n  a: {}", []string{`2:1: unknown key "role": known are version, lock_key, missing, mode, database, ignore, public, roles (did you mean roles?)`}},
		"version mistyped":       {"verson: 1\nroles:\n  a: {}", []string{`1:1: unknown key "verson": known are version, lock_key, missing, mode, database, ignore, public, roles (did you mean version?)`}},
		"nothing there":          {"{}", []string{`1:1: version is missing`, `1:1: roles are missing`}},

		"empty":            {"", []string{`1:1: the file is empty`}},
		"only comments":    {"# version: 1\n\n# roles:\n", []string{`1:1: the file is empty`}},
		"only white space": {"\n  \n", []string{`1:1: the file is empty`}},
		"only a mark":      {"---\n", []string{`1:1: the file is empty`}},
		"byte order mark":  {"\uFEFF", []string{`1:1: the file is empty`}},
		"not UTF-8":        {"version: 1\nroles:\n  日a\xffb: {}\n  c\xfe:", []string{`3:5: the file is not UTF-8`}},
		"UTF-16":           {"\xff\xfev\x00e\x00", []string{`1:1: the file is UTF-16: save it as UTF-8`}},
		"cut UTF-8":        {"version: 1\r\nroles: {} # \xe6\x97", []string{`2:13: the file is not UTF-8`}},
		"two documents":    {"version: 1\nroles: {}\n---\nversion: 1\n---\n", []string{`3:1: a second YAML document begins here`, `5:1: a second YAML document begins here`}},
		"after the end":    {"version: 1\nroles: {}\n...\nversion: 1\n", []string{`4:1: a second YAML document begins here`}},

		"unclosed bracket":      {"version: 1\nroles: {a: {member_of: [b}}", []string{`2:26: not valid YAML: a comma or ] is missing before this: the list begins in line 2, column 24`}},
		"bracket and more":      {role("grants: [x") + "  s: {}\n", []string{`5:4: not valid YAML: a colon with a space behind it cannot stand here`}},
		"bracket and less":      {role("grants: [x") + "  s\n", []string{`6:1: not valid YAML: a comma or ] is missing before this: the list begins in line 4, column 13`}},
		"unclosed brace":        {"version: 1\nroles: {a: {", []string{`2:13: not valid YAML: a value, or a bracket that closes, is missing before this`}},
		"brace and more":        {"version: 1\nroles: {a: {x: y]}", []string{`2:17: not valid YAML: a comma or } is missing before this, or a space behind a colon: the mapping begins in line 2, column 12`}},
		"unclosed single quote": {role("comment: 'x") + "  s: {}\n", []string{`4:14: not valid YAML: the text that begins with this quote has no end`}},
		"unclosed at the end":   {role("comment: 'x") + "---\nx", []string{`4:14: not valid YAML: the text that begins with this quote has no end`}},
		"no colon":              {role("comment: x") + "  s\n  t: {}\n", []string{`5:3: not valid YAML: this is no key: a colon with a space behind it is missing`}},
		"behind a quote":        {role(`comment: "x" y`), []string{`4:18: not valid YAML: this is no key of the mapping that begins in line 4: the indentation is wrong, or what stands before needs quotes`}},
		"indented too little":   {role("grants: []\n comment: x") + " s: {}\n", []string{`5:6: not valid YAML: this is no key of the mapping that begins in line 4`}},
		"no item":               {role("grants:\n- x\ny: z\n- a"), []string{`7:5: not valid YAML: this is no key of the mapping that begins in line 4`}},
		"not an item":           {"- a\nb: c", []string{`2:1: not valid YAML: this is no item of the list that begins in line 1: a - is missing, or the indentation is wrong`}},
		"item behind a key":     {role("grants: - x"), []string{`4:13: not valid YAML: an item of a list cannot begin here`}},
		"reserved character":    {role("comment: @x"), []string{`4:14: not valid YAML: no text can begin with this character unless it is in quotes`}},
		"star":                  {role("grants: [* ON x]"), []string{`4:15: not valid YAML: a text that begins with & or * needs quotes`}},
		"behind a bar":          {role("comment: | x\n  y"), []string{`4:16: not valid YAML: nothing can follow here but a line break: the text begins below`}},
		"after the document":    {"{version: 1, roles: {}}\n}", []string{`2:1: not valid YAML: this does not belong to what stands before`}},
		"mapping behind colon":  {"version: 1\nroles: {a:{}}\n", []string{`2:11: not valid YAML: a comma or } is missing before this, or a space behind a colon: the mapping begins in line 2, column 8`}},
		"another YAML":          {"%YAML 3.0\n---\nversion: 1", []string{`1:1: not valid YAML: this version of YAML is not known: leave the line out`}},
		"half a character":      {role(`comment: "\ud83d"`), []string{`4:17: not valid YAML: this escape stands for no character`}},
		"tag of nobody":         {role("comment: !a!b x"), []string{`4:14: not valid YAML: tags are not supported: a text that begins with ! needs quotes`}},
		"nested too deeply":     {strings.Repeat("[", 20000), []string{`1:10001: not valid YAML: exceeded max depth of 10000`}},
		"later line separators": {"# \u2028\u0085\nversion: 1\nroles:\n  \"\u2029\": {x: 1}", []string{`4:9: unknown key "x"`}},
		"unclosed quote":        {"version: 1\nroles:\n  \"a: {}\n", []string{`3:3: not valid YAML: the text that begins with this quote has no end`}},
		"two colons":            {"version: 1\nroles: a: b", []string{`2:9: not valid YAML: a colon with a space behind it cannot stand here: the indentation is wrong, or the text needs quotes`}},
		"tab indented":          {"version: 1\nroles:\n\ta:\n", []string{`3:1: not valid YAML: a tab cannot indent: write spaces`}},
		"bad escape":            {"version: 1\nroles:\n  \"\\q\":", []string{`3:4: not valid YAML: there is no such escape: a backslash between double quotes is written as \\`}},
		"unknown alias":         {role("member_of: *nobody\ngrants: [*x]"), []string{`4:16: there is no anchor of this name before this alias`, `5:14: there is no anchor of this name before this alias`}},
		"alias of itself":       {role("member_of: &a [*a]"), []string{`4:20: the alias refers to what it is a part of`}},
		"alias in merge":        {"version: 1\nroles:\n  r: &r\n    <<: *r", []string{`4:9: the alias refers to what it is a part of`}},
		"merge of a text":       {role("<<: x") + "  s: {<<: [y, *nobody]}", []string{`4:9: << merges a mapping or a list of mappings, not a text`, `5:12: << merges mappings, not a text`, `5:15: there is no anchor of`}},
		"options":               {role("member_of: [{role: a, admin: 1, set: , x: y}, {admin: true}, {role: a}, {role: }, {role: b, admin: 'true'}, {role: b, role: c}]"), []string{`4:34: admin must be true or false, not a number`, `4:37: set is empty: write true or false`, `4:44: unknown key "x"`, `4:51: role is missing`, `4:73: the membership in "a" is listed twice`, `4:78: role is empty: write the name of a role`, `4:104: admin must be true or false, not a text`, `4:120: the membership in "b"`, `4:123: the key "role" stands here twice`}},
		"cycle":                 {role("member_of: [s]") + "  s: {member_of: [x, {role: t}]}\n  t: {member_of: [u, r]}\n", []string{`6:22: role "t" can not be a member of "r", which is a member of it in turn: r → s → t → r`}},
		"attribute cut":         {role("attributes: [CREATEDB, CONNECTION LIMIT, 20, NOINHERIT]"), []string{`4:28: this and what follows is one attribute, which has no comma: write CONNECTION LIMIT 20`}},
		"attribute cut twice":   {role("attributes: [connection, limit, 20]"), []string{`4:18: this and what follows is one attribute, which has no comma: write CONNECTION LIMIT 20`}},
		"attributes":            {role("attributes: [LOGIN, nologin, VALID UNTIL y, CREATDB, createdb, NOCREATEDB, CREATEDB, CONNECTION LIMIT, CONNECTION LIMIT -2, CONNECTION LIMIT 5, connection limit 6, '']"), []string{`4:18: LOGIN is not for attributes: whether a role can log in is decided by login: write login: {}`, `4:25: NOLOGIN is not for attributes: whether a role can log in is decided by login: leave`, `4:34: VALID is not for attributes: the end of a password`, `4:49: unknown attribute "CREATDB": known are SUPERUSER, NOSUPERUSER`, `4:68: NOCREATEDB contradicts CREATEDB: keep one`, `4:80: CREATEDB contradicts NOCREATEDB`, `4:90: CONNECTION LIMIT needs a whole number`, `4:108: CONNECTION LIMIT -2 is no limit`, `4:149: CONNECTION LIMIT 6 contradicts CONNECTION LIMIT 5`, `4:169: unknown attribute ""`}},
		"password attribute":    {role("attributes: [BYPASSRSL, NOBYPASRLS]\nlogin: {}") + "  s: {attributes: [CREATEDB, PASSWORD x, FLY]}\n", []string{`4:18: unknown attribute "BYPASSRSL": known are`, `4:29: unknown attribute "NOBYPASRLS": known are`, `6:7: PASSWORD is not for attributes: passwords stand under login`}},
		"attributes null":       {role("attributes:\nsettings:\nmembers:\nin:"), []string{`4:5: attributes is empty: write attributes: [] for those of a new role; leave the key out`, `5:5: settings is empty: write settings: {} for none; leave the key out`, `6:5: members is empty: write members: [] for no members outside the spec`, `7:5: in is empty: leave it out`}},
		"settings":              {role("settings: {search_path: 'a, \"b\"', work_mem: [a, b], x y: 1, WORK_MEM: 3, jit: , log_statement: {a: b}, search_Path: [[a]], a.: 1}"), []string{`4:16: the setting search_path is a list, and "a, \"b\"" would be one element of it: write search_path: [a, 'b']`, `4:39: the setting work_mem takes one text, not a list`, `4:57: "x y" is no name of a setting`, `4:78: the setting jit is empty: write ''`, `4:100: the setting log_statement must be a text or a list of texts, not a mapping`, `4:108: the setting search_Path is listed twice`, `4:128: "a." is no name of a setting`}},
		"a setting that is cut": {role("settings: {datestyle: ISO, DMY, log_statement:}"), []string{`4:32: the setting DMY is empty: write '' for an empty text; leave it out for none (inside of {...} YAML ends a text at each comma: write one with a comma in quotes)`, `4:37: the setting log_statement is empty`}},
		"one text in a list":    {role("settings: {work_mem: [4MB]}"), []string{`4:16: the setting work_mem takes one text, not a list`}},
		"until":                 {role("member_of: [{role: a, until: tomorrow}, {role: b, until: }]\nmembers: [{role: c, until: 2027-01-01T00:00:00Z}]"), []string{`4:34: the end "tomorrow" is no moment`, `4:55: until is empty`, `5:22: until is for member_of`}},
		"settings of databases": {role("in: {db: {grant: []}, other: , db: {}, '': {settings: {a b: 1}}}"), []string{`4:15: unknown key "grant": known are grants, direct_grants, owns, settings, preserve_in_schemas (did you mean grants?)`, `4:27: a database under in is empty`, `4:36: the key "db" stands here twice`, `4:44: a name must not be empty`, `4:60: "a b" is no name`}},
		"databases":             {role("in: {db: {login: {}, in: {}, grants: [CONNECT ON DATABASE x, USAGE ON SCHEMA s WITH GRANT OPTION], owns: [TABLE a], preserve_in_schemas: ['']}, \"MATCHING 'd.'\": {}, \"matching '('\": {}, \"MATCHING 'e' x\": {}, MATCHING: {}}"), []string{`4:15: login is about the whole cluster: write it under the role itself`, `4:26: unknown key "in"`, `4:43: a DATABASE is of the cluster`, `4:66: WITH GRANT OPTION is for direct_grants`, `4:117: write schema.name`, `4:143: a name must not be empty`, `4:149: the database MATCHING 'd.' is meant twice: also by "db"`, `4:180: invalid regular expression`, `4:204: unexpected "x"`}},
		"databases of everyone": {"version: 1\npublic: {in: {db: {grants: [CREATE ON TABLESPACE t], revokes: [\"SELECT ON TABLE s.t UNTIL '2030-01-01T00:00:00Z'\"], owns: []}}}\nroles: {}", []string{`2:29: a TABLESPACE is of the cluster`, `2:64: leave out UNTIL`, `2:117: unknown key "owns": known are grants, revokes`}},
		"members":               {role("members: [r, s, x, x, public, _pgsr_a]") + "  s: {member_of: [{role: r, admin: true}]}\n", []string{`4:15: the role "r" cannot be a member of itself`, `4:18: "s" is a role of the spec, which decides itself what it is a member of: list "r" under its member_of`, `4:24: the member "x" is listed twice`, `4:27: "public" is a reserved name`, `4:35: names that begin with _pgsr_ are reserved for privilege roles: "_pgsr_a" is a member of nothing`}},
		"tag":                   {role("comment: !!str 1\nmember_of: [!x y]"), []string{`4:14: tags are not supported: to have a text, write it in quotes`, `5:17: tags are not supported`}},
		"error by alias":        {role("grants: [&x FLY ON TABLE a.b]\ndirect_grants: [*x, *x]"), []string{`4:17: unknown privilege "FLY"`}},
		"error by merge":        {role("foo: 1") + "  s: &s {member_of: [s, public]}\n  t: {<<: *s}\n  u: {<<: *s}", []string{`4:5: unknown key "foo"`, `5:22: the role "s" cannot be a member of itself`, `5:25: "public" is a reserved name`}},
		"key is no text":        {"version: 1\nroles:\n  ? [a]\n  : {}\n", []string{`3:5: a key must be a text, not a list`}},
		"no digits":             {"version: 1\nroles: {\"\\\\xzz\": {}, \"a\\xzz\": {}}", []string{`2:26: not valid YAML: an escape has to be followed by hexadecimal digits`}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(c.text)
			if err == nil {
				t.Fatalf("%s\nwas read as\n%s", c.text, saySpec(t, s))
			}
			if got := sayPlaces(t, err); !matches(got, c.want) {
				t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
			}
			schemaMustSee(t, name, c.text)
		})
	}
}

// The file that has most of it wrong is told all of it at once, in order.
func TestAllProblemsOfAFileAtOnce(t *testing.T) {
	_, err := parse(`version: 3
roles:
  analysts:
    commment: hi
    grants:
      - SELCT ON TABLE sales.orders
      - SELECT ON TABLE sales."orders
    member_of: [public]
  analysts: {owns: [PARAMETER x]}
  alice: {login: }
`)
	want := `a.yaml:1:10: version 3 is not known: this program reads version 1
    1 | version: 3
      |          ^
a.yaml:4:5: unknown key "commment": known are comment, attributes, settings, login, member_of, members, grants, direct_grants, owns, preserve_in_schemas, in, absent, reassign_to, end_sessions (did you mean comment?)
    4 |     commment: hi
      |     ^
a.yaml:6:9: unknown privilege "SELCT" for a TABLE: known are SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN (did you mean SELECT?)
    6 |       - SELCT ON TABLE sales.orders
      |         ^
a.yaml:7:31: the quote " is not closed
    7 |       - SELECT ON TABLE sales."orders
      |                               ^
a.yaml:8:17: "public" is a reserved name: no role can have it
    8 |     member_of: [public]
      |                 ^
a.yaml:9:3: the key "analysts" stands here twice: first in line 3
    9 |   analysts: {owns: [PARAMETER x]}
      |   ^
a.yaml:9:21: owns is not for a PARAMETER: it is for DATABASE, SCHEMA, TABLE, SEQUENCE, LANGUAGE, TABLESPACE, ROUTINE, FUNCTION, PROCEDURE, TYPE, DOMAIN, FOREIGN DATA WRAPPER, FOREIGN SERVER, LARGE OBJECT
    9 |   analysts: {owns: [PARAMETER x]}
      |                     ^
a.yaml:10:11: login is empty: write login: {} to let the role log in with the password that it has; leave the key out for a role that cannot log in
   10 |   alice: {login: }
      |           ^`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestProblemsOfSeveralFiles(t *testing.T) {
	_, err := parse(
		"version: 1\nlock_key: 1\nroles:\n  x: {foo: 1}\n  y: {}\n  z: {}",
		"",
		"version: 1\nroles:\n  z: {}\n  y: {}\nlock_key: 2",
		"version: 1\nroles: {y: {grants: [FLY ON a.b]}}\nlock_key: 1",
	)
	want := []string{
		`4:7: unknown key "foo"`,
		`b.yaml:1:1: the file is empty`,
		`c.yaml:3:3: the role "z" is declared twice: also at a.yaml:6:3`,
		`c.yaml:4:3: the role "y" is declared twice: also at a.yaml:5:3`,
		`c.yaml:5:1: lock_key stands in another file, too: at a.yaml:2:1`,
		`d.yaml:2:9: the role "y" is declared twice: also at a.yaml:5:3`,
		`d.yaml:2:22: unknown privilege "FLY"`, `d.yaml:3:1: lock_key stands in another file, too: at a.yaml:2:1`,
	}
	if got := sayPlaces(t, err); !matches(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	_, err = parse("version: 1\nmissing: warn\nroles: {}", "version: 1\nmissing: warn\nroles: {}")
	if got := sayPlaces(t, err); !matches(got, []string{`b.yaml:2:1: missing stands in another file, too: at a.yaml:2:1`}) {
		t.Errorf("got %q", got)
	}
	if _, err := specfile.Parse(nil, specfile.Secrets{}); err == nil || err.Error() != "there is no file to read a spec from" {
		t.Error(err)
	}
}

// Two files may have the same name, as two pipes do.
func TestFilesOfTheSameName(t *testing.T) {
	_, err := specfile.Parse([]specfile.File{
		{Name: "-", Data: []byte("version: 1\nroles: {a: {x: 1}}")},
		{Name: "-", Data: []byte("version: 1\nroles: {b: {yy: 2}}")},
	}, specfile.Secrets{})
	for _, line := range []string{"    2 | roles: {a: {x: 1}}\n", "    2 | roles: {b: {yy: 2}}\n"} {
		if err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("%v", err)
		}
	}
}

func TestWithoutWaysToSecrets(t *testing.T) {
	_, err := specfile.Parse([]specfile.File{{Name: "x", Data: []byte("version: 1\nroles: {a: {login: {password: {env: A}}}, b: {login: {password: {file: B}}}}")}}, specfile.Secrets{})
	want := []string{
		`x:2:37: environment variables cannot be read here: no way to look up "A" was given`,
		`x:2:72: password files cannot be read here: no way to read "B" was given`,
	}
	if got := sayPlaces(t, err); !matches(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
