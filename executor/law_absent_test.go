package executor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/spec"
)

// A role of a spec that is absent is to be gone; reassignTo gets what it owns, the connecting role if that is empty.

// absent lists the roles that are to be gone.
func (s lawSpec) absent() []string {
	var out []string
	for _, role := range s {
		if role.absent {
			out = append(out, role.name)
		}
	}
	return out
}

func (s lawSpec) isAbsent(role string) bool { return slices.Contains(s.absent(), role) }

func (r lawRole) absentKeys() []string {
	keys := []string{"absent: true"}
	if r.reassignTo != "" {
		keys = append(keys, "reassign_to: "+jsonText(r.reassignTo))
	}
	return keys
}

// unmanagedByHand makes what only leavers are asked about: policies, user mappings, and objects of kinds that have
// owners and no privileges.
func (w *lawWorld) unmanagedByHand() (out []string) {
	if !w.more.chance(40) {
		return nil
	}
	for i := range 1 + w.more.IntN(3) {
		role, other, schema := id(pick(w.more, w.roles)), id(pick(w.more, w.roles)), id(pick(w.more, w.schemas))
		name := schema + fmt.Sprintf(`."hm %d"`, i)
		switch w.more.IntN(6) {
		case 0, 1:
			table := w.tables[pick(w.more, []int{0, 5, 6, 11})] // which are tables
			out = append(out, fmt.Sprintf(`CREATE POLICY "p %d" ON %s TO %s, %s`, i, id(table.Schema, table.Name), role, other))
		case 2:
			out = append(out, `CREATE USER MAPPING FOR `+role+` SERVER "law's"`)
		case 3:
			out = append(out, `CREATE COLLATION `+name+` FROM "C"; ALTER COLLATION `+name+` OWNER TO `+role)
		case 4:
			out = append(out, `CREATE TEXT SEARCH DICTIONARY `+name+` (TEMPLATE = simple); ALTER TEXT SEARCH DICTIONARY `+name+` OWNER TO `+role)
		case 5:
			out = append(out, `CREATE OPERATOR FAMILY `+name+` USING btree; ALTER OPERATOR FAMILY `+name+` USING btree OWNER TO `+role)
		}
	}
	return out
}

// settingsElsewhere sets something for roles in other databases, which goes with those that are dropped.
func (w *lawWorld) settingsElsewhere() (out []string) {
	if !w.more.chance(50) {
		return nil
	}
	for range 1 + w.more.IntN(5) {
		what := pick(w.more, []string{`datestyle = iso`, `search_path = a, "B, c"`, `search_path = ''`, `work_mem = '6MB'`, `enable_sort = off`, `application_name = 'it''s \; --'`, `log_statement = 'ddl'`})
		out = append(out, `ALTER ROLE `+id(pick(w.more, w.roles))+` IN DATABASE `+pick(w.more, []string{"postgres", "postgres", "template1", currentDatabase})+` SET `+what)
	}
	return out
}

// leaving makes roles of a spec absent, or adds some, and takes out what counts on them.
func (m *specMaker) leaving(s lawSpec) lawSpec {
	for range 1 + m.more.IntN(2) {
		name := pick(m.more, m.roles)
		if s.isAbsent(name) || !m.administers[name] && !m.more.chance(10) {
			continue
		}
		gone := lawRole{name: name, absent: true, reassignTo: pick(m.more, append([]string{"", "", "admin", "maker"}, m.roles...))}
		if gone.reassignTo == name || s.isAbsent(gone.reassignTo) {
			gone.reassignTo = ""
		}
		s = append(slices.DeleteFunc(s, func(r lawRole) bool { return r.name == name }), gone)
	}
	isGone := func(l lawMembership) bool { return s.isAbsent(l.role) }
	for i := range s {
		r := &s[i]
		if r.memberOf = slices.DeleteFunc(r.memberOf, isGone); r.members != nil {
			*r.members = slices.DeleteFunc(*r.members, isGone)
		}
		if s.isAbsent(r.reassignTo) {
			r.reassignTo = ""
		}
		r.futures = slices.DeleteFunc(r.futures, func(f lawFuture) bool { return slices.ContainsFunc(f.creators, s.isAbsent) })
	}
	return s
}

// heir gives who gets what a role that is to be gone owns.
func (l *lawRun) heir(role lawRole) string {
	return cmp.Or(role.reassignTo, l.options.ReassignTo, l.actor)
}

// oids gives those of the roles that are to be gone, by name.
func (l *lawRun) oids() map[string]string {
	out := map[string]string{}
	for _, row := range l.rows(`SELECT rolname::text, oid::text FROM pg_roles`) {
		if l.spec.isAbsent(row[0]) {
			out[row[0]] = row[1]
		}
	}
	return out
}

// areGone is the law that of absent roles nothing is left, in no catalog, and that their heirs own what they owned.
func (m *expectation) areGone() {
	for _, role := range m.spec {
		if !role.absent {
			continue
		}
		if m.after.role(role.name) != nil {
			m.fail("%q is there", role.name)
		}
		for object, owner := range m.before.owners() {
			if owner == role.name && !m.isNamed(object) && m.owners[object] != m.heir(role) {
				m.fail("%s was owned by %q and is by %q, not by %q", object, role.name, m.owners[object], m.heir(role))
			}
		}
	}
	for name, oid := range m.leavers {
		for _, row := range m.rows(`SELECT pg_describe_object(classid, objid, objsubid) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = ` + oid + `
				UNION ALL SELECT 'membership in ' || roleid::regrole FROM pg_auth_members WHERE member = ` + oid + `
				UNION ALL SELECT 'member ' || member::regrole FROM pg_auth_members WHERE roleid = ` + oid + `
				UNION ALL SELECT 'setting' FROM pg_db_role_setting WHERE setrole = ` + oid + `
				UNION ALL SELECT 'default privileges' FROM pg_default_acl WHERE defaclrole = ` + oid) {
			m.fail("of %q there is still: %s", name, row[0])
		}
	}
}

// isNamed tells whether a role of the spec is to own an object, or the table that it belongs to.
func (m *expectation) isNamed(object string) bool {
	_, name := cutKind(object)
	return slices.ContainsFunc(m.spec, func(r lawRole) bool {
		return slices.ContainsFunc(r.owns, func(o lawObject) bool {
			table := o.kind == "TABLE" && (name == o.schema+"."+o.name || strings.HasPrefix(name, o.schema+"."+o.name+"_"))
			return o.String() == object || table
		})
	})
}

// inTheWay lists what keeps the server from dropping the absent roles and what no plan takes away, as the server
// describes it: user mappings, policies that are for nobody else, kinds that specs know nothing of, and what is
// ignored.
func (l *lawRun) inTheWay() map[string][]string {
	out := map[string][]string{}
	for _, row := range l.rows(`SELECT r.rolname::text, pg_describe_object('pg_user_mapping'::regclass, u.oid, 0) FROM pg_user_mapping u JOIN pg_roles r ON r.oid = u.umuser
			UNION ALL SELECT r.rolname::text, pg_describe_object('pg_policy'::regclass, p.oid, 0) FROM pg_policy p JOIN pg_roles r ON p.polroles = ARRAY[r.oid]
			UNION ALL SELECT r.rolname::text, pg_describe_object('pg_opfamily'::regclass, f.oid, 0) FROM pg_opfamily f JOIN pg_roles r ON r.oid = f.opfowner`) {
		if l.spec.isAbsent(row[0]) {
			out[row[0]] = append(out[row[0]], row[1])
		}
	}
	for _, row := range l.before {
		switch {
		case row[0] == "owner" && l.spec.isAbsent(row[2]) && l.ignores.has(row[1]):
			out[row[2]] = append(out[row[2]], "under ignore")
		case row[0] == "acl" && l.spec.isAbsent(row[3]) && l.ignores.has(row[1]) && l.before.owners()[row[1]] != row[3]:
			out[row[3]] = append(out[row[3]], "under ignore")
		}
	}
	return out
}

// wayIsNamed is the law that what is in the way of a leaver refuses the run, which names each of it.
func (l *lawRun) wayIsNamed() {
	var wrong []string
	for role, what := range l.inTheWay() {
		if l.refusal == nil {
			wrong = append(wrong, fmt.Sprintf("planned, though %q can not be dropped: %q", role, what))
			continue
		}
		var problems spec.Errors
		if !errors.As(l.refusal, &problems) {
			wrong = append(wrong, fmt.Sprintf("refused for something else, though %q can not be dropped: %q: %v", role, what, l.refusal))
			continue
		}
		for _, one := range what {
			isSaid := func(e *spec.Error) bool { // of more than one line where a name has some
				return strings.Contains(e.Error(), fmt.Sprintf("role %q can not be dropped yet", role)) && strings.Contains(e.Error(), one)
			}
			if !slices.ContainsFunc(problems, isSaid) {
				wrong = append(wrong, fmt.Sprintf("not named as in the way of %q: %s; but: %v", role, one, l.refusal))
			}
		}
	}
	slices.Sort(wrong)
	l.expect("in the way", wrong)
}
