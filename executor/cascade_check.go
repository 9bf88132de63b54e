package executor

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// cascadeCheck finds out whether a REVOKE ... CASCADE took something from roles outside the spec. All other statements
// take only from the roles that they name. What these roles had and are to keep, they have to have afterwards, from any
// grantor.
// https://www.postgresql.org/docs/current/sql-revoke.html#SQL-REVOKE-NOTES
type cascadeCheck struct {
	// desired lacks what the keys members and public of the spec take from these roles.
	before, desired *catalog.Catalog
	// members are the members outside the spec of each role that is revoked with CASCADE. Objects are those with such a
	// REVOKE.
	members map[string][]string
	objects map[catalog.ObjectID]bool
	// isOutside tells whether a role is outside of the spec.
	isOutside func(role string) bool
}

// cascadeCheck says what to check of the last plan; nil: it has no CASCADE.
func (l *lastPlan) cascadeCheck(s *spec.Spec) *cascadeCheck {
	if l == nil || !slices.ContainsFunc(l.plan.Statements, isCascade) {
		return nil
	}
	c := &cascadeCheck{members: map[string][]string{}, objects: map[catalog.ObjectID]bool{}}
	inSpec := lists.Set(s.RoleNames())
	c.before, c.desired = l.current, l.desired
	c.isOutside = func(role string) bool { return !inSpec[role] && !isPgsrsOwn(l.current.Roles[role]) }
	for _, statement := range l.plan.Statements {
		if !isCascade(statement) {
			continue
		}
		switch ch := statement.Change.(type) {
		case catalog.RevokeRole:
			c.watchMembers(ch.Roles)
		case catalog.Revoke:
			c.objects[ch.Object] = true
		}
	}
	return c
}

// isPgsrsOwn tells whether a role is a privilege role or an administrator role. Its name alone does not make it one.
func isPgsrsOwn(role *catalog.Role) bool {
	return role != nil && (role.Holds != nil || role.IsAdministrator())
}

// isCascade tells whether a statement revokes in cascade.
func isCascade(s script.Statement) bool {
	switch ch := s.Change.(type) {
	case catalog.RevokeRole:
		return ch.Cascade
	case catalog.Revoke:
		return ch.Cascade
	}
	return false
}

func (c *cascadeCheck) watchMembers(roles []string) {
	for _, role := range roles {
		for _, m := range c.before.Members[role] {
			if c.isOutside(m.Member) && m.Member != c.before.Server.CurrentUser {
				c.members[role] = append(c.members[role], m.Member)
			}
		}
	}
}

// widen adds to a scope what has to be read for the check.
func (c *cascadeCheck) widen(scope catalog.Scope) catalog.Scope {
	if c == nil {
		return scope
	}
	for _, role := range slices.Sorted(maps.Keys(c.members)) {
		scope.Roles = slices.Concat(scope.Roles, c.members[role])
	}
	scope.Roles = slices.Compact(slices.Sorted(slices.Values(scope.Roles)))
	scope.Objects = slices.AppendSeq(slices.Clip(scope.Objects), maps.Keys(c.objects))
	return scope
}

// lost says, in order, what roles outside the spec no longer have.
func (c *cascadeCheck) lost(now *catalog.Catalog) []string {
	if c == nil {
		return nil
	}
	var out []string
	for role, members := range c.members {
		had, keeps, has := optionsOf(c.before.Members[role]), optionsOf(c.desired.Members[role]), optionsOf(now.Members[role])
		for _, member := range members {
			if is, was := has[member], commonOptions(had[member], keeps[member]); was.Admin && !is.Admin || was.Inherit && !is.Inherit || was.Set && !is.Set {
				out = append(out, fmt.Sprintf("role %q, which is not in the spec, had %+v of role %q and has %+v", member, was, role, is))
			}
		}
	}
	for id := range c.objects {
		object, was, desired := now.Objects[id], c.before.Objects[id], c.desired.Objects[id]
		if object == nil || desired == nil {
			continue
		}
		out = append(out, c.lostItems(id, "", commonItems(was.ACL, desired.ACL), object.ACL)...)
		for column, acl := range was.Columns {
			out = append(out, c.lostItems(id, column, commonItems(acl, desired.Columns[column]), object.Columns[column])...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *cascadeCheck) lostItems(id catalog.ObjectID, column string, was, is catalog.ACL) []string {
	var out []string
	for _, item := range was {
		if c.isOutside(item.Grantee) && item.Grantee != c.before.Objects[id].Owner &&
			(!is.Has(item.Grantee, item.Privilege) || item.Grantable && !is.HasOption(item.Grantee, item.Privilege)) {
			out = append(out, fmt.Sprintf("role %q, which is not in the spec, had %s on %s %s", item.Grantee, item.Privilege, id, column))
		}
	}
	return out
}

// commonItems gives the items of an ACL whose privilege, and grant option, the grantee has in the other, too.
func commonItems(acl, desired catalog.ACL) catalog.ACL {
	var out catalog.ACL
	for _, item := range acl {
		if item.Grantable = item.Grantable && desired.HasOption(item.Grantee, item.Privilege); desired.Has(item.Grantee, item.Privilege) {
			out = append(out, item)
		}
	}
	return out
}

// commonOptions gives the options that are in both.
func commonOptions(a, b catalog.Options) catalog.Options {
	return catalog.Options{Admin: a.Admin && b.Admin, Inherit: a.Inherit && b.Inherit, Set: a.Set && b.Set}
}

// optionsOf gives the options of each member of a role, from all grantors together.
func optionsOf(rows []catalog.Membership) map[string]catalog.Options {
	return catalog.OptionsByMember(rows, func(catalog.Membership) bool { return false })
}
