package planner

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// Stage is a part of the plan of the connected database, which runs before or after those of other databases. It has a
// desired catalog of its own ([Stage.Desired]). So it is planned, applied and verified as if it were the whole plan.
type Stage int

const (
	// Whole is the whole plan: no other database has anything to do.
	Whole Stage = iota
	// LosingLogins comes first, so that nobody logs in meanwhile who is to lose the login.
	LosingLogins
	// Gaining is all that lies in the connected database, and all that roles gain of what all databases share: others may
	// need it.
	Gaining
	// Losing comes last: what roles lose of what all databases share. By then they have what replaces it in each database.
	Losing
)

// Stages are the stages in the order in which they run. The other databases have their turn before the last one.
func Stages() []Stage { return []Stage{LosingLogins, Gaining, Losing} }

// Desired gives the desired catalog of a stage, from that of the whole plan.
func (s Stage) Desired(current, desired *catalog.Catalog) *catalog.Catalog {
	switch s {
	case LosingLogins:
		return withoutLogins(current, desired)
	case Gaining:
		k := keeper{current, desired, desired.Clone(), catalog.RoleNamesOf(current.Server.DatabaseOID)}
		k.target.Leavers = stillGranted(current, desired)
		k.keepRoles()
		k.keepMemberships()
		k.keepShared()
		return k.target
	}
	return desired
}

// withoutLogins gives the current catalog without the logins that are to be lost.
func withoutLogins(current, desired *catalog.Catalog) *catalog.Catalog {
	out := current.Clone()
	out.Leavers = stillGranted(current, desired)
	no := false
	for name, now := range current.Roles {
		want := desired.Roles[name]
		if !now.Attributes.Login || want != nil && want.Attributes.Login {
			continue
		}
		change := catalog.AlterRole{Name: name, Login: &no}
		if want != nil && want.Verifier != now.Verifier {
			change.Verifier = want.Verifier
		}
		change.Apply(out)
	}
	return out
}

// stillGranted gives the facts about leavers with their initial privileges and the sessions to end. The last stage
// takes those privileges.
func stillGranted(current, desired *catalog.Catalog) map[string]*catalog.Leaver {
	out := maps.Clone(desired.Leavers)
	for name, known := range current.Leavers {
		if out[name] != nil {
			with := *out[name]
			with.Dependencies = known.Dependencies
			out[name] = &with
		}
	}
	return out
}

// keeper puts back into the desired catalog what is to be lost of what all databases share.
type keeper struct {
	current, desired, target *catalog.Catalog
	names                    catalog.RoleNames
}

// keepRoles keeps roles, and the rights that their attributes give. An existing role gets a login only in the last
// stage, when it has lost what it is to lose.
func (k *keeper) keepRoles() {
	for name, now := range k.current.Roles {
		want := k.target.Roles[name]
		if want == nil {
			k.target.Roles[name] = now
			continue
		}
		kept := *want
		is, has := &kept.Attributes, now.Attributes
		is.Superuser, is.CreateRole, is.CreateDB = is.Superuser || has.Superuser, is.CreateRole || has.CreateRole, is.CreateDB || has.CreateDB
		is.Replication, is.BypassRLS = is.Replication || has.Replication, is.BypassRLS || has.BypassRLS
		is.Login = is.Login && has.Login
		if kept.Attributes != want.Attributes {
			k.target.Roles[name] = &kept
		}
	}
}

// keepMemberships keeps memberships, except in roles that hold something in this database alone, and those that would
// make a cycle with memberships to come.
func (k *keeper) keepMemberships() {
	for role, rows := range k.current.Members {
		if k.names.IsLocal(role) || catalog.SameMemberships(rows, k.target.Members[role]) {
			continue
		}
		var kept []catalog.Membership
		left := slices.Clone(k.target.Members[role])
		for _, row := range rows {
			switch at := k.current.FindMember(left, 1)(row); {
			case at >= 0:
				wanted := left[at]
				wanted.Options = k.with(wanted, row.Options)
				kept, left = append(kept, wanted), slices.Delete(left, at, at+1)
			case !k.closesCycle(role, row.Member) && !k.goesAtOnce(row.Grantor):
				if !k.current.Server.MembershipsHaveOptions() {
					row.Inherit = k.target.DefaultOptions(row.Member).Inherit
				}
				kept = append(kept, row)
			}
		}
		kept = append(kept, left...) // in the order that there is: who compares, compares that, too
		k.target.Members[role] = kept
	}
}

// with adds to a row the options that it has now. Before 16 INHERIT is the member's attribute, which is not kept.
func (k *keeper) with(row catalog.Membership, has catalog.Options) catalog.Options {
	both := row.With(has)
	if !k.current.Server.MembershipsHaveOptions() {
		both.Inherit = row.Inherit
	}
	return both
}

// goesAtOnce tells whether a leaver loses at once what it has, and has granted, on shared objects. Other databases need
// DROP OWNED to take what extensions have granted it there. That would take all this as well, with what depends on it.
func (k *keeper) goesAtOnce(role string) bool {
	return k.desired.Leavers[role] != nil && k.current.Leavers[role].HasInitialElsewhere()
}

// closesCycle tells whether a membership would make a cycle with those that are to be.
func (k *keeper) closesCycle(role, member string) bool {
	return catalog.Below([]string{member}, byAny, k.target)[role]
}

// keepShared keeps privileges on databases, tablespaces and parameters.
func (k *keeper) keepShared() {
	for id, now := range k.current.Objects {
		want := k.target.Objects[id]
		if !id.Kind.Info().Shared || want == nil || want == now || want.Owner != now.Owner {
			continue
		}
		kept := *want
		still := slices.DeleteFunc(slices.Clone(now.ACL), func(item catalog.Item) bool { return k.goesAtOnce(item.Grantee) || k.goesAtOnce(item.Grantor) })
		kept.ACL = catalog.NewACL(slices.Concat(want.ACL, still)...)
		if k.target.Objects[id] = &kept; slices.Equal(kept.ACL, now.ACL) {
			k.target.Objects[id] = now // so that it is seen at once that nothing differs
		}
	}
}
