package planner

import (
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// ReliesOn gives the state that the plan relies on: the roles, memberships and objects that it touches, as they are
// before it. It is also before the moment at which anything ends that the plan gives.
func (p *Plan) ReliesOn() script.State {
	t := p.touched()
	s := t.in(p.From)
	for i := range s.Memberships {
		if m := &s.Memberships[i]; t.joined[m.Role] {
			m.Holds = heldState(m.Role, p.From)
		}
	}
	if !p.StaleAfter.IsZero() {
		s.Before = script.Timestamp{At: &p.StaleAfter}
	}
	return s
}

// LeadsTo gives their state after the plan. What the plan creates may have any OID.
func (p *Plan) LeadsTo() script.State { return p.touched().in(p.After()) }

// GivesAway gives the state of the objects that get another owner and may run code with its rights.
func (p *Plan) GivesAway() script.State {
	given := p.touched().given
	return (&touched{objects: given, given: given}).in(p.After())
}

// touched are the things that a plan's statements name, each once and in order.
type touched struct {
	roles []string
	// members are the members of each granted role that the statements name.
	granted  []string
	members  map[string][]string
	objects  []catalog.ObjectID
	futures  []catalog.Future
	settings []catalog.SettingOf
	policies []catalog.PolicyID
	// given are the objects that get another owner and may run code with its rights.
	given []catalog.ObjectID
	// joined are the roles that get members.
	joined map[string]bool
}

func (p *Plan) touched() *touched {
	t := &touched{roles: []string{p.Server.CurrentUser}, members: map[string][]string{}, joined: map[string]bool{}}
	for _, s := range p.Statements {
		if s.As != "" {
			t.roles = append(t.roles, s.As)
		}
		t.add(s.Change.Touches(p.From))
		if grant, is := s.Change.(catalog.GrantRole); is {
			for _, role := range grant.Roles {
				t.joined[role] = true
			}
		}
	}
	t.roles, t.granted = sortedOnce(t.roles, strings.Compare), slices.Sorted(maps.Keys(t.members))
	for role, members := range t.members {
		t.members[role] = sortedOnce(members, strings.Compare)
	}
	t.objects, t.futures = sortedOnce(t.objects, catalog.ObjectID.Compare), sortedOnce(t.futures, catalog.Future.Compare)
	t.settings, t.policies = sortedOnce(t.settings, catalog.SettingOf.Compare), sortedOnce(t.policies, catalog.PolicyID.Compare)
	t.given = sortedOnce(t.given, catalog.ObjectID.Compare)
	return t
}

// sortedOnce sorts a list and drops duplicates.
func sortedOnce[T comparable](list []T, compare func(a, b T) int) []T {
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

func (t *touched) add(names catalog.Touched) {
	t.roles = append(append(t.roles, names.Roles...), names.Granted...)
	for _, role := range names.Granted {
		if len(names.Members) > 0 {
			t.roles = append(t.roles, names.Members...)
			t.members[role] = append(t.members[role], names.Members...)
		}
	}
	for _, m := range names.Memberships {
		t.members[m.Role] = append(t.members[m.Role], m.Member)
	}
	t.objects, t.futures = append(t.objects, names.Objects...), append(t.futures, names.Futures...)
	t.settings, t.policies = append(t.settings, names.Settings...), append(t.policies, names.Policies...)
	for _, id := range names.Given {
		if id.Kind == catalog.Table || id.Kind == catalog.Routine {
			t.given = append(t.given, id)
		}
	}
}

// in gives the state of what is touched in a catalog.
func (t *touched) in(c *catalog.Catalog) script.State {
	s := script.State{
		Roles:       lists.Map(t.roles, func(name string) script.RoleState { return roleState(name, c.Roles[name]) }),
		Memberships: lists.Map(t.granted, func(role string) script.MembershipState { return membershipState(role, t.members[role], c) }),
		Objects:     lists.Map(t.objects, func(id catalog.ObjectID) script.ObjectState { return objectState(id, c.Objects[id]) }),
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
	for _, id := range t.given {
		if object := c.Objects[id]; object != nil {
			s.Code = append(s.Code, script.CodeState{Object: script.StateObject(id), Is: object.RunsAsOwner()})
		}
	}
	return s
}

func roleState(name string, role *catalog.Role) script.RoleState {
	if role == nil {
		return script.RoleState{Name: name}
	}
	return script.RoleState{Name: name, There: true, OID: role.OID, Attributes: &role.Attributes, ValidUntil: script.Timestamp{At: role.ValidUntil}}
}

// membershipState gives the memberships of some members, in order, in a role.
func membershipState(role string, members []string, c *catalog.Catalog) script.MembershipState {
	s := script.MembershipState{Role: role, Members: members}
	for _, m := range c.Members[role] {
		if _, concerns := slices.BinarySearch(s.Members, m.Member); concerns {
			s.Rows = append(s.Rows, script.StateMembership{Member: m.Member, Grantor: m.Grantor, Admin: m.Admin, Inherit: m.Inherit, Set: m.Set})
		}
	}
	return s
}

// heldState gives what a role holds that is a privilege role: its new members get that.
func heldState(name string, c *catalog.Catalog) *script.HeldState {
	role := c.Roles[name]
	if role == nil || role.Holds == nil {
		return nil
	}
	held := &script.HeldState{Privilege: role.Holds.Privilege, On: script.StateObject(role.Holds.Object), Column: role.Holds.Column}
	if object := c.Objects[role.Holds.Object]; object != nil {
		held.OID = object.OID
	}
	return held
}

func objectState(id catalog.ObjectID, object *catalog.Object) script.ObjectState {
	if object == nil {
		return script.ObjectState{ID: script.StateObject(id)}
	}
	return script.ObjectState{ID: script.StateObject(id), There: true, OID: object.OID, Owner: object.Owner, ACL: object.ACL, Columns: object.Columns, Added: object.Added}
}
