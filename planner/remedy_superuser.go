package planner

import (
	"errors"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// remediesBySuperuser gives what a superuser has to run in place of the connecting role, as far as the roles for it
// exist.
func remediesBySuperuser(have, desired *catalog.Catalog, lacks []denial) []remedy {
	have = have.Clone()
	have.Server.CurrentUser, have.Server.SessionUser = have.Server.Bootstrap, have.Server.Bootstrap
	for len(lacks) > 0 {
		plan, err := newBuilder(have, wanted(have, desired, lacks)).planAllSteps(have)
		if err == nil {
			return remediesOf(plan)
		}
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			return nil
		}
		possible := slices.DeleteFunc(slices.Clone(lacks), func(l denial) bool {
			return slices.ContainsFunc(refusal.denials, func(refused denial) bool { return l.subject == refused.subject })
		})
		if len(possible) == len(lacks) {
			return nil
		}
		lacks = possible
	}
	return nil
}

// wanted gives a catalog in which only the denied changes are made. A denied REVOKE is applied alone, unless its
// dependents have to get another grantor: then the whole object, or role, becomes as desired.
func wanted(have, desired *catalog.Catalog, lacks []denial) *catalog.Catalog {
	want := have.Clone()
	whole := map[subject]bool{{}: true}
	for _, l := range lacks {
		if !l.isPlainRevoke(have) && !whole[l.subject] {
			whole[l.subject] = true
			l.subject.put(want, desired)
		}
	}
	for _, l := range lacks {
		if l.isPlainRevoke(have) && !whole[l.subject] {
			l.change.Apply(want)
		}
	}
	return want
}

func (l denial) isPlainRevoke(have *catalog.Catalog) bool {
	switch ch := l.change.(type) {
	case catalog.Revoke:
		object := have.Objects[ch.Object]
		return object != nil && object.Owner == ch.Grantor && !ch.Cascade
	case catalog.RevokeRole:
		return !slices.ContainsFunc(ch.Roles, func(role string) bool {
			return slices.ContainsFunc(have.Members[role], func(m catalog.Membership) bool { return slices.Contains(ch.Members, m.Grantor) })
		})
	}
	return false
}

func remediesOf(plan *Plan) []remedy {
	out := make([]remedy, len(plan.Statements))
	for i, s := range plan.Statements {
		if ch, creates := s.Change.(catalog.CreateRole); creates { // which gives the connecting role nothing
			ch.Creator = plan.Server.Bootstrap
			s.Change = ch
		}
		out[i] = remedy{s.Change, s.As}
	}
	return out
}

// put makes a subject of a catalog as it is desired.
func (p subject) put(c, desired *catalog.Catalog) {
	switch {
	case p.members != "":
		p.putMembers(c, desired)
	case p.attributes:
		p.putPart(c, desired, func(name string, now, want *catalog.Role) []catalog.Change {
			return []catalog.Change{catalog.AlterRole{Name: name, Attributes: catalog.ChangesOf(now.Attributes, want.Attributes)}}
		})
	case p.settings:
		p.putPart(c, desired, func(name string, now, want *catalog.Role) []catalog.Change {
			return catalog.DifferentSettings(name, now.Settings, want.Settings)
		})
	case p.role != "":
		p.putRole(c, desired)
	case p.future != catalog.Future{}:
		if c.Roles[p.future.Owner] != nil {
			c.SetFutureACL(p.future, knownItems(c, desired.FutureACL(p.future)))
		}
	default:
		p.putObject(p.object, c, desired)
		for _, id := range desired.SequencesOf(p.object) {
			p.putObject(id, c, desired)
		}
	}
}

func (p subject) putObject(id catalog.ObjectID, c, desired *catalog.Catalog) {
	want := desired.Objects[id]
	if want == nil || c.Roles[want.Owner] == nil {
		return
	}
	if table := c.Objects[want.OwnedBy]; table != nil && table.Owner != want.Owner {
		return // a sequence goes with its table, and is put after it
	}
	changed := *want
	changed.ACL = knownItems(c, want.ACL)
	changed.Columns = make(map[string]catalog.ACL, len(want.Columns))
	for column, acl := range want.Columns {
		if acl = knownItems(c, acl); len(acl) > 0 {
			changed.Columns[column] = acl
		}
	}
	c.Objects[id] = &changed
}

// knownItems leaves out the items of roles that do not exist yet.
func knownItems(c *catalog.Catalog, acl catalog.ACL) catalog.ACL {
	return slices.DeleteFunc(slices.Clone(acl), func(i catalog.Item) bool { return !isKnown(c, i.Grantee) || !isKnown(c, i.Grantor) })
}

// putPart makes the attributes or settings of a role as desired. A missing role is created without anything else.
func (p subject) putPart(c, desired *catalog.Catalog, differences func(name string, now, want *catalog.Role) []catalog.Change) {
	want := desired.Roles[p.role]
	if want == nil {
		return
	}
	if c.Roles[p.role] == nil {
		catalog.CreateRole{Name: p.role}.Apply(c)
	}
	for _, change := range differences(p.role, c.Roles[p.role], want) {
		change.Apply(c)
	}
}

// putRole makes a role as desired, except its password, which no message may hold.
func (p subject) putRole(c, desired *catalog.Catalog) {
	want, have := desired.Roles[p.role], c.Roles[p.role]
	switch {
	case have == nil:
	case want == nil:
		catalog.DropRole{Name: p.role}.Apply(c)
	default:
		changed := *want
		if changed.Verifier != catalog.NoPassword {
			changed.Verifier = have.Verifier
		}
		c.Roles[p.role] = &changed
	}
}

// putMembers makes the members of a role as desired. It leaves out members that do not exist yet, that would become a
// member of themselves, or would get a superuser's rights: no remedy gives these.
func (p subject) putMembers(c, desired *catalog.Catalog) {
	before, reach := c.Members[p.members], access.NewReach(c)
	reachesAll := reach.ReachesAll(p.members)
	var rows []catalog.Membership
	for _, m := range desired.Members[p.members] {
		isMember := func(row catalog.Membership) bool { return row.Member == m.Member }
		if !isKnown(c, m.Member) || !slices.ContainsFunc(before, isMember) && (reachesAll || reach.IsMember(p.members, m.Member)) {
			continue
		}
		m.Grantor = superusersGrantor(c, m, before)
		at := slices.IndexFunc(rows, func(row catalog.Membership) bool { return row.Member == m.Member && row.Grantor == m.Grantor })
		if at >= 0 {
			rows[at].Options = rows[at].With(m.Options)
		} else {
			rows = append(rows, m)
		}
	}
	if c.Members[p.members] = rows; len(rows) == 0 {
		delete(c.Members, p.members)
	}
}

// superusersGrantor gives the grantor of a membership that a superuser grants: the wanted one if it has ADMIN OPTION,
// else the bootstrap superuser. The row that a role's creator gets has that grantor already, so a second one is granted
// by the creator itself.
func superusersGrantor(c *catalog.Catalog, m catalog.Membership, before []catalog.Membership) string {
	bootstrap := c.Server.Bootstrap
	isAdmin := func(row catalog.Membership) bool { return row.Member == m.Grantor && row.Admin }
	isCreators := func(row catalog.Membership) bool { return row.Member == m.Member && c.IsCreators(row) }
	switch {
	case !c.Server.MembershipsHaveOptions(), m.Grantor == bootstrap, slices.ContainsFunc(before, isAdmin):
		return m.Grantor
	case slices.ContainsFunc(before, isCreators):
		return m.Member
	}
	return bootstrap
}
