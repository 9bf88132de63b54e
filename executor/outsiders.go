package executor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// bystanders are roles outside of a spec that have something where a plan revokes in cascade, the only statements
// that take from others than they name. What they had they have to have afterwards, from whomever.
type bystanders struct {
	before *catalog.Catalog
	// members are those of roles, by role; objects are those on which they may have something.
	members map[string][]string
	objects map[catalog.ObjectID]bool
	isOne   func(role string) bool
}

// bystanders lists those of the plan that was made; nil if there are none.
func (m *made) bystanders(s *spec.Spec) *bystanders {
	if m == nil || !slices.ContainsFunc(m.plan.Statements, cascades) {
		return nil
	}
	b := &bystanders{members: map[string][]string{}, objects: map[catalog.ObjectID]bool{}}
	inSpec := map[string]bool{}
	for _, role := range s.Roles {
		inSpec[role.Name] = true
	}
	b.before = m.current
	b.isOne = func(role string) bool { return !inSpec[role] && !strings.HasPrefix(role, spec.PrivilegeRolePrefix) }
	for _, statement := range m.plan.Statements {
		if !cascades(statement) {
			continue
		}
		switch ch := statement.Change.(type) {
		case catalog.RevokeRole:
			b.watchMembers(ch.Roles)
		case catalog.Revoke:
			b.objects[ch.Object] = true
		}
	}
	return b
}

// cascades tells whether a statement revokes in cascade.
func cascades(s script.Statement) bool {
	switch ch := s.Change.(type) {
	case catalog.RevokeRole:
		return ch.Cascade
	case catalog.Revoke:
		return ch.Cascade
	}
	return false
}

func (b *bystanders) watchMembers(roles []string) {
	for _, role := range roles {
		for _, m := range b.before.Members[role] {
			if b.isOne(m.Member) && m.Member != b.before.Server.CurrentUser {
				b.members[role] = append(b.members[role], m.Member)
			}
		}
	}
}

// seen adds to a scope what has to be read to see whether they have what they had.
func (b *bystanders) seen(scope catalog.Scope) catalog.Scope {
	if b == nil {
		return scope
	}
	for _, role := range slices.Sorted(maps.Keys(b.members)) {
		scope.Roles = slices.Concat(scope.Roles, b.members[role])
	}
	scope.Roles = slices.Compact(slices.Sorted(slices.Values(scope.Roles)))
	scope.Objects = slices.AppendSeq(slices.Clip(scope.Objects), maps.Keys(b.objects))
	return scope
}

// lost says, in order, what they no longer have.
func (b *bystanders) lost(now *catalog.Catalog) []string {
	if b == nil {
		return nil
	}
	var out []string
	for role, members := range b.members {
		had, has := optionsOf(b.before.Members[role]), optionsOf(now.Members[role])
		for _, member := range members {
			if is, was := has[member], had[member]; was.Admin && !is.Admin || was.Inherit && !is.Inherit || was.Set && !is.Set {
				out = append(out, fmt.Sprintf("role %q, which is not in the spec, had %+v of role %q and has %+v", member, was, role, is))
			}
		}
	}
	for id := range b.objects {
		if object, was := now.Objects[id], b.before.Objects[id]; object != nil {
			out = append(out, b.lostItems(id, "", was.ACL, object.ACL)...)
			for column, acl := range was.Columns {
				out = append(out, b.lostItems(id, column, acl, object.Columns[column])...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (b *bystanders) lostItems(id catalog.ObjectID, column string, was, is catalog.ACL) []string {
	var out []string
	for _, item := range was {
		if b.isOne(item.Grantee) && item.Grantee != b.before.Objects[id].Owner &&
			(!is.Has(item.Grantee, item.Privilege) || item.Grantable && !is.HasOption(item.Grantee, item.Privilege)) {
			out = append(out, fmt.Sprintf("role %q, which is not in the spec, had %s on %s %s", item.Grantee, item.Privilege, id, column))
		}
	}
	return out
}

// optionsOf gives what members have of a role, from all grantors together.
func optionsOf(rows []catalog.Membership) map[string]catalog.Options {
	out := make(map[string]catalog.Options, len(rows))
	for _, m := range rows {
		o := out[m.Member]
		out[m.Member] = catalog.Options{Admin: o.Admin || m.Admin, Inherit: o.Inherit || m.Inherit, Set: o.Set || m.Set}
	}
	return out
}
