package planner_test

import (
	"cmp"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// placedRefusal is a spec that is refused, with a role me that may next to nothing, in a database of which it owns
// nothing.
type placedRefusal struct {
	// server is its major; empty: 16.
	server, spec, catalog string
	// leaver has facts about the role old, which is to be dropped; nil: none is.
	leaver *catalog.Leaver
	// want are acts, each with line and column in front.
	want []string
}

var placedRefusals = map[string]placedRefusal{
	"grants": {
		spec: "roles:\n etl:\n  grants:\n  - USAGE ON SCHEMA s\n  - SELECT, INSERT ON ALL TABLES IN SCHEMA s", catalog: "role me CREATEROLE\nrole etl",
		want: []string{
			"5:5: grant USAGE on SCHEMA s to _pgsr_local_5_schema_usage_d62f5af1",
			"6:5: grant INSERT on TABLE s.t to _pgsr_local_5_table_insert_06311581",
			"6:5: grant SELECT on TABLE s.t to _pgsr_local_5_table_select_c5456fec",
		},
	},
	"direct grants": {
		spec: "roles:\n etl:\n  direct_grants:\n  - SELECT (a, b) ON TABLE s.t\n  - INSERT ON TABLE s.t", catalog: "role me\nrole etl",
		want: []string{
			"6:5: grant INSERT on TABLE s.t to etl",
			"5:5: grant SELECT on column a of TABLE s.t to etl",
			"5:5: grant SELECT on column b of TABLE s.t to etl",
		},
	},
	"patterns": {
		spec:    "roles:\n etl:\n  direct_grants:\n  - SELECT ON ALL TABLES IN SCHEMA s EXCEPT s.t\n  - SELECT ON TABLES MATCHING '.' IN SCHEMA s UNTIL '2027-01-01T00:00:00Z'\n  - EXECUTE ON ROUTINE s.f",
		catalog: "moment 2026-12-01T00:00:00Z\nrole me\nrole etl\nroutine s.f() owned by boss\ntable s.u owned by boss\nrevoke EXECUTE on routine s.f() from PUBLIC",
		want: []string{
			"6:5: grant SELECT on TABLE s.t to etl",
			"5:5: grant SELECT on TABLE s.u to etl",
			"7:5: grant EXECUTE on ROUTINE s.f() to etl",
		},
	},
	"revoke": {
		spec: "roles:\n etl: {grants: []}", catalog: "role me\nrole etl\ngrant SELECT on table s.t to etl by boss",
		want: []string{
			"3:2: revoke SELECT on TABLE s.t from etl",
		},
	},
	"grant option": {
		spec: "roles:\n etl: {direct_grants: [SELECT ON TABLE s.t]}", catalog: "role me\nrole etl\ngrant SELECT on table s.t to etl by boss grantable",
		want: []string{
			"3:24: revoke SELECT on TABLE s.t from etl",
		},
	},
	"public": {
		spec: "roles: {}\npublic:\n grants: [SELECT ON TABLE s.t]\n revokes: [TEMPORARY ON DATABASE db, EXECUTE ON FUTURE ROUTINES FOR ROLE boss]", catalog: "role me",
		want: []string{
			"5:12: revoke TEMPORARY on DATABASE db from PUBLIC",
			"4:11: grant SELECT on TABLE s.t to PUBLIC",
			`5:38: change the default privileges of role "boss" on ROUTINES`,
		},
	},
	"default privileges": {
		spec:    "roles:\n etl: {direct_grants: [SELECT ON FUTURE TABLES FOR ROLE boss]}\n old: {}",
		catalog: "role me\nrole etl\nrole old\nfuture USAGE on TYPES of boss to old",
		want: []string{
			`3:24: change the default privileges of role "boss" on TABLES`,
			`4:2: change the default privileges of role "boss" on TYPES`,
		},
	},
	"memberships": {
		spec:    "roles:\n etl: {member_of: [team]}\n old: {members: [app]}",
		catalog: "role me\nrole etl\nrole old\nrole team\nrole other\nrole app\nmember etl of other by postgres\nmember team of old by postgres",
		want: []string{
			`4:18: grant role "old" to app`,
			`3:20: grant role "team" to etl`,
			`4:2: revoke role "old" from team`,
			`3:2: revoke role "other" from etl`,
		},
	},
	"privilege roles": {
		spec:    "roles:\n etl:\n  grants:\n  - USAGE ON SCHEMA s\n  - SELECT ON TABLE s.t",
		catalog: "role me\nrole etl\nrole \"_pgsr_r\" holds SELECT on table s.t\nrole \"_pgsr_u\" holds USAGE on schema s\ngrant SELECT on table s.t to \"_pgsr_r\" by boss\ngrant USAGE on schema s to \"_pgsr_u\" by boss",
		want: []string{
			`5:5: grant role "_pgsr_u" to etl`,
			`6:5: grant role "_pgsr_r" to etl`,
		},
	},
	"owners": {
		spec: "roles:\n etl: {owns: [TABLE s.t, SCHEMA fresh]}\n old: {owns: []}", catalog: "role me\nrole etl\nrole old\ntable s.u owned by old",
		want: []string{
			`3:26: create SCHEMA fresh for role "etl"`,
			`3:15: give TABLE s.t to role "etl"`,
			`4:2: give TABLE s.u to role "me"`,
		},
	},
	"roles": {
		spec:    "missing: warn\nroles:\n etl:\n  comment: loads\n  login: {valid_until: '2027-01-01T00:00:00Z'}\n  attributes: [CREATEDB, CONNECTION LIMIT 7]\n new: {attributes: [NOINHERIT, BYPASSRLS]}\n old: {member_of: [some]}\n limited: {attributes: [CONNECTION LIMIT 3]}",
		catalog: "role me\nrole etl\nrole old LOGIN\nrole limited",
		want: []string{
			`7:16: change the attributes of role "etl"`,
			`10:25: change the attributes of role "limited"`,
			`8:2: create role "new"`,
			`8:32: create role "new"`,
			`9:20: create role "some"`,
			`9:2: change the login of role "old"`,
			`5:12: comment on role "etl"`,
			`6:3: change the login of role "etl"`,
		},
	},
	"settings": {
		spec:    "roles:\n etl: {settings: {work_mem: 4MB}, in: {db: {settings: {WORK_MEM: 8MB}}}}",
		catalog: "role me\nrole etl\nparameter work_mem user\nsetting jit of etl is on\nparameter jit user",
		want: []string{
			`3:2: change the setting jit of role "etl"`,
			`3:19: change the setting work_mem of role "etl"`,
		},
	},
	"absent": {
		spec:    "roles:\n old:\n  absent: true",
		catalog: "role me\nrole old LOGIN\nrole app\ntable s.u owned by old\ngrant SELECT on table s.t to old by boss\nmember app of old by postgres",
		leaver:  &catalog.Leaver{Dependencies: []catalog.Dependency{{Way: catalog.ByInitACL, Description: "function f()"}}},
		want: []string{
			`4:3: take the login from role "old"`,
			`4:3: give TABLE s.u to role "me"`,
			"4:3: change for whom policy p on TABLE s.t is",
			"4:3: revoke SELECT on TABLE s.t from old",
			`4:3: drop what extensions have granted role "old"`,
			`4:3: drop role "old"`,
		},
	},
	"sessions": {
		server: "15", spec: "roles:\n old:\n  absent: true\n  end_sessions: true", catalog: "role me CREATEROLE\nrole old LOGIN\nmember old of me by postgres",
		leaver: &catalog.Leaver{Sessions: 1},
		want: []string{
			`4:3: end the sessions of role "old"`,
		},
	},
}

// TestRefusalsSayWhere: what the connecting role may not do says where the spec asks for it: the phrase, the key, or
// the role that does not list something. A spec that was built in Go has no places.
func TestRefusalsSayWhere(t *testing.T) {
	for name, c := range placedRefusals {
		t.Run(name, func(t *testing.T) {
			s := &story{current: catalogtest.Read(t, "server "+cmp.Or(c.server, "16")+" as me\nrole boss\nschema s owned by boss\ntable s.t owned by boss columns a b\n"+c.catalog)}
			if c.leaver != nil {
				s.current.Leavers = map[string]*catalog.Leaver{"old": c.leaver}
				policy := catalog.PolicyID{Table: catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}, Name: "p"}
				s.current.Policies = map[catalog.PolicyID]catalog.Policy{policy: {Roles: []string{"boss", "old"}}}
			}
			s.spec = c.read(t)
			got := s.refusal(t)
			if want := lists.Map(c.want, func(act string) string { return "second.yaml:" + act }); !slices.Equal(slices.Compact(got), want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			clearPlaces(reflect.ValueOf(s.spec).Elem())
			for _, act := range s.refusal(t) {
				if strings.Contains(act, "second.yaml") || strings.HasPrefix(act, ":") {
					t.Errorf("without places it says %s", act)
				}
			}
		})
	}
}

// read reads the spec as the second of two files.
func (c placedRefusal) read(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := specfile.Parse([]specfile.File{
		{Name: "first.yaml", Data: []byte("version: 1\nroles: {boss: {}}\n")}, {Name: "second.yaml", Data: []byte("version: 1\n" + c.spec)},
	}, specfile.Secrets{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refusal gives the acts of a refusal, each with its place in front.
func (s *story) refusal(t *testing.T) []string {
	t.Helper()
	_, _, err := s.plan(s.current)
	refusal, is := errors.AsType[*planner.Refusal](err)
	if !is {
		t.Fatalf("it is not refused: %v", err)
	}
	return lists.Map(refusal.Reasons, func(r planner.Reason) string {
		if r.At == "" {
			return r.Act
		}
		return r.At + ": " + r.Act
	})
}

// clearPlaces makes a spec one that was built in Go.
func clearPlaces(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[spec.Position]():
		v.SetZero()
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Type() != reflect.TypeFor[*regexp.Regexp]() && v.Type() != reflect.TypeFor[*time.Time]():
		clearPlaces(v.Elem())
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			clearPlaces(v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clearPlaces(v.Field(i))
			}
		}
	}
}
