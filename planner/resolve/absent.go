package resolve

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// leaver is an existing role that the spec declares absent.
type leaver struct {
	name string
	spec.Absence
	at spec.Position
	// heir is the role that gets the leaver's objects.
	heir string
}

// splitSpec gives the spec without its absent roles, and those of the absent roles that exist.
func splitSpec(s *spec.Spec, current *catalog.Catalog, means Means) (*spec.Spec, map[string]leaver) {
	absent := s.Absent()
	if len(absent) == 0 {
		return s, nil
	}
	leavers := map[string]leaver{}
	for name, at := range absent {
		if current.Roles[name] != nil {
			role := &s.Roles[at]
			l := leaver{name: name, Absence: *role.Absent, at: cmp.Or(role.Absent.At, role.At)}
			l.heir = cmp.Or(l.ReassignTo, means.ReassignTo, current.Server.CurrentUser)
			leavers[name] = l
		}
	}
	staying := *s
	staying.Roles = slices.DeleteFunc(slices.Clone(s.Roles), func(role spec.Role) bool { return role.IsAbsent() })
	return &staying, leavers
}

func (r *resolver) isLeaver(role string) bool {
	_, is := r.leavers[role]
	return is
}

// eachLeaver gives the leavers, ordered by name.
func (r *resolver) eachLeaver() []leaver {
	return lists.Map(slices.Sorted(maps.Keys(r.leavers)), func(name string) leaver { return r.leavers[name] })
}

// refuseAbsent refuses four things: phrases of the spec that name an absent role, to drop the bootstrap superuser, to
// drop the connecting role, and an heir that is a leaver itself. In mode add no role is dropped, so there are no
// leavers.
func (r *resolver) refuseAbsent() {
	r.whole.NamingAbsent(r.hasEnded, func(p spec.Problem) { r.fail(p.At, "%s", p.Message) })
	if r.spec.Mode == spec.ModeAdd {
		for _, l := range r.eachLeaver() {
			r.left = append(r.left, catalog.Left{Role: l.name, What: "all that it has: it is to be absent"})
		}
		r.leavers = nil
	}
	server := r.current.Server
	for _, l := range r.eachLeaver() {
		switch l.name {
		case server.Bootstrap:
			r.fail(l.at, "role %q is the cluster's first superuser, which the server does not drop", l.name)
		case server.CurrentUser, server.SessionUser:
			r.fail(l.at, "role %q is the connecting role: connect as another one to drop it", l.name)
		}
		switch {
		case r.isLeaver(l.heir) && l.heir != l.name:
			r.fail(l.at, "what role %q owns is to go to role %q, which is to be absent, too: name one who stays with reassign_to", l.name, l.heir)
		case l.heir == l.name && l.name != server.CurrentUser:
			r.fail(l.at, "what role %q owns can not go to that role itself: name another one with reassign_to", l.name)
		}
	}
}

// dropLeavers takes the leavers out of the desired catalog, with all that they were granted and have granted.
// [resolver.decideOwners] has given their objects to others already. For another database than the connected one, only
// what lies in that database is taken out.
func (r *resolver) dropLeavers() {
	if len(r.leavers) == 0 {
		return
	}
	for _, l := range r.eachLeaver() {
		if r.desired.Roles[l.heir] == nil {
			r.noteMissing(Missing{At: cmp.Or(l.ReassignToAt, l.at), Role: l.name, Heir: l.heir}, false, noHint)
		}
	}
	r.dropFromACLs()
	r.dropFromDefaults()
	r.dropFromPolicies()
	r.nameWhatIsInTheWay()
	r.dropInitPrivileges()
	if r.spec.Local {
		return
	}
	r.dropFromMemberships()
	r.desired.DropRoles(slices.Collect(maps.Keys(r.leavers)))
}

// dropInitPrivileges takes the leavers out of the initial privileges that scripts of extensions have granted
// (pg_init_privs). It also notes whose sessions are to be ended.
func (r *resolver) dropInitPrivileges() {
	r.desired.Leavers = maps.Clone(r.current.Leavers)
	for name, known := range r.desired.Leavers {
		without := known.WithoutInitial()
		without.EndSessions = r.leavers[name].EndSessions && !r.spec.Local
		r.desired.Leavers[name] = without
	}
}

// dropFromACLs takes the leavers out of all ACLs. The owner becomes the grantor of what leavers have granted to others.
func (r *resolver) dropFromACLs() {
	for id, object := range r.desired.Objects {
		if object.Refused != "" || r.ignored.has(object) || r.spec.Local && id.Kind.Info().Shared {
			continue
		}
		acl := r.withoutLeavers(object, "", nil)
		columns, changed := map[string]catalog.ACL{}, !slices.Equal(acl, object.ACL)
		for name, before := range object.Columns {
			left := r.withoutLeavers(object, name, acl)
			changed = changed || !slices.Equal(left, before)
			if len(left) > 0 {
				columns[name] = left
			}
		}
		if changed {
			without := *object
			without.ACL, without.Columns = acl, columns
			r.desired.Objects[id] = &without
		}
	}
}

func (r *resolver) withoutLeavers(object *catalog.Object, column string, ofTable catalog.ACL) catalog.ACL {
	before := object.ACLOf(column)
	isConcerned := func(item catalog.Item) bool { return r.isLeaver(item.Grantee) || r.isLeaver(item.Grantor) }
	if !slices.ContainsFunc(before, isConcerned) && (column == "" || slices.Equal(ofTable, object.ACL)) {
		return before
	}
	items := make([]catalog.Item, 0, len(before))
	for _, item := range before {
		if r.isLeaver(item.Grantee) {
			continue
		}
		if r.isLeaver(item.Grantor) {
			item.Grantor = object.Owner
		}
		items = append(items, item)
	}
	return r.regrantByOwner(object, column, catalog.NewACL(items...), ofTable)
}

// dropFromDefaults removes the default privileges that belong to leavers, and the items of others of which a leaver is
// the grantee.
func (r *resolver) dropFromDefaults() {
	for _, f := range slices.SortedFunc(maps.Keys(r.desired.DefaultPrivileges), catalog.Future.Compare) {
		acl := r.desired.DefaultPrivileges[f]
		switch left := slices.DeleteFunc(slices.Clone(acl), func(item catalog.Item) bool { return r.isLeaver(item.Grantee) }); {
		case r.isLeaver(f.Owner):
			delete(r.desired.DefaultPrivileges, f)
		case r.ignored.hasSchema(f.Schema): // which is named as in the way
		case len(left) < len(acl):
			r.desired.SetFutureACL(f, left)
			r.healEmpty(f)
		}
	}
}

// dropFromMemberships removes the leavers' memberships. From 16 on somebody else becomes the grantor of those that a
// leaver has granted. Before 16 the grantor of a membership has no effect.
func (r *resolver) dropFromMemberships() {
	for role, rows := range r.desired.Members {
		left := slices.DeleteFunc(slices.Clone(rows), func(m catalog.Membership) bool { return r.isLeaver(m.Member) })
		left = r.regrantMemberships(left, role)
		if !catalog.SameMemberships(left, rows) {
			r.desired.Members[role] = left
		}
	}
}

// dropFromPolicies takes the leavers out of row security policies. A policy for leavers alone stays as it is, and is
// named as in the way: to drop it may let others see more.
func (r *resolver) dropFromPolicies() {
	for id, policy := range r.desired.Policies {
		if left := r.stayingOf(policy); len(left) > 0 {
			policy.Roles = left
			r.desired.Policies[id] = policy
		}
	}
}

func (r *resolver) stayingOf(policy catalog.Policy) []string {
	return slices.DeleteFunc(slices.Clone(policy.Roles), r.isLeaver)
}

// asIfStayed gives what roles would reach if a leaver kept its memberships and all else were as the spec says. That is
// what the leaver may do, and its code was written with those rights.
func (r *resolver) asIfStayed(leaver string) *access.Reach {
	c := r.desired.Clone()
	c.Roles[leaver] = r.current.Roles[leaver]
	for role, rows := range r.current.Members {
		for _, m := range rows {
			if m.Member == leaver && c.Roles[role] != nil {
				c.Members[role] = append(slices.Clip(c.Members[role]), m)
			}
		}
	}
	return access.NewReach(c)
}

// refuseUnlisted refuses an heir whose key owns does not list what it would get: the next run would take it away again.
func (r *resolver) refuseUnlisted(claims map[catalog.ObjectID]claim) {
	for _, l := range r.eachLeaver() {
		if l.heir == r.reassignTo() || !r.decidesOwnership(l.heir) {
			continue
		}
		var names []string
		for id, object := range r.current.Objects {
			if _, isClaimed := claims[id]; !isClaimed && object.Owner == l.name && id.Kind.Info().OwnerDecided && r.mayGoToHeir(object) {
				names = append(names, id.String())
			}
		}
		if slices.Sort(names); len(names) > 0 {
			r.fail(cmp.Or(l.ReassignToAt, l.at), "%s of role %q would go to role %q, whose owns leaves that out: write it there, or name another one with reassign_to",
				firstFew(names), l.name, l.heir)
		}
	}
}

// WithLeavers adds to a scope all that the way back needs to create the leavers anew. To see whether there are leavers
// takes none of that.
func WithLeavers(scope catalog.Scope) catalog.Scope {
	scope.MembersOf = slices.Concat(scope.MembersOf, scope.Leavers)
	scope.SettingsOf = slices.Concat(scope.SettingsOf, scope.Leavers)
	scope.Dropped = scope.Leavers
	scope.Below = slices.Concat(scope.Below, scope.Leavers)
	return scope
}

// mayGoToHeir tells whether a plan gives an object of a leaver to its heir. A row type goes with its table, also with a
// TOAST table, which is not read: up to 13 these have row types.
func (r *resolver) mayGoToHeir(object *catalog.Object) bool {
	info := object.ID.Kind.Info()
	isOfToast := object.Relkind == catalog.RowType && object.OwnedBy == (catalog.ObjectID{})
	return info.Ownable && !isOfToast && !(r.spec.Local && info.Shared) && !r.ignored.has(object)
}
