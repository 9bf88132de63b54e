package planner

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// ReliesOn gives what the plan relies on in the state before it: the roles, memberships and objects that it touches, as they are.
func (p *Plan) ReliesOn() script.State { return p.touched().in(p.before, p.before) }

// LeadsTo gives the same of the state after it. What the plan itself creates can have any OID.
func (p *Plan) LeadsTo() script.State {
	after := p.before.Clone()
	p.Apply(after)
	return p.touched().in(after, p.before)
}

// touched is what the statements of a plan name.
type touched struct {
	roles   map[string]bool
	members map[string]map[string]bool
	objects map[catalog.ObjectID]bool
}

func (p *Plan) touched() *touched {
	t := &touched{map[string]bool{}, map[string]map[string]bool{}, map[catalog.ObjectID]bool{}}
	t.roles[p.Server.CurrentUser] = true
	for _, s := range p.Statements {
		if s.As != "" {
			t.roles[s.As] = true
		}
		t.change(s.Change, p.before)
	}
	return t
}

func (t *touched) change(change catalog.Change, before *catalog.Catalog) {
	switch ch := change.(type) {
	case catalog.CreateRole:
		t.membership(ch.Name, ch.Members)
	case catalog.DropRole:
		t.roles[ch.Name] = true
	case catalog.AlterRole:
		t.roles[ch.Name] = true
	case catalog.CommentOnRole:
		t.roles[ch.Name] = true
	case catalog.GrantRole:
		t.memberships(ch.Roles, ch.Members)
	case catalog.RevokeRole:
		t.memberships(ch.Roles, ch.Members)
	case catalog.CreateSchema:
		t.objects[catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}] = true
		t.roles[ch.Owner] = true
	case catalog.DropSchema:
		t.objects[catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}] = true
	case catalog.SetOwner:
		t.owned(ch, before)
	case catalog.Grant:
		t.on(ch.Object, ch.Grantees)
	case catalog.Revoke:
		t.on(ch.Object, ch.Grantees)
	}
}

func (t *touched) memberships(roles, members []string) {
	for _, role := range roles {
		t.membership(role, members)
	}
}

func (t *touched) membership(role string, members []string) {
	t.roles[role] = true
	if t.members[role] == nil && len(members) > 0 {
		t.members[role] = map[string]bool{}
	}
	for _, member := range members {
		t.roles[member] = true
		t.members[role][member] = true
	}
}

func (t *touched) on(id catalog.ObjectID, grantees []string) {
	t.objects[id] = true
	for _, grantee := range grantees {
		if grantee != catalog.Public {
			t.roles[grantee] = true
		}
	}
}

// owned adds an object that changes hands, and the sequences that go with it.
func (t *touched) owned(ch catalog.SetOwner, before *catalog.Catalog) {
	t.objects[ch.Object], t.roles[ch.Owner] = true, true
	for _, id := range before.SequencesOf(ch.Object) {
		t.objects[id] = true
	}
}

// in describes what is touched as a catalog has it, with the OIDs of before.
func (t *touched) in(c, before *catalog.Catalog) script.State {
	var s script.State
	for _, name := range slices.Sorted(maps.Keys(t.roles)) {
		s.Roles = append(s.Roles, roleState(name, c.Roles[name], before.Roles[name]))
	}
	for _, role := range slices.Sorted(maps.Keys(t.members)) {
		s.Memberships = append(s.Memberships, t.membershipState(role, c))
	}
	for _, id := range slices.SortedFunc(maps.Keys(t.objects), catalog.ObjectID.Compare) {
		s.Objects = append(s.Objects, objectState(id, c.Objects[id], before.Objects[id]))
	}
	return s
}

func roleState(name string, role, before *catalog.Role) script.RoleState {
	if role == nil {
		return script.RoleState{Name: name}
	}
	s := script.RoleState{Name: name, There: true, Attributes: &role.Attributes, ValidUntil: role.ValidUntil}
	if before != nil {
		s.OID = before.OID
	}
	return s
}

func (t *touched) membershipState(role string, c *catalog.Catalog) script.MembershipState {
	s := script.MembershipState{Role: role, Members: slices.Sorted(maps.Keys(t.members[role]))}
	for _, m := range c.Members[role] {
		if t.members[role][m.Member] {
			s.Rows = append(s.Rows, m)
		}
	}
	return s
}

func objectState(id catalog.ObjectID, object, before *catalog.Object) script.ObjectState {
	if object == nil {
		return script.ObjectState{ID: id}
	}
	s := script.ObjectState{ID: id, There: true, Owner: object.Owner, ACL: object.ACL, Columns: object.Columns}
	if before != nil {
		s.OID = before.OID
	}
	return s
}
