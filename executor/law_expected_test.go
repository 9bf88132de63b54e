package executor

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// asTheSpecSays is the law that each role of a spec has just what the spec says: expected is worked out from the
// phrases here, by nothing of pgsr.
func (l *lawRun) asTheSpecSays() {
	m := l.newExpectation()
	for _, row := range l.after.ofKind("nobody") {
		if !slices.ContainsFunc(l.before.ofKind("nobody"), func(old fact) bool { return slices.Equal(old, row) }) {
			m.empty = append(m.empty, row)
		}
	}
	for _, role := range l.spec {
		if role.isPublic() {
			m.public(role)
			continue
		}
		if role.absent {
			continue
		}
		m.own[role.name] = m.ownOf(role)
	}
	for _, role := range l.spec {
		if role.isPublic() || role.absent {
			continue
		}
		m.attributes(role)
		m.memberships(role)
		m.members(role)
		m.settings(role)
		m.items(role)
		m.defaults(role)
		m.byPrivilegeRoles(role)
		m.ownerships(role)
		m.effective(role)
	}
	m.areGone()
	slices.Sort(m.wrong)
	l.expect("spec", m.wrong)
}

func (l *lawRun) newExpectation() *expectation {
	return &expectation{lawRun: l, owners: l.after.owners(), own: map[string]map[held]bool{}, creators: map[string][]string{}}
}

// held is a privilege on an object, or on a column of it.
type held struct{ privilege, object, column string }

type expectation struct {
	*lawRun
	owners map[string]string
	// own is what each role has by its own phrases.
	own   map[string]map[held]bool
	wrong []string
	// creators are who can create in a schema, once that was asked.
	creators map[string][]string
	// empty are default privileges that a run has left to nobody.
	empty []fact
}

func (m *expectation) fail(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// expand gives all that phrases name.
func (m *expectation) expand(phrases []lawPhrase) map[held]bool {
	out := map[held]bool{}
	for _, p := range phrases {
		kind, objects := p.kind, []string(nil)
		for _, o := range p.objects {
			kind, objects = o.kind, append(objects, o.String())
		}
		if p.objects == nil {
			prefix := kind + " "
			if p.inSchema != "" {
				prefix += p.inSchema + "."
			}
			for object := range m.owners {
				name, in := strings.CutPrefix(object, prefix)
				name, _, _ = strings.Cut(name, "(") // no pattern sees the arguments
				isRowType := kind == "TYPE" && m.owners["TABLE "+p.inSchema+"."+name] != ""
				if in && strings.Contains(name, p.holding) && !isRowType && !p.without.has(object) && !m.ignores.has(object) {
					objects = append(objects, object)
				}
			}
		}
		privileges := p.privileges
		if privileges == nil {
			privileges = privilegesOfKind(kind, m.major)
			if p.columns != nil {
				privileges = columnPrivileges
			}
		}
		columns := p.columns
		if columns == nil {
			columns = []string{""}
		}
		for _, object := range objects {
			if m.owners[object] == "" {
				continue // what is missing is named, and passed over
			}
			for _, privilege := range privileges {
				for _, column := range columns {
					out[held{privilege, object, column}] = true
				}
			}
		}
	}
	return out
}

// columnPrivileges are those that columns have.
var columnPrivileges = []string{"SELECT", "INSERT", "UPDATE", "REFERENCES"}

// givingOptions gives the phrases that give a grant option.
func givingOptions(phrases []lawPhrase) []lawPhrase {
	return slices.DeleteFunc(slices.Clone(phrases), func(p lawPhrase) bool { return !p.withOption })
}

// ownOf is what a role has by its phrases and what it keeps in the schemas that it names.
func (m *expectation) ownOf(role lawRole) map[held]bool {
	out := m.expand(append(slices.Clone(role.grants), role.direct()...))
	for h := range m.kept(role, role.name) {
		out[h] = true
	}
	for _, row := range m.before.ofKind("membership") {
		// One that does not inherit has given nothing, and stays as it is.
		if row[2] == role.name && isPgsrs(row[1]) && row[5] == "true" {
			for h := range m.kept(role, row[1]) {
				out[h] = true
			}
		}
	}
	return out
}

// kept is what a grantee had in the contents of the schemas that a role names.
func (m *expectation) kept(role lawRole, grantee string) map[held]bool {
	out, owned := map[held]bool{}, m.before.owners()
	for _, row := range m.before.ofKind("acl") {
		if owned[row[1]] == grantee {
			continue // what an owner has goes with the object
		}
		for _, schema := range role.preserve {
			kind, name := cutKind(row[1])
			if row[3] == grantee && strings.HasPrefix(name, schema+".") && catalog.Kind(kind).Info().InSchema() {
				out[held{row[5], row[1], row[2]}] = true
			}
		}
	}
	return out
}

func (m *expectation) attributes(role lawRole) {
	was, is := m.before.role(role.name), m.after.role(role.name)
	if is == nil {
		m.fail("%q is not there", role.name)
		return
	}
	if (is[6] == "true") != (role.login != nil) {
		m.fail("%q can log in: %s", role.name, is[6])
	}
	if role.login != nil && role.login.validUntil != "" && is[10] != "2030-05-06 07:08:09+00" {
		m.fail("%q is valid until %s", role.name, is[10])
	}
	if role.login == nil && is[11] != "" && m.actor == "postgres" {
		m.fail("%q still has a password", role.name)
	}
	if role.comment != nil && *role.comment != is[12] {
		m.fail("%q has the comment %s", role.name, is[12])
	}
	if role.attributes != nil {
		m.listedAttributes(role, is)
	}
	if was == nil {
		return
	}
	// What the spec does not give stays: attributes and a comment that are left out.
	for i := range lawAttributes {
		if role.attributes == nil && was[i] != is[i] {
			m.fail("%q had attribute %d %s and has %s", role.name, i, was[i], is[i])
		}
	}
	if role.comment == nil && was[12] != is[12] {
		m.fail("%q had the comment %s and has %s", role.name, was[12], is[12])
	}
}

// lawAttributes are the words of attributes, by their place in a fact, and what they are by default.
var lawAttributes = map[int][2]string{
	2: {"SUPERUSER", "false"}, 3: {"INHERIT", "true"}, 4: {"CREATEROLE", "false"}, 5: {"CREATEDB", "false"}, 7: {"REPLICATION", "false"},
	8: {"BYPASSRLS", "false"}, 9: {"CONNECTION LIMIT", "-1"},
}

func (m *expectation) listedAttributes(role lawRole, is fact) {
	for i, attribute := range lawAttributes {
		word, want := attribute[0], attribute[1]
		for _, listed := range *role.attributes {
			switch {
			case listed == word:
				want = "true"
			case listed == "NO"+word:
				want = "false"
			case strings.HasPrefix(listed, word+" "):
				want = strings.TrimPrefix(listed, word+" ")
			}
		}
		if is[i] != want {
			m.fail("%q has %s %s, not %s", role.name, word, is[i], want)
		}
	}
}

// memberships are those that are listed, beside privilege roles and what a creator of a role has in it.
func (m *expectation) memberships(role lawRole) {
	was, is := m.before.options(role.name), m.after.options(role.name)
	for _, listed := range role.memberOf {
		has := is[listed.role]
		if has == nil || !has["row"] && !listed.isAdminAlone() {
			m.fail("%q is not a member of %q", role.name, listed.role)
			continue
		}
		m.options(role, listed, was[listed.role], has)
		delete(is, listed.role)
	}
	for other, has := range is {
		if has["row"] && !m.ignores.roles[other] {
			m.fail("%q is a member of %q", role.name, other)
		}
	}
}

// members are those outside the spec, if they are listed.
func (m *expectation) members(role lawRole) {
	if role.members == nil {
		return
	}
	listed := map[string]bool{}
	for _, l := range *role.members {
		listed[l.role] = true
		has, had := m.after.options(l.role)[role.name], m.before.options(l.role)[role.name]
		if has == nil || !has["row"] && !l.isAdminAlone() {
			m.fail("%q is no member of %q", l.role, role.name)
		} else {
			m.options(lawRole{name: l.role}, lawMembership{role.name, l.admin, l.inherit, l.set, ""}, had, has)
		}
	}
	for _, row := range m.after.ofKind("membership") {
		if row[1] == role.name && m.spec.role(row[2]) == nil && !listed[row[2]] && !isCreators(row) && !m.ignores.roles[row[2]] {
			m.fail("%q is a member of %q, and is not listed", row[2], role.name)
		}
	}
}

// settings are those that are listed, where they are.
func (m *expectation) settings(role lawRole) {
	for database, listed := range map[string]*[]lawSetting{"": role.settings, currentDatabase: role.here} {
		is := m.after.settingsOf(role.name, database)
		want := m.before.settingsOf(role.name, database)
		if listed != nil {
			want = nil
			for _, s := range *listed {
				want = append(want, s.stored)
			}
		}
		slices.Sort(want)
		if slices.Sort(is); !slices.Equal(is, want) {
			m.fail("%q has the settings %q in %q, not %q", role.name, is, database, want)
		}
	}
}

// settingsOf gives name=value of the settings of a role in a database, or in all.
func (f facts) settingsOf(role, database string) []string {
	var out []string
	for _, row := range f.ofKind("setting") {
		if row[1] == role && row[2] == database {
			out = append(out, row[3])
		}
	}
	return out
}

// options gives, by granted role, the options that all rows of a member give together. Row tells whether there is one
// beside that which a creator of the role has, whose ADMIN OPTION is given apart.
func (f facts) options(member string) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, row := range f.ofKind("membership") {
		if row[2] != member || isPgsrs(row[1]) {
			continue
		}
		if out[row[1]] == nil {
			out[row[1]] = map[string]bool{}
		}
		has := out[row[1]]
		if isCreators(row) {
			has["creator"] = true
			continue
		}
		has["row"] = true
		for i, option := range []string{"admin", "inherit", "set"} {
			has[option] = has[option] || row[4+i] == "true"
		}
	}
	return out
}

// isAdminAlone tells whether no more is listed than the creator of a role has.
func (l lawMembership) isAdminAlone() bool {
	return l.admin != nil && *l.admin && l.set != nil && !*l.set && (l.inherit == nil || !*l.inherit)
}

// options holds those of a membership against what is listed. What a creator has in its role can not be taken away.
func (m *expectation) options(role lawRole, listed lawMembership, had, has map[string]bool) {
	admin, set := listed.admin != nil && *listed.admin, listed.set == nil || *listed.set
	inherit := m.after.role(role.name)[3] == "true"
	switch {
	case m.major < 16:
	case listed.inherit != nil:
		inherit = *listed.inherit
	case !has["row"]: // its creator, who goes on not inheriting
		inherit = false
	case had["row"]:
		inherit = had["inherit"]
	}
	if (has["admin"] || has["creator"] && admin) != admin || has["set"] != set || has["inherit"] != inherit {
		m.fail("%q is a member of %q with %v, had %v", role.name, listed.role, has, had)
	}
}

// cutKind cuts an object into its kind, which may be of several words, and its name. The kind is empty if specs can not
// speak of it.
func cutKind(object string) (kind, name string) {
	for _, kind := range []string{"DATABASE", "SCHEMA", "TABLE", "SEQUENCE", "LANGUAGE", "TABLESPACE", "ROUTINE", "TYPE", "FOREIGN DATA WRAPPER", "FOREIGN SERVER", "LARGE OBJECT", "PARAMETER"} {
		if name, is := strings.CutPrefix(object, kind+" "); is {
			return kind, name
		}
	}
	return "", object
}

func isManaged(object string) bool {
	kind, _ := cutKind(object)
	return kind != ""
}

// items are those that direct_grants lists, with grant option where it says so, and what is kept.
func (m *expectation) items(role lawRole) {
	expected, missing := m.expand(role.direct()), m.expand(role.direct())
	options, missingOptions := m.expand(givingOptions(role.direct())), m.expand(givingOptions(role.direct()))
	kept := m.kept(role, role.name)
	for _, row := range m.after.ofKind("acl") {
		if row[3] != role.name || !isManaged(row[1]) || m.owners[row[1]] == role.name || m.isNewObject(row[1]) || m.ignores.has(row[1]) {
			continue
		}
		h := held{row[5], row[1], row[2]}
		comes, withOption := m.comesByDefault(role, row)
		if !expected[h] && !kept[h] && !comes {
			m.fail("%q has %s on %s %s", role.name, row[5], row[1], row[2])
		}
		if row[6] == "true" && !kept[h] && !withOption && !options[h] {
			m.fail("%q may grant %s on %s %s", role.name, row[5], row[1], row[2])
		}
		if row[6] == "true" {
			delete(missingOptions, h)
		}
		delete(missing, h)
	}
	for h := range missing {
		if m.owners[h.object] != role.name {
			m.fail("%q has no %s on %s %s of its own", role.name, h.privilege, h.object, h.column)
		}
	}
	for h := range missingOptions {
		if m.owners[h.object] != role.name && !m.isNewObject(h.object) {
			m.fail("%q may not grant %s on %s %s", role.name, h.privilege, h.object, h.column)
		}
	}
}

// isNewObject tells of a schema that was not there before: default privileges may have added to it.
func (m *expectation) isNewObject(object string) bool {
	_, known := m.before.owners()[object]
	return !known
}

// byPrivilegeRoles are those that grants lists.
func (m *expectation) byPrivilegeRoles(role lawRole) {
	expected := m.expand(role.grants)
	for _, row := range m.after.ofKind("membership") {
		if row[2] != role.name || !isPgsrs(row[1]) || isCreators(row) {
			continue
		}
		kept, leftAlone := m.kept(role, row[1]), m.holdsIgnored(row[1])
		for _, item := range m.after.ofKind("acl") {
			h := held{item[5], item[1], item[2]}
			if item[3] != row[1] {
				continue
			}
			// A role of which something is preserved stays with all that it gives.
			if !m.expand(role.grants)[h] && len(kept) == 0 && !leftAlone {
				m.fail("%q has %s on %s %s by %q", role.name, item[5], item[1], item[2], row[1])
			}
			delete(expected, h)
		}
	}
	for h := range expected {
		if m.owners[h.object] != role.name {
			m.fail("%q has no %s on %s by a privilege role", role.name, h.privilege, h.object)
		}
	}
}

// ownerships are those that owns lists, if it is given.
func (m *expectation) ownerships(role lawRole) {
	owned := map[string]bool{}
	for _, o := range role.owns {
		owned[o.String()] = true
		if owner := m.owners[o.String()]; owner != role.name && owner != "" {
			m.fail("%q does not own %s", role.name, o)
		}
	}
	for object, owner := range m.owners {
		kind, _, _ := strings.Cut(object, " ")
		if role.name == m.actor {
			continue // what nobody else is to have stays with the connecting role
		}
		if owner == role.name && role.decidesOwned && !owned[object] && !m.ignores.has(object) && (kind == "TABLE" || kind == "SCHEMA") {
			m.fail("%q owns %s", role.name, object)
		}
	}
}

// effective asks the server whether the role can do what it is to be able to, and whether it can do something that
// neither it nor what it inherits from is to have.
func (m *expectation) effective(role lawRole) {
	inherited := []string{role.name, ""}
	for key := range m.can[1].has {
		if key[0] == role.name && key[2] == "USAGE" {
			inherited = append(inherited, key[1])
		}
	}
	row := m.after.role(role.name)
	if row == nil || row[2] == "true" || slices.Contains(inherited, "postgres") {
		return
	}
	isServers := func(object string) bool {
		return strings.Contains(object, " pg_catalog.") || strings.Contains(object, " information_schema")
	}
	for h := range m.own[role.name] {
		byRoles := m.major < 16 && row[3] == "false" && !m.expand(role.direct())[h]
		if !m.can[1].can[[4]string{role.name, h.privilege, h.object, h.column}] && !byRoles && isManaged(h.object) {
			m.fail("%q can not %s on %s %s", role.name, h.privilege, h.object, h.column)
		}
	}
	has := map[held]bool{}
	for _, other := range inherited {
		if own, in := m.own[other]; in {
			for h := range own {
				has[h] = true
			}
		}
	}
	for _, r := range m.after.ofKind("acl") {
		comes := false
		if other := m.spec.role(r[3]); other != nil {
			comes, _ = m.comesByDefault(*other, r)
		}
		if slices.Contains(inherited, r[3]) && (r[3] == "" || m.spec.role(r[3]) == nil || m.isNewObject(r[1]) || comes) {
			has[held{r[5], r[1], r[2]}] = true
		}
	}
	for a := range m.can[1].can {
		h := held{a[1], a[2], a[3]}
		if a[0] != role.name || has[h] || has[held{a[1], a[2], ""}] || slices.Contains(inherited, m.owners[a[2]]) || isServers(a[2]) || m.ignores.has(a[2]) {
			continue
		}
		if slices.ContainsFunc(inherited, func(r string) bool { return strings.HasSuffix(r, "_all_data") }) {
			continue // which no ACL says
		}
		m.fail("%q can %s on %s %s, by nothing", role.name, a[1], a[2], a[3])
	}
}
