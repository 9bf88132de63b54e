package specfile_test

import (
	"reflect"
	"strings"
	"testing"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// everyKey has all that is written.
const everyKey = `version: 1
lock_key: 7
missing: warn
mode: add
database: "a b"
ignore: [SCHEMA audit, 'TABLES MATCHING ''tmp: #.*'' IN SCHEMA sales', EXTENSION MEMBERS]
public:
  grants: [USAGE ON SCHEMA reference]
  revokes: ['ALL ON ALL TABLES, SEQUENCES IN SCHEMA a']
  in: {"MATCHING 't''.*'": {revokes: [CREATE ON SCHEMA public]}}
roles:
  all:
    comment: "two\nlines: \"x\" # \\"
    attributes: [CREATEDB, NOINHERIT, CONNECTION LIMIT 3]
    settings: {search_path: [a, "B c", "x,y"], work_mem: 5MB, my.x: "", temp_tablespaces: []}
    login: {valid_until: 2031-01-01T00:00:00.5Z}
    member_of: [a, {role: b, admin: true, inherit: false, set: true, until: 2031-01-01T00:00:00Z}, {role: "c,d", if_exists: true}]
    members: []
    grants: ['SELECT (a, "b: #c"), UPDATE (d) ON TABLE s.t', 'SELECT ON TABLE s."x, y",  s."z', 'EXECUTE ON FUNCTION s.f(integer, text[])']
    direct_grants: ["SELECT ON ALL AND FUTURE TABLES, SEQUENCES IN SCHEMA s FOR ANY CREATOR WITH GRANT OPTION UNTIL '2031-01-01T00:00:00Z'"]
    owns: []
    preserve_in_schemas: [x, "Y z"]
    in: {postgres: {}, other: {settings: {}, grants: [USAGE ON SCHEMA a], owns: [SCHEMA b]}, "MATCHING 't.*'": {direct_grants: [USAGE ON SCHEMA a]}}
  "true": {login: {valid_until: never}}
  none_at_all: {}
`

// What is written is read as the same spec, whatever it is.
func TestWriteIsRead(t *testing.T) {
	read := strings.Replace(everyKey, `s."z'`, `s."z"'`, 1)
	s, err := parse(read)
	if err != nil {
		t.Fatal(err)
	}
	if isWrittenAndRead(t, s); t.Failed() {
		return
	}
	long := &spec.Spec{Roles: []spec.Role{{Name: "r", DirectGrants: spec.MustGrants("SELECT ON TABLE " + strings.TrimSuffix(strings.Repeat(`s."a, b: #c", s.plain, `, 500), ", "))}}}
	text := isWrittenAndRead(t, long)
	for line := range strings.Lines(text) {
		if len(line) > 140 {
			t.Errorf("a long line: %s", line)
		}
	}
}

// What has no place in a file is refused, and no password is in the message.
func TestWriteRefuses(t *testing.T) {
	for _, s := range []*spec.Spec{
		{Roles: []spec.Role{{Name: "r", Login: &spec.Login{Password: spec.Password{Clear: "hUnTeR2"}}}}},
		{Roles: []spec.Role{{Name: "r", Absent: &spec.Absence{}}}},
		{Roles: []spec.Role{{Name: "\xff"}}},
		{Roles: []spec.Role{{Name: "r", In: []spec.InDatabase{{Database: "MATCHING 'x'"}}}}},
	} {
		var text strings.Builder
		err := specfile.Write(&text, specfile.Document{Spec: s})
		if err == nil || text.Len() > 0 || strings.Contains(err.Error(), "hUnTeR2") {
			t.Errorf("%+v: %v, %q", s.Roles, err, &text)
		}
	}
}

// FuzzWrite: whatever spec a file gives, it is written and read again as the same.
func FuzzWrite(f *testing.F) {
	f.Add(strings.Replace(everyKey, `s."z'`, `s."z"'`, 1))
	f.Add(warehouse)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := parse(text); err == nil {
			isWrittenAndRead(t, s)
		}
	})
}

func isWrittenAndRead(t *testing.T, s *spec.Spec) string {
	t.Helper()
	var text strings.Builder
	notes := map[string][]string{"all": {"a note:\n  evil: {}\r\u0085# on it"}}
	if err := specfile.Write(&text, specfile.Document{Spec: s, Header: []string{"made\nby: hand", strings.Repeat("long ", 50)}, OfRoles: notes}); err != nil {
		return "" // a password, say
	}
	again, err := parse(text.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	if got, want := withoutPlaces(reflect.ValueOf(*again)), withoutPlaces(reflect.ValueOf(*s)); !reflect.DeepEqual(got, want) {
		t.Errorf("read again it is another spec:\n%#v\n%#v\n%s", got, want, &text)
	}
	return text.String()
}

// withoutPlaces gives a value as maps and lists, without places. Nothing at all, and an empty list, are two things.
func withoutPlaces(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if text, is := v.Interface().(interface{ String() string }); is {
			return text.String()
		}
		return []any{withoutPlaces(v.Elem())}
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		out := []any{}
		for i := range v.Len() {
			out = append(out, withoutPlaces(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || strings.HasSuffix(field.Name, "At") {
				continue
			}
			value := withoutPlaces(v.Field(i))
			if empty, is := value.([]any); is && len(empty) == 0 && !meansNone(field.Name) {
				value = nil
			}
			out[field.Name] = value
		}
		return out
	}
	return v.Interface()
}

// meansNone tells whether a list without items says that there is to be none, where no list says nothing.
func meansNone(field string) bool {
	return field == "Attributes" || field == "Settings" || field == "Members" || field == "Owns"
}
