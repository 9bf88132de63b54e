package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// fate counts what a leaver has, by what becomes of it.
type fate struct {
	owned, revoked, regranted, policies, futures, memberships, settings int
}

// fateOf counts what a leaver has in the connected database. It also counts what all databases share, unless the spec
// is about this database alone.
func (r *resolver) fateOf(l leaver) fate {
	f := fate{}
	for _, object := range r.current.Objects {
		if !r.spec.Local || !object.ID.Kind.Info().Shared {
			f.countObject(object, l.name)
		}
	}
	for future, acl := range r.current.DefaultPrivileges {
		for _, item := range acl {
			if future.Owner == l.name || item.Grantee == l.name {
				f.futures++
			}
		}
	}
	for role, rows := range r.current.Members {
		for _, m := range rows {
			if !r.spec.Local && (role == l.name || m.Member == l.name) {
				f.memberships++
			}
		}
	}
	for _, policy := range r.current.Policies {
		if slices.Contains(policy.Roles, l.name) {
			f.policies++
		}
	}
	if !r.spec.Local {
		f.settings = len(r.current.Roles[l.name].Settings)
	}
	return f
}

// countObject counts an object that the role owns, or the privileges that it has, or has granted, on one that it does
// not.
func (f *fate) countObject(object *catalog.Object, role string) {
	if object.Owner == role {
		f.owned++
		return
	}
	for _, item := range object.Items() {
		switch role {
		case item.Grantee:
			f.revoked++
		case item.Grantor:
			f.regranted++
		}
	}
}

// inWords says what becomes of it all, with the role that gets the objects.
func (f fate) inWords(heir string) string {
	var out []string
	add := func(n int, one, many, what string) {
		if n > 0 {
			out = append(out, lists.Counted(n, one, many)+" "+what)
		}
	}
	add(f.owned, "object", "objects", fmt.Sprintf("to role %q", heir))
	add(f.revoked, "privilege", "privileges", "revoked")
	add(f.regranted, "privilege", "privileges", "granted by the owner instead")
	add(f.policies, "policy", "policies", "without it")
	add(f.futures, "default privilege", "default privileges", "dropped")
	add(f.memberships, "membership", "memberships", "dropped")
	add(f.settings, "setting", "settings", "dropped")
	return cmp.Or(strings.Join(out, ", "), "nothing depends on it")
}
