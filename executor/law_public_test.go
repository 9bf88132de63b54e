package executor

import (
	"fmt"
	"slices"
	"strings"
)

// A spec's role without a name is what everyone has: its grants are those of public, its direct grants what public
// revokes. What is ignored stands there, too.

func (r lawRole) isPublic() bool { return r.name == "" }

// publicYAML writes public as a file does.
func (r lawRole) publicYAML() string {
	list := func(phrases []lawPhrase) string {
		return "[" + strings.Join(texts(phrases, func(p lawPhrase) string { return jsonText(p.text()) }), ", ") + "]"
	}
	if r.grants == nil && r.directGrants == nil {
		return ""
	}
	return fmt.Sprintf("public: {grants: %s, revokes: %s}\n", list(r.grants), list(r.directGrants))
}

// public decides over some of what everyone has, and gives everyone something.
func (m *specMaker) public() lawRole {
	var role lawRole
	taken := map[string]bool{}
	for _, row := range m.state.ofKind("acl") {
		o, known := objectOf(row[1])
		isOurs := m.acts[m.owners[row[1]]] && (o.schema == "" || m.acts[m.owners["SCHEMA "+o.schema]])
		if row[3] == "" && known && row[2] == "" && m.may(isOurs, 30) && (o.kind != "LANGUAGE" || o.name == "plpgsql") {
			role.directGrants = append(role.directGrants, lawPhrase{privileges: []string{row[5]}, objects: []lawObject{o}})
			taken[row[5]+row[1]] = true
		}
	}
	if p, ok := m.phrase(); ok && p.privileges != nil && p.objects != nil && !slices.ContainsFunc(p.privileges, func(s string) bool { return taken[s+p.objects[0].String()] }) {
		role.grants = append(role.grants, p)
	}
	return role
}

// public is the law that everyone has what public grants, nothing of what it revokes, and all else as before.
func (m *expectation) public(role lawRole) {
	given, taken := m.expand(role.grants), m.expand(role.directGrants)
	was, is := map[held]bool{}, map[held]bool{}
	rows := func(f facts, into map[held]bool) {
		for _, row := range f.ofKind("acl") {
			if row[3] == "" {
				into[held{row[5], row[1], row[2]}] = true
			}
		}
	}
	rows(m.before, was)
	rows(m.after, is)
	for h := range given {
		if !is[h] {
			m.fail("everyone lacks %+v", h)
		}
	}
	for h := range is {
		onObject := held{h.privilege, h.object, ""}
		switch {
		case taken[onObject]:
			m.fail("everyone has %+v", h)
		case !was[h] && !given[h] && !m.isNewObject(h.object):
			m.fail("everyone has got %+v", h)
		}
	}
	for h := range was {
		if !is[h] && !taken[held{h.privilege, h.object, ""}] {
			m.fail("everyone has lost %+v", h)
		}
	}
}
