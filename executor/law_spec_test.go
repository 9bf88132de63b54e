package executor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// specMaker makes up specs for a state: each role of them keeps much of what it has, loses some of it, and gets
// something. One that is made up without looking is refused nearly always where the connecting role is no superuser.
type specMaker struct {
	*lawWorld
	state  facts
	owners map[string]string
	// acts tells for whom the connecting role may act, and administers whom it may grant.
	acts, administers map[string]bool
	// members are those of each role, and those that the spec adds.
	members map[string][]string
	owned   map[lawObject]bool
	server  *lawServer
}

func newSpecMaker(w *lawWorld, l *lawServer) *specMaker {
	m := &specMaker{lawWorld: w, state: l.facts(), acts: map[string]bool{}, administers: map[string]bool{}, members: map[string][]string{}, owned: map[lawObject]bool{}, server: l}
	m.owners = m.state.owners()
	for _, row := range m.state.ofKind("membership") {
		m.members[row[1]] = append(m.members[row[1]], row[2])
	}
	slices.SortFunc(m.state, func(a, b fact) int { return slices.Compare(a, b) })
	for _, row := range l.rows(`SELECT rolname::text, (pg_has_role('` + w.actor + `', oid, 'USAGE') OR pg_has_role('` + w.actor + `', oid, 'MEMBER WITH ADMIN OPTION') OR
		current_setting('server_version_num')::int < 160000 AND NOT rolsuper)::text, (pg_has_role('` + w.actor + `', oid, 'MEMBER WITH ADMIN OPTION') OR
		current_setting('server_version_num')::int < 160000 AND NOT rolsuper)::text FROM pg_roles WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '` + w.actor + `')`) {
		m.acts[row[0]], m.administers[row[0]] = row[1] == "true", row[2] == "true"
	}
	return m
}

// may is true p times out of a hundred where the connecting role has the right to it, and hardly ever where not.
func (m *specMaker) may(has bool, p int) bool { return m.chance(p) && (has || m.chance(4)) }

func (m *specMaker) spec() lawSpec {
	var s lawSpec
	share := pick(m.world, []int{15, 35, 55})
	for i, name := range m.everyone {
		if i >= len(m.roles) && !m.chance(10) {
			continue
		}
		if m.may(m.administers[name], share) {
			s = append(s, m.role(name))
		}
	}
	if m.chance(10) {
		s = append(s, m.role(fmt.Sprintf("new %d", m.IntN(3))))
	}
	if m.chance(12) {
		s = append(s, m.public())
	}
	if m.more.chance(25) {
		s = m.leaving(s)
	}
	if m.ignored {
		s = m.ignoring(s)
	}
	if m.fleet {
		m.addElsewhere(s)
	}
	// A role of the spec says itself what it is a member of.
	for i := range s {
		if s[i].members != nil {
			*s[i].members = slices.DeleteFunc(*s[i].members, func(l lawMembership) bool { return s.role(l.role) != nil })
		}
	}
	return s
}

func (m *specMaker) role(name string) lawRole {
	role := lawRole{name: name, login: pick(m.world, []*lawLogin{nil, nil, {}, {"2030-05-06T07:08:09Z"}})}
	m.addAttributes(&role)
	m.addSettings(&role)
	m.addMembers(&role)
	m.addMemberships(&role)
	m.addEnded(&role)
	m.addWhatIsThere(&role)
	for range m.IntN(3) {
		if p, ok := m.phrase(); ok {
			role.grants = append(role.grants, p)
		}
	}
	for range m.IntN(2) {
		if p, ok := m.phrase(); ok {
			p.withOption = m.chance(25)
			role.directGrants = append(role.directGrants, p)
		}
	}
	m.addExcepting(&role)
	m.endPhrases(&role)
	m.addOwned(&role)
	m.addFutures(&role)
	if m.chance(15) {
		role.preserve = []string{pick(m.world, m.schemas)}
		// What mode add gives to more creators, sync would preserve.
		role.futures = slices.DeleteFunc(role.futures, func(f lawFuture) bool { return f.creators == nil && f.inSchema == role.preserve[0] })
	}
	if m.chance(15) {
		comment := pick(m.world, []string{"", "who's \"this\"?"})
		role.comment = &comment
	}
	return role
}

// addAttributes keeps most of them, as far as the connecting role may not decide over them.
func (m *specMaker) addAttributes(role *lawRole) {
	if !m.chance(35) {
		return
	}
	has := m.state.role(role.name)
	attributes := []string{}
	for _, i := range slices.Sorted(maps.Keys(lawAttributes)) {
		word, is := lawAttributes[i][0], lawAttributes[i][1]
		if has != nil {
			is = has[i]
		}
		may := m.actor == "postgres" || word == "INHERIT" || word == "CREATEROLE" || word == "CONNECTION LIMIT" || word == "CREATEDB" && m.major < 16
		switch changes := m.may(may, 25); {
		case word == "CONNECTION LIMIT" && changes:
			attributes = append(attributes, word+pick(m.world, []string{" 5", " -1", " 0"}))
		case word == "CONNECTION LIMIT":
			attributes = append(attributes, word+" "+is)
		case word == "SUPERUSER" && is == "false" && !m.chance(20), (is == "true") == changes:
			attributes = append(attributes, "NO"+word)
		default:
			attributes = append(attributes, word)
		}
	}
	role.attributes = &attributes
}

var lawSettings = []lawSetting{
	{"work_mem", "5MB", "work_mem=5MB"}, {"WORK_MEM", "0006MB", "work_mem=0006MB"}, {"search_path", `[a, "B c"]`, `search_path=a, "B c"`},
	{"search_path", `[user, off, ""]`, `search_path="user", off, ""`}, {"search_path", `""`, `search_path=""`},
	{"datestyle", "iso", "DateStyle=iso"}, {"jit", "off", "jit=off"}, {"my.x", "' a''\\b '", "my.x= a'\\b "}, {"log_statement", "all", "log_statement=all"},
}

// addSettings makes some up.
func (m *specMaker) addSettings(role *lawRole) {
	some := func() *[]lawSetting {
		if !m.chance(20) {
			return nil
		}
		settings, named := []lawSetting{}, map[string]bool{}
		for range m.IntN(4) {
			s := pick(m.world, lawSettings)
			ofSuperusers := s.name == "log_statement" || s.name == "my.x"
			if key := strings.ToLower(s.name); !named[key] && m.may(m.actor == "postgres" || !ofSuperusers, 100) {
				named[key] = true
				settings = append(settings, s)
			}
		}
		return &settings
	}
	role.settings, role.here = some(), some()
}

// addMembers keeps most that are outside the spec, which is not known yet: they are chosen of those that are in none.
func (m *specMaker) addMembers(role *lawRole) {
	if !m.may(m.administers[role.name], 15) {
		return
	}
	members := []lawMembership{}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(m.members[role.name]))) {
		if m.chance(60) && !isPgsrs(name) {
			members = append(members, m.membership(name))
		}
	}
	role.members = &members
}

// addMemberships keeps most and adds some, that make no circle.
func (m *specMaker) addMemberships(role *lawRole) {
	add := func(group string) {
		if !slices.ContainsFunc(role.memberOf, func(l lawMembership) bool { return l.role == group }) {
			role.memberOf = append(role.memberOf, m.membership(group))
		}
	}
	for _, row := range m.state.ofKind("membership") {
		if row[2] == role.name && !isPgsrs(row[1]) && !m.may(m.acts[row[3]] && m.administers[row[1]], 40) {
			add(row[1])
		}
	}
	for _, group := range m.everyone {
		if m.may(m.administers[group], 15) && group != role.name && !m.isBelow(group, role.name) {
			add(group)
			m.members[group] = append(m.members[group], role.name)
		}
	}
}

// membership names options, as far as there are.
func (m *specMaker) membership(group string) lawMembership {
	listed := lawMembership{role: group}
	option := func(p int) *bool {
		if !m.chance(p) {
			return nil
		}
		value := m.chance(60)
		return &value
	}
	if m.chance(35) {
		listed.admin = option(70)
		if m.major >= 16 {
			listed.inherit, listed.set = option(50), option(50)
		}
	}
	return listed
}

// isBelow tells whether a role is a member of another, by whatever way.
func (m *specMaker) isBelow(member, of string) bool {
	seen := []string{of}
	for i := 0; i < len(seen); i++ {
		for _, other := range m.members[seen[i]] {
			if !slices.Contains(seen, other) {
				seen = append(seen, other)
			}
		}
	}
	return slices.Contains(seen, member)
}

// addWhatIsThere keeps most of what the role has, as it has it.
func (m *specMaker) addWhatIsThere(role *lawRole) {
	keep := func(row fact, list *[]lawPhrase, mayRevoke bool) {
		o, known := objectOf(row[1])
		if !known || row[2] != "" && (o.kind != "TABLE" || row[2] != "a" && row[2] != "b") || m.owners[row[1]] == role.name || m.may(mayRevoke, 40) {
			return
		}
		p := lawPhrase{privileges: []string{row[5]}, objects: []lawObject{o}}
		if row[2] != "" {
			p.columns = []string{row[2]}
		}
		p.withOption = list == &role.directGrants && row[6] == "true" && m.chance(60)
		*list = append(*list, p)
	}
	mayRevoke := map[string]bool{}
	for _, row := range m.state.ofKind("membership") {
		if row[2] == role.name && isPgsrs(row[1]) {
			mayRevoke[row[1]] = m.acts[row[3]] && m.administers[row[1]]
		}
	}
	for _, row := range m.state.ofKind("acl") {
		if row[3] == role.name {
			keep(row, &role.directGrants, m.acts[m.owners[row[1]]])
		} else if may, held := mayRevoke[row[3]]; held {
			keep(row, &role.grants, may)
		}
	}
}

// objectOf reads an object's name. No schema of a state has a dot in its name.
func objectOf(text string) (lawObject, bool) {
	kind, name := cutKind(text)
	o := lawObject{kind: kind, name: name}
	if catalog.Kind(kind).Info().InSchema() {
		o.schema, o.name, _ = strings.Cut(name, ".")
	}
	if at := strings.IndexByte(o.name, '('); kind == "ROUTINE" && at >= 0 {
		o.name, o.arguments = o.name[:at], o.name[at:]
	}
	place := cmp.Or(o.schema, o.name) // what is the server's own can not be named
	return o, kind != "" && (kind == "DATABASE" || kind == "TABLESPACE" || kind == "PARAMETER" || !strings.HasPrefix(place, "pg_") && place != "information_schema")
}

// phrase makes one up, mostly about what the connecting role may grant.
func (m *specMaker) phrase() (lawPhrase, bool) {
	o := m.object()
	for range 5 {
		if !m.actsFor(o) {
			o = m.object()
		}
	}
	if !m.may(m.actsFor(o), 100) {
		return lawPhrase{}, false
	}
	all := privilegesOfKind(o.kind, m.major)
	var columns []string
	if o.kind == "TABLE" && m.chance(30) {
		all, columns = columnPrivileges, pick(m.world, [][]string{{"a"}, {"b"}, {"a", "b"}})
	}
	p := lawPhrase{columns: columns, privileges: []string{pick(m.world, all)}, objects: []lawObject{o}}
	if second := pick(m.world, all); m.chance(30) && second != p.privileges[0] {
		p.privileges = append(p.privileges, second)
	}
	if m.chance(10) {
		p.privileges = nil
	}
	if o.schema != "" && m.chance(15) {
		p.objects, p.kind, p.inSchema = nil, o.kind, o.schema
		if o.kind == "TABLE" && m.chance(60) {
			p.holding = o.name[:1]
			if strings.ContainsAny(p.holding, `"\`+"\n;") || p.holding[0] > 'z' {
				p.holding = "e"
			}
		}
	}
	return p, true
}

// actsFor tells whether the connecting role may act for the owner of an object and of its schema.
func (m *specMaker) actsFor(o lawObject) bool {
	return m.acts[m.owners[o.String()]] && (o.schema == "" || m.acts[m.owners["SCHEMA "+o.schema]])
}

// addOwned names most of what the role owns, if owns is given, and something else.
func (m *specMaker) addOwned(role *lawRole) {
	if role.decidesOwned = m.chance(80) || !m.acts[role.name]; !role.decidesOwned {
		return
	}
	add := func(o lawObject) {
		if !m.owned[o] {
			m.owned[o] = true
			role.owns = append(role.owns, o)
		}
	}
	for _, row := range m.state.ofKind("owner") {
		o, known := objectOf(row[1])
		follows := o.kind == "SEQUENCE" && strings.HasSuffix(o.name, "_a_seq") // which has its table's owner
		if known && !follows && row[2] == role.name && catalog.Kind(o.kind).Info().Ownable && !m.may(m.acts[role.name], 25) {
			add(o)
		}
	}
	for range m.IntN(2) {
		if o := pick(m.world, m.objects); (o.kind == "TABLE" || o.kind == "ROUTINE" || o.kind == "TYPE") && m.may(m.actsFor(o) && m.acts[role.name], 60) {
			add(o)
		}
	}
	if m.more.chance(12) && (m.acts[m.owners[theDatabase.String()]] && m.acts[role.name] || m.more.chance(4)) {
		add(theDatabase)
	}
	if o := (lawObject{kind: "SCHEMA", name: pick(m.world, m.schemas)}); m.may(m.acts[m.owners[o.String()]] && m.acts[role.name], 15) {
		add(o)
	}
	if m.may(m.acts[m.owners[theDatabase.String()]], 12) {
		add(lawObject{kind: "SCHEMA", name: fmt.Sprintf("made %d", m.IntN(4))})
	}
}
