package export

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// role gives what a spec says of a role.
func (e *exporter) role(name string) spec.Role {
	known := e.Roles[name]
	role := spec.Role{
		Name: name, Attributes: attributes(known.Attributes),
		MemberOf: e.memberships(name), Grants: e.grants(name), DirectGrants: e.directGrants(name), Owns: e.owns(name),
	}
	if known.Attributes.Login {
		role.Login = &spec.Login{ValidUntil: known.ValidUntil}
	}
	if known.Comment != "" {
		role.Comment = &known.Comment
	}
	if !e.unsaid.settings[name] {
		role.Settings, role.In = settings(known, ""), nil
		if here := settings(known, e.Server.Database); here != nil {
			role.In = []spec.InDatabase{databaseKey(e.Server.Database)}
			role.In[0].Settings = here
		}
	} else {
		e.note(name, "It has settings that a spec can not say: they stay as they are")
	}
	e.dropProblems(&role)
	e.noteOfRole(name)
	return role
}

// attributes gives those that differ from CREATE ROLE's defaults; nil if none does.
func attributes(a catalog.Attributes) []spec.Attribute {
	var out []spec.Attribute
	defaults := catalog.NewAttributes()
	for _, info := range catalog.AttributeInfos() {
		if is := *info.Of(&a); is != *info.Of(&defaults) {
			out = append(out, spec.Attribute{Word: info.Word, No: !is})
		}
	}
	if a.ConnectionLimit != catalog.NoConnectionLimit {
		out = append(out, spec.Attribute{Limit: a.ConnectionLimit})
	}
	return out
}

// settings gives those of a role in a database, or, without a name, in all of them; nil if there are none.
func settings(role *catalog.Role, database string) []spec.Setting {
	var out []spec.Setting
	for _, s := range role.Settings {
		if s.Database != database {
			continue
		}
		values := []string{s.Value}
		if catalog.IsListSetting(s.Name) {
			values = catalog.ListElements(s.Value)
		}
		out = append(out, spec.Setting{Name: s.Name, Values: values})
	}
	return out
}

// dropProblems leaves out what no spec can say of a role, so that it stays as it is, and notes it.
func (e *exporter) dropProblems(role *spec.Role) {
	spec.Check(&spec.Spec{Roles: []spec.Role{*role}}, func(p spec.Problem) {
		switch p.Field {
		case spec.KeySettings:
			role.Settings = nil
		case spec.KeyIn:
			role.In = nil
		case spec.KeyComment:
			role.Comment = nil
		case spec.KeyLogin:
			role.Login = &spec.Login{}
		default:
			e.differences = append(e.differences, fmt.Sprintf("role %q: %s", role.Name, p.Message))
			return
		}
		e.note(role.Name, "Left out of %s: %s", p.Field, p.Message)
	})
}

// memberships gives what a role is a member of, but for privilege roles, and where it is the creator and nothing more.
func (e *exporter) memberships(member string) []spec.Membership {
	var out []spec.Membership
	created := 0
	for _, group := range e.memberOf[member] {
		if catalog.IsOwnRole(group) || spec.GroupProblem(group) != "" {
			continue
		}
		if options, is := e.optionsOf(group, member); is {
			out = append(out, e.membership(group, member, options))
		} else {
			created++
		}
	}
	if created > 0 {
		e.note(member, "It has ADMIN OPTION on %s as who created them, which PostgreSQL gives and no spec decides", lists.Counted(created, "role", "roles"))
	}
	return out
}

func (e *exporter) membership(group, member string, has catalog.Options) spec.Membership {
	m := spec.Membership{Role: group, Admin: has.Admin}
	if !e.Server.MembershipsHaveOptions() {
		return m
	}
	if has.Inherit != e.DefaultOptions(member).Inherit {
		m.Inherit = &has.Inherit
	}
	if !has.Set {
		m.Set = &has.Set
	}
	return m
}

// noteNotManaged notes what pgsr does not manage of what a role has.
func (e *exporter) noteNotManaged(name string) {
	if objects := e.options.NotManaged[name]; len(objects) > 0 {
		e.note(name, "It has objects of kinds that pgsr does not manage: %s", firstFew(objects))
	}
	if privileges := e.unknown[name]; len(privileges) > 0 {
		slices.Sort(privileges)
		e.note(name, "It has privileges that pgsr does not manage: %s", firstFew(privileges))
	}
}

// noteOfRole notes what the spec does not decide of a role.
func (e *exporter) noteOfRole(name string) {
	e.noteNotManaged(name)
	counts := map[catalog.Kind]int{}
	for _, object := range e.owned[name] {
		if !object.ID.Kind.Info().Ownable {
			counts[object.ID.Kind]++
		}
	}
	for _, kind := range catalog.Kinds() {
		if n := counts[kind.Kind]; n > 0 {
			e.note(name, "It owns %s, which owns does not decide", lists.Counted(n, strings.ToLower(string(kind.Kind)), strings.ToLower(kind.Plural)))
		}
	}
	var outside []string
	for _, row := range e.Members[name] {
		if e.isOutside(row.Member) && !e.IsCreators(row) && !slices.Contains(outside, row.Member) {
			outside = append(outside, row.Member)
		}
	}
	if len(outside) > 0 {
		slices.Sort(outside)
		e.note(name, "Members that are not in this file stay: %s", firstFew(lists.Quoted(outside)))
	}
}

// isOutside tells whether a member is one whom people have to be told of: not the connecting role, which administers.
func (e *exporter) isOutside(member string) bool {
	return !e.exported[member] && member != e.Server.CurrentUser
}
