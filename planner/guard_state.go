package planner

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// ReliesOn gives what the plan relies on in the state before it: the roles, memberships and objects that it touches,
// as they are; and that what it gives has not ended.
func (p *Plan) ReliesOn() script.State {
	s := p.touched().in(p.From)
	if !p.StaleAfter.IsZero() {
		s.Before = script.Timestamp{At: &p.StaleAfter}
	}
	return s
}

// LeadsTo gives the same of the state after it. What the plan itself creates can have any OID.
func (p *Plan) LeadsTo() script.State { return p.touched().in(p.After()) }

// touched is what the statements of a plan name. The members of a role may be there more than once, and in any order.
type touched struct {
	roles   map[string]bool
	members map[string][]string
	objects map[catalog.ObjectID]bool
	futures map[catalog.Future]bool
	// settings are by what tells one from another.
	settings map[catalog.SettingOf]bool
	policies map[catalog.PolicyID]bool
}

func (p *Plan) touched() inOrder {
	t := &touched{map[string]bool{}, map[string][]string{}, map[catalog.ObjectID]bool{}, map[catalog.Future]bool{}, map[catalog.SettingOf]bool{}, map[catalog.PolicyID]bool{}}
	t.roles[p.Server.CurrentUser] = true
	for _, s := range p.Statements {
		if s.As != "" {
			t.roles[s.As] = true
		}
		t.add(s.Change.Touches(p.From))
	}
	return t.inOrder()
}

func (t *touched) add(names catalog.Touched) {
	for _, name := range names.Roles {
		t.roles[name] = true
	}
	for _, role := range names.Granted {
		t.membership(role, names.Members)
	}
	for _, m := range names.Memberships {
		t.members[m.Role] = append(t.members[m.Role], m.Member)
	}
	for _, id := range names.Objects {
		t.objects[id] = true
	}
	for _, of := range names.Settings {
		t.settings[of] = true
	}
	for _, f := range names.Futures {
		t.futures[f] = true
	}
	for _, id := range names.Policies {
		t.policies[id] = true
	}
}

func (t *touched) membership(role string, members []string) {
	t.roles[role] = true
	if len(members) == 0 {
		return
	}
	for _, member := range members {
		t.roles[member] = true
	}
	t.members[role] = append(t.members[role], members...)
}

// inOrder is what is touched, in order: it is described before and after. The members are those of each of granted.
type inOrder struct {
	roles, granted []string
	members        [][]string
	objects        []catalog.ObjectID
	futures        []catalog.Future
	settings       []catalog.SettingOf
	policies       []catalog.PolicyID
}

func (t *touched) inOrder() inOrder {
	o := inOrder{
		roles: slices.Sorted(maps.Keys(t.roles)), granted: slices.Sorted(maps.Keys(t.members)),
		objects:  slices.SortedFunc(maps.Keys(t.objects), catalog.ObjectID.Compare),
		futures:  slices.SortedFunc(maps.Keys(t.futures), catalog.Future.Compare),
		settings: slices.SortedFunc(maps.Keys(t.settings), catalog.SettingOf.Compare),
		policies: slices.SortedFunc(maps.Keys(t.policies), catalog.PolicyID.Compare),
	}
	o.members = lists.Map(o.granted, func(role string) []string {
		return slices.Compact(slices.Sorted(slices.Values(t.members[role])))
	})
	return o
}

// in describes what is touched as a catalog has it.
func (t inOrder) in(c *catalog.Catalog) script.State {
	s := script.State{
		Roles:       make([]script.RoleState, 0, len(t.roles)),
		Memberships: make([]script.MembershipState, 0, len(t.members)),
		Objects:     make([]script.ObjectState, 0, len(t.objects)),
	}
	for _, name := range t.roles {
		s.Roles = append(s.Roles, roleState(name, c.Roles[name]))
	}
	for at, role := range t.granted {
		s.Memberships = append(s.Memberships, membershipState(role, t.members[at], c))
	}
	for _, id := range t.objects {
		s.Objects = append(s.Objects, objectState(id, c.Objects[id]))
	}
	for _, of := range t.settings {
		value, there := c.Roles[of.Role].Setting(of)
		s.Settings = append(s.Settings, script.SettingState{SettingOf: of, There: there, Value: value})
	}
	for _, f := range t.futures {
		acl, there := c.DefaultPrivileges[f]
		s.Futures = append(s.Futures, script.FutureState{Future: script.StateFuture(f), There: there, ACL: acl})
	}
	for _, id := range t.policies {
		policy, there := c.Policies[id]
		s.Policies = append(s.Policies, script.PolicyState{Table: script.StateObject(id.Table), Name: id.Name, There: there, OID: policy.OID, Roles: policy.Roles})
	}
	return s
}

func roleState(name string, role *catalog.Role) script.RoleState {
	if role == nil {
		return script.RoleState{Name: name}
	}
	return script.RoleState{Name: name, There: true, OID: role.OID, Attributes: &role.Attributes, ValidUntil: script.Timestamp{At: role.ValidUntil}}
}

// membershipState describes what some members, in order, have in a role.
func membershipState(role string, members []string, c *catalog.Catalog) script.MembershipState {
	s := script.MembershipState{Role: role, Members: members}
	for _, m := range c.Members[role] {
		if _, concerns := slices.BinarySearch(s.Members, m.Member); concerns {
			s.Rows = append(s.Rows, script.StateMembership{Member: m.Member, Grantor: m.Grantor, Admin: m.Admin, Inherit: m.Inherit, Set: m.Set})
		}
	}
	return s
}

func objectState(id catalog.ObjectID, object *catalog.Object) script.ObjectState {
	if object == nil {
		return script.ObjectState{ID: script.StateObject(id)}
	}
	return script.ObjectState{ID: script.StateObject(id), There: true, OID: object.OID, Owner: object.Owner, ACL: object.ACL, Columns: object.Columns, Added: object.Added}
}
