package executor

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// lawFuture is a FUTURE phrase: privileges on what roles make from now on, in a schema or anywhere.
type lawFuture struct {
	privileges []string // nil: ALL
	kind       catalog.FutureKind
	inSchema   string
	creators   []string // none: any
	withOption bool
	// alsoAll is ALL AND FUTURE, without what is left out of those that there are.
	alsoAll bool
	without lawException
	until   string
}

func (f lawFuture) text() string {
	what := "ALL"
	if f.privileges != nil {
		what = strings.Join(f.privileges, ", ")
	}
	text := what + " ON FUTURE " + string(f.kind)
	if f.alsoAll {
		text = what + " ON ALL AND FUTURE " + string(f.kind)
	}
	if f.inSchema != "" {
		text += " IN SCHEMA " + id(f.inSchema) + f.without.text()
	}
	if text += " FOR ANY CREATOR"; f.creators != nil {
		text = strings.TrimSuffix(text, "ANY CREATOR") + "ROLE " + strings.Join(texts(f.creators, func(s string) string { return id(s) }), ", ")
	}
	if f.withOption {
		text += " WITH GRANT OPTION"
	}
	return text + endText(f.until)
}

// direct gives the phrases of direct_grants about what there is.
func (r lawRole) direct() []lawPhrase {
	out := slices.Clone(r.directGrants)
	for _, f := range r.futures {
		if f.alsoAll {
			out = append(out, lawPhrase{privileges: f.privileges, kind: string(f.kind.Info().Of), inSchema: f.inSchema, withOption: f.withOption, without: f.without, until: f.until})
		}
	}
	return out
}

// speaksOf lists the kinds of default privileges that a spec can declare.
func speaksOf(major int) []catalog.FutureKindInfo {
	return slices.DeleteFunc(futureKindsOf(major), func(k catalog.FutureKindInfo) bool { return k.Of.Info().Kind == "" })
}

func privilegesOfFuture(kind catalog.FutureKind, major int) []string {
	return privilegesOfKind(string(kind.Info().Of), major)
}

// newObjectByHand lets a role make something, which comes with what default privileges give.
func (w *lawWorld) newObjectByHand() string {
	schema, role := id(pick(w.world, w.schemas)), id(pick(w.world, w.everyone))
	made := pick(w.world, []string{"TABLE", "SEQUENCE"}) + " " + schema + fmt.Sprintf(`."made %d"`, w.IntN(9))
	if strings.HasPrefix(made, "TABLE") {
		made += ` (a int, b text)`
	}
	return `GRANT USAGE, CREATE ON SCHEMA ` + schema + ` TO ` + role + `; SET ROLE ` + role + `; CREATE ` + made + `; RESET ROLE`
}

// addFutures keeps most of what default privileges give a role, and adds some.
func (m *specMaker) addFutures(role *lawRole) {
	kinds := speaksOf(m.major)
	for _, row := range m.state.ofKind("default") {
		at := slices.IndexFunc(kinds, func(k catalog.FutureKindInfo) bool { return k.Letter == row[3] })
		if row[4] != role.name || row[1] == role.name || at < 0 || m.may(m.acts[row[1]], 40) || row[6] == "true" && m.may(m.acts[row[1]], 20) {
			continue
		}
		role.futures = append(role.futures, lawFuture{privileges: []string{row[5]}, kind: kinds[at].Kind, inSchema: row[2], creators: []string{row[1]}, withOption: row[6] == "true"})
	}
	for range m.IntN(3) {
		creator, kind := pick(m.world, m.everyone), pick(m.world, kinds)
		if !m.may(m.acts[creator], 70) {
			continue
		}
		f := lawFuture{privileges: []string{pick(m.world, privilegesOfFuture(kind.Kind, m.major))}, kind: kind.Kind, creators: []string{creator}, withOption: m.chance(25)}
		if kind.InSchema && m.chance(60) {
			f.inSchema = pick(m.world, m.schemas)
		}
		if m.chance(15) {
			f.privileges = nil
		}
		if second := pick(m.world, m.everyone); m.may(m.acts[second], 30) && second != creator {
			f.creators = append(f.creators, second)
		}
		if f.inSchema != "" && m.chance(30) {
			f.creators = nil
		}
		m.varyFuture(&f)
		role.futures = append(role.futures, f)
	}
}

// future is one privilege of default privileges.
type future struct{ owner, schema, letter, privilege string }

// futuresOf gives what the phrases of a role mean, with its grant option.
func (m *expectation) futuresOf(role lawRole) map[future]bool {
	out := map[future]bool{}
	for _, f := range role.futures {
		privileges := f.privileges
		if privileges == nil {
			privileges = privilegesOfFuture(f.kind, m.major)
		}
		creators := f.creators
		if creators == nil {
			creators = m.anyCreators(f.inSchema)
		}
		for _, creator := range creators {
			for _, privilege := range privileges {
				key := future{creator, f.inSchema, f.kind.Info().Letter, privilege}
				if creator != role.name {
					out[key] = out[key] || f.withOption
				}
			}
		}
	}
	return out
}

// defaults are those that FUTURE phrases list, and what is kept.
func (m *expectation) defaults(role lawRole) {
	missing := m.futuresOf(role)
	for _, row := range m.after.ofKind("default") {
		f := future{row[1], row[2], row[3], row[5]}
		withOption, listed := m.futuresOf(role)[f]
		switch {
		case row[4] != role.name || row[1] == role.name || slices.Contains(role.preserve, row[2]) || m.ignores.schemas[row[2]]:
			continue
		case !listed:
			m.fail("%q will have %s on %s of %q in %q", role.name, row[5], row[3], row[1], row[2])
		case withOption != (row[6] == "true"):
			m.fail("%q will have %s on %s of %q in %q with grant option: %s", role.name, row[5], row[3], row[1], row[2], row[6])
		}
		delete(missing, f)
	}
	for f := range missing {
		// What is asked of any creator is not required of one for whom the connecting role may not act.
		isAny := m.actor != "postgres" && slices.ContainsFunc(role.futures, func(l lawFuture) bool { return l.creators == nil && l.inSchema == f.schema })
		if !slices.Contains(role.preserve, f.schema) && !isAny {
			m.fail("%q will not have %+v", role.name, f)
		}
	}
	for _, row := range m.empty {
		m.fail("default privileges of %q on %s are for nobody", row[1], row[2])
	}
}

// comesByDefault tells whether a phrase gives to what an owner makes what an item of an ACL says, and whether with
// grant option: that is neither required nor revoked.
func (m *expectation) comesByDefault(role lawRole, item fact) (comes, withOption bool) {
	kind, name := cutKind(item[1])
	schema, _, _ := strings.Cut(name, ".")
	for f, option := range m.futuresOf(role.reaching(item[1])) {
		owned := f.owner == m.owners[item[1]] || f.owner == m.before.owners()[item[1]]
		isOfKind := catalog.Kind(kind).Future().Info().Letter == f.letter && kind != ""
		if item[2] == "" && owned && isOfKind && (f.schema == "" || f.schema == schema) && f.privilege == item[5] {
			comes, withOption = true, withOption || option
		}
	}
	return comes, withOption
}

// isBuiltInFuture tells whether an item of default privileges holds where there are none, too.
func isBuiltInFuture(row fact) bool {
	return row[2] == "" && row[6] == "false" && (row[4] == row[1] || row[4] == "" && (row[3] == "f" || row[3] == "T"))
}

// anyCreators asks the server who can create in a schema otherwise than as everyone can, or become one who can.
func (m *expectation) anyCreators(schema string) []string {
	if known, is := m.creators[schema]; is {
		return known
	}
	way := "MEMBER"
	if m.major >= 16 {
		way = "SET"
	}
	out := []string{}
	for _, row := range m.rows(`WITH holder AS (
			SELECT nspowner AS oid FROM pg_namespace WHERE nspname = ` + literalOf(schema) + ` UNION
			SELECT i.grantee FROM pg_namespace, aclexplode(nspacl) i WHERE nspname = ` + literalOf(schema) + ` AND i.privilege_type = 'CREATE' AND i.grantee <> 0
		), can AS (SELECT r.oid FROM pg_roles r WHERE EXISTS (SELECT FROM holder h WHERE NOT r.rolsuper AND pg_has_role(r.oid, h.oid, 'USAGE') OR r.oid = h.oid))
		SELECT r.rolname::text FROM pg_roles r WHERE NOT r.rolsuper AND left(r.rolname::text, 6) <> '_pgsr_'
			AND EXISTS (SELECT FROM can c WHERE c.oid = r.oid OR pg_has_role(r.oid, c.oid, '` + way + `'))`) {
		out = append(out, row[0])
	}
	m.creators[schema] = out
	return out
}

func literalOf(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
