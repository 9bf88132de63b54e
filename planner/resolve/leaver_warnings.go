package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// leaverWarnings say of each role that is to be gone how much goes with it, and what there is of it that nothing keeps
// it from: sessions, and what these hold.
func (r *resolver) leaverWarnings() []string {
	var out []string
	for _, l := range r.eachLeaver() {
		out = append(out, fmt.Sprintf("role %q is to be gone, for good: %s", l.name, strings.Join(r.fateOf(l), ", ")))
		facts := r.current.Leavers[l.name]
		if facts == nil {
			continue
		}
		if facts.Sessions > 0 && !l.EndSessions {
			out = append(out, fmt.Sprintf("role %q has %s, which can go on until they end: write end_sessions: true to end them", l.name, lists.Counted(facts.Sessions, "session", "sessions")))
		}
		for _, slot := range facts.Slots {
			out = append(out, fmt.Sprintf("a session of role %q streams from replication slot %q: let another role do so, or drop the slot with pg_drop_replication_slot()", l.name, slot))
		}
	}
	return out
}

// fateOf counts what becomes of all that a role has.
func (r *resolver) fateOf(l leaver) []string {
	var owned, revoked, regranted, futures, memberships, policies int
	for _, object := range r.current.Objects {
		if object.Owner == l.name {
			owned++
		}
		count := func(acl catalog.ACL) {
			for _, item := range acl {
				switch {
				case object.Owner == l.name:
				case item.Grantee == l.name:
					revoked++
				case item.Grantor == l.name:
					regranted++
				}
			}
		}
		count(object.ACL)
		for _, acl := range object.Columns {
			count(acl)
		}
	}
	for f, acl := range r.current.DefaultPrivileges {
		for _, item := range acl {
			if f.Owner == l.name || item.Grantee == l.name {
				futures++
			}
		}
	}
	for role, rows := range r.current.Members {
		for _, m := range rows {
			if role == l.name || m.Member == l.name {
				memberships++
			}
		}
	}
	for _, policy := range r.current.Policies {
		if slices.Contains(policy.Roles, l.name) {
			policies++
		}
	}
	var out []string
	add := func(n int, one, many, what string) {
		if n > 0 {
			out = append(out, lists.Counted(n, one, many)+" "+what)
		}
	}
	add(owned, "object", "objects", fmt.Sprintf("to role %q", l.heir))
	add(revoked, "privilege", "privileges", "revoked")
	add(regranted, "privilege", "privileges", "granted by the owner instead")
	add(policies, "policy", "policies", "without it")
	add(futures, "default privilege", "default privileges", "dropped")
	add(memberships, "membership", "memberships", "dropped")
	if !r.spec.Local {
		add(len(r.current.Roles[l.name].Settings), "setting", "settings", "dropped")
	}
	if len(out) == 0 {
		out = append(out, "nothing depends on it")
	}
	return out
}
