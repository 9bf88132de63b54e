package planner

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// Stage is a part of what is done in the connected database, around what is done in others. Each has a desired catalog
// of its own ([Stage.Desired]), so that it is planned, applied and verified as if it were all.
type Stage int

const (
	// Whole is everything at once: no other database has anything to do.
	Whole Stage = iota
	// LosingLogins comes first: nobody is to log in meanwhile who is not to any more.
	LosingLogins
	// Gaining is all that lies in the database, and what is gained of what all databases share: others may need it.
	Gaining
	// Losing comes last, when all databases have what is to be there instead: what is lost of what they share.
	Losing
)

// Stages are those around other databases.
func Stages() []Stage { return []Stage{LosingLogins, Gaining, Losing} }

// Desired gives what there is to be when the stage is done, of what there is to be in the end.
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

// withoutLogins gives what there is without the logins that are not to be.
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

// stillGranted gives what is known of roles that are to be gone, and whose sessions are to be ended, while they have
// what the scripts of extensions have granted them: that goes last.
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

// keeper puts back into the desired catalog what is shared by all databases and is to be lost.
type keeper struct {
	current, desired, target *catalog.Catalog
	names                    catalog.RoleNames
}

// keepRoles keeps roles and what their attributes allow. A role that is there gets its login when all is lost that it
// is not to have.
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

// keepMemberships keeps those in roles that hold nothing in this database alone, unless one that is to be makes a cycle
// with them.
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

// with gives a row the options that it has now. Before 16 INHERIT is the member's attribute, which is not kept.
func (k *keeper) with(row catalog.Membership, has catalog.Options) catalog.Options {
	both := row.With(has)
	if !k.current.Server.MembershipsHaveOptions() {
		both.Inherit = row.Inherit
	}
	return both
}

// goesAtOnce tells whether nothing is kept of what a role has, and has granted, that all databases share: DROP OWNED,
// which other databases need to take away what extensions have granted it there, would take that, too, with all that
// depends on it.
func (k *keeper) goesAtOnce(role string) bool {
	return k.desired.Leavers[role] != nil && k.current.Leavers[role].HasInitialElsewhere()
}

// closesCycle tells whether a role is to be a member of one that would be its member.
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
