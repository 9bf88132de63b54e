package access

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// FutureChange is what a role, or PUBLIC, will have on objects that are yet to be made, and what no longer.
type FutureChange struct {
	Role   string              `json:"role"` // catalog.Public for PUBLIC
	Future catalog.Future      `json:"future"`
	Gained []catalog.Privilege `json:"gained,omitempty"`
	Lost   []catalog.Privilege `json:"lost,omitempty"`
}

// futureChanges lists them by whose objects they are, and then by role.
func futureChanges(before, after *catalog.Catalog) []FutureChange {
	all := maps.Clone(before.DefaultPrivileges)
	maps.Copy(all, after.DefaultPrivileges)
	var out []FutureChange
	for _, f := range slices.SortedFunc(maps.Keys(all), catalog.Future.Compare) {
		was, is := before.FutureACL(f), after.FutureACL(f)
		if slices.Equal(was, is) {
			continue
		}
		for _, role := range granteesOf(was, is) {
			change := FutureChange{role, f, missingFrom(was.Of(role), is.Of(role)), missingFrom(is.Of(role), was.Of(role))}
			if len(change.Gained)+len(change.Lost) > 0 {
				out = append(out, change)
			}
		}
	}
	return out
}

// FutureAccess is what a role will have on objects that another is yet to make, and why.
type FutureAccess struct {
	Future     catalog.Future
	Privileges []catalog.Privilege
	Path       Path
}

// futureAccess lists what default privileges give the role that a walk starts with: where they are not the built-in
// ones, and but for what the owner of such objects has of them.
// https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
func (r *Reach) futureAccess(w *walk) []FutureAccess {
	var out []FutureAccess
	for _, f := range slices.SortedFunc(maps.Keys(r.catalog.DefaultPrivileges), catalog.Future.Compare) {
		if w.has(f.Owner) {
			continue
		}
		acl := r.catalog.ACLOfNew(f)
		for place, role := range append(slices.Clone(w.roles), catalog.Public) {
			path := Path{Kind: ByPublic}
			if role != catalog.Public {
				path = Path{Kind: ByDefault, Via: w.way(place)}
			}
			privileges := missingFrom(nil, acl.Of(role))
			slices.SortFunc(privileges, func(a, b catalog.Privilege) int { return comparePrivileges(f.Kind.Info().Of, a, b) })
			if len(privileges) > 0 {
				out = append(out, FutureAccess{f, privileges, path})
			}
		}
	}
	return out
}

// granteesOf lists those of some ACLs, in order.
func granteesOf(acls ...catalog.ACL) []string {
	var out []string
	for _, acl := range acls {
		for _, item := range acl {
			out = append(out, item.Grantee)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// missingFrom gives the privileges that are in another list of a grantee's items, and not in the first.
func missingFrom(items, others catalog.ACL) []catalog.Privilege {
	var out []catalog.Privilege
	for _, item := range others {
		if !items.Has(item.Grantee, item.Privilege) {
			out = append(out, item.Privilege)
		}
	}
	return slices.Compact(out)
}

// markFutures tells what everybody will have, or no longer.
func (e *Effect) markFutures(add addMark) {
	for _, f := range e.Futures {
		if f.Role != catalog.Public {
			continue
		}
		if len(f.Gained) > 0 {
			add(TouchesPublic, f.Role, "will have "+catalog.JoinPrivileges(f.Gained)+" on "+catalog.DisplayFuture(f.Future))
		}
		if len(f.Lost) > 0 {
			add(TouchesPublic, f.Role, "will not have "+catalog.JoinPrivileges(f.Lost)+" on "+catalog.DisplayFuture(f.Future))
		}
	}
}
