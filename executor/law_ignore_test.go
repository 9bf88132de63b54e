package executor

import (
	"maps"
	"slices"
	"strings"
)

// lawIgnored is an item of ignore: a role, the members of extensions, or objects. Those of a schema are meant with it.
type lawIgnored struct {
	role    string
	members bool
	objects lawPhrase
}

func (g lawIgnored) text() string {
	switch {
	case g.role != "":
		return "ROLE " + id(g.role)
	case g.members:
		return "EXTENSION MEMBERS"
	}
	return g.objects.target()
}

// ignores lists what a spec leaves alone.
func (s lawSpec) ignores() []lawIgnored {
	if everyone := s.role(""); everyone != nil {
		return everyone.ignores
	}
	return nil
}

func (s lawSpec) ignoreYAML() string {
	if len(s.ignores()) == 0 {
		return ""
	}
	return "ignore: [" + strings.Join(texts(s.ignores(), func(g lawIgnored) string { return jsonText(g.text()) }), ", ") + "]\n"
}

// lawIgnores is what a spec leaves alone in a state.
type lawIgnores struct{ roles, schemas, objects map[string]bool }

// has tells of an object whether it is left alone, by itself or with its schema.
func (g lawIgnores) has(object string) bool {
	o, _ := objectOf(object)
	return g.objects[object] || g.schemas[o.schema] || o.kind == "SCHEMA" && g.schemas[o.name]
}

// whatIsIgnored asks the server which objects are meant.
func (l *lawRun) whatIsIgnored() lawIgnores {
	return l.spec.ignoredIn(l.before.owners(), l.lawServer)
}

func (s lawSpec) ignoredIn(owners map[string]string, l *lawServer) lawIgnores {
	out := lawIgnores{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	m := expectation{lawRun: &lawRun{lawServer: l}, owners: owners}
	for _, g := range s.ignores() {
		switch {
		case g.role != "":
			out.roles[g.role] = true
		case g.members:
			for _, row := range l.rows(`SELECT ` + lawTable + ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
					JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
				UNION ALL SELECT 'LANGUAGE ' || lanname FROM pg_language a JOIN pg_depend d ON d.classid = 'pg_language'::regclass AND d.objid = a.oid AND d.deptype = 'e'`) {
				out.objects[row[0]] = true
			}
		case g.objects.objects != nil && g.objects.objects[0].kind == "SCHEMA":
			for _, o := range g.objects.objects {
				out.schemas[o.name] = true
			}
		default:
			g.objects.privileges = []string{""}
			for h := range m.expand([]lawPhrase{g.objects}) {
				out.objects[h.object] = true
			}
		}
	}
	return out
}

// holdsIgnored tells whether a privilege role holds something on what is left alone: whoever is a member of it stays
// one.
func (m *expectation) holdsIgnored(role string) bool {
	return slices.ContainsFunc(m.before.ofKind("acl"), func(row fact) bool { return row[3] == role && m.ignores.has(row[1]) })
}

// ignoredStays is the law that nothing of what is left alone is granted, revoked or given to another owner.
func (l *lawRun) ignoredStays() {
	for sequence := range l.goWithTables() {
		delete(l.ignores.objects, sequence)
	}
	l.expect("ignored", diffLines(l.ofIgnored(l.before), l.ofIgnored(l.after)))
}

// goWithTables gives the sequences of tables that have got another owner, which the server gives away with them.
func (l *lawRun) goWithTables() map[string]bool {
	out := map[string]bool{}
	before, after := l.before.owners(), l.after.owners()
	for _, row := range l.rows(`SELECT ` + lawTable + `, (SELECT ` + lawTable + ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = d.refobjid)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		WHERE c.relkind = 'S' AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')`) {
		out[row[0]] = before[row[1]] != after[row[1]]
	}
	maps.DeleteFunc(out, func(_ string, goes bool) bool { return !goes })
	return out
}

// ofIgnored lists the rows of what is left alone: of objects all, of roles their memberships, whoever granted them.
func (l *lawRun) ofIgnored(f facts) []string {
	var out facts
	for _, row := range f {
		switch row[0] {
		case "acl", "owner":
			if l.ignores.has(row[1]) {
				out = append(out, row)
			}
		case "default":
			if l.ignores.schemas[row[2]] && !l.spec.isAbsent(row[1]) { // whose own go with the role
				out = append(out, row)
			}
		case "membership":
			isAdministrators := row[2] == l.actor && isPgsrs(row[1]) // who acts as them
			if l.spec.isAbsent(row[1]) || l.spec.isAbsent(row[2]) {
				continue // a role that is dropped takes its memberships along
			}
			if isCreators(row) && l.before.role(row[1]) == nil {
				continue // the server gives it to who creates a role
			}
			if (l.ignores.roles[row[1]] || l.ignores.roles[row[2]]) && !isAdministrators {
				options := row[4:]
				if l.major < 16 { // INHERIT is the member's attribute there, which the spec may decide over
					options = row[4:5]
				}
				out = append(out, slices.Concat(row[:3], options))
			}
		}
	}
	return slices.Compact(out.lines())
}

// makeMembers makes objects members of an extension, before anything is granted on them.
func (w *lawWorld) makeMembers() []string {
	if !w.ignored || !w.more.chance(50) {
		return nil
	}
	table := pick(w.more, w.tables)
	return []string{`ALTER EXTENSION plpgsql ADD TABLE ` + id(table.Schema, table.Name)}
}

// ignoring lets a spec leave something alone, and takes out what it would decide over else.
func (m *specMaker) ignoring(s lawSpec) lawSpec {
	var items []lawIgnored
	for range 1 + m.more.IntN(3) {
		items = append(items, m.ignorable())
	}
	if m.actor != "postgres" {
		items = append(items, m.outOfReach(s)...)
	}
	items = slices.DeleteFunc(items, func(g lawIgnored) bool { return s.isAbsent(g.role) }) // the file would be wrong
	if everyone := s.role(""); everyone != nil {
		everyone.ignores = items
	} else {
		s = append(s, lawRole{ignores: items})
	}
	if m.more.chance(4) {
		return s
	}
	ignores := s.ignoredIn(m.owners, m.server)
	ofRole := func(l lawMembership) bool { return ignores.roles[l.role] }
	s = slices.DeleteFunc(s, func(r lawRole) bool { return ignores.roles[r.name] })
	for i := range s {
		r := &s[i]
		r.memberOf = slices.DeleteFunc(r.memberOf, ofRole)
		if r.members != nil {
			*r.members = slices.DeleteFunc(*r.members, ofRole)
		}
		r.grants, r.directGrants = ignores.takenOut(r.grants), ignores.takenOut(r.directGrants)
		r.owns = slices.DeleteFunc(r.owns, func(o lawObject) bool { return ignores.has(o.String()) })
		r.futures = slices.DeleteFunc(r.futures, func(f lawFuture) bool { return ignores.schemas[f.inSchema] })
	}
	return s
}

// outOfReach gives what roles of a spec have on what the connecting role may not act for: many states are refused else.
func (m *specMaker) outOfReach(s lawSpec) []lawIgnored {
	out := []lawIgnored{{objects: lawPhrase{objects: []lawObject{{kind: "SCHEMA", name: "pg_catalog"}}}}}
	named := map[lawObject]bool{}
	for _, row := range m.state.ofKind("acl") {
		if o, known := objectOf(row[1]); known && s.role(row[3]) != nil && row[3] != "" && !m.actsFor(o) && !named[o] && m.more.chance(80) {
			named[o] = true
			out = append(out, lawIgnored{objects: lawPhrase{objects: []lawObject{o}}})
		}
	}
	return out
}

// takenOut leaves out of phrases what they name and what is left alone.
func (g lawIgnores) takenOut(phrases []lawPhrase) []lawPhrase {
	var out []lawPhrase
	for _, p := range phrases {
		named := len(p.objects)
		p.objects = slices.DeleteFunc(slices.Clone(p.objects), func(o lawObject) bool { return g.has(o.String()) })
		if named > 0 && len(p.objects) > 0 || named == 0 && !g.schemas[p.inSchema] {
			out = append(out, p)
		}
	}
	return out
}

// ignorable makes an item up.
func (m *specMaker) ignorable() lawIgnored {
	named := func(o lawObject) lawIgnored { return lawIgnored{objects: lawPhrase{objects: []lawObject{o}}} }
	schema := pick(m.more, m.schemas)
	kind := pick(m.more, []string{"TABLE", "TABLE", "SEQUENCE", "ROUTINE", "TYPE"})
	switch m.more.IntN(8) {
	case 0:
		return named(lawObject{kind: "SCHEMA", name: schema})
	case 1:
		return lawIgnored{members: true}
	case 2:
		return lawIgnored{role: pick(m.more, m.everyone)}
	case 3:
		return lawIgnored{objects: lawPhrase{kind: "DATABASE", holding: pick(m.more, []string{"p", currentDatabase[:1]})}}
	case 4, 5:
		return lawIgnored{objects: m.excepting(lawPhrase{kind: kind, inSchema: schema, holding: pick(m.more, []string{"", "e", "s", "d"})})}
	}
	return named(pick(m.more, m.objects))
}
