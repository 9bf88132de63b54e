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

// leaver is a role that is there and is to be absent.
type leaver struct {
	name string
	spec.Absence
	at spec.Position
	// heir gets what it owns.
	heir string
}

// splitSpec gives a spec without the roles that are to be absent, and those of them that there are.
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

// eachLeaver gives them by name.
func (r *resolver) eachLeaver() []leaver {
	return lists.Map(slices.Sorted(maps.Keys(r.leavers)), func(name string) leaver { return r.leavers[name] })
}

// refuseAbsent refuses to drop what can not be dropped, heirs that do not stay, and what counts on who leaves. Mode add
// drops nobody.
func (r *resolver) refuseAbsent() {
	r.whole.NamingAbsent(r.hasEnded, func(p spec.Problem) { r.fail(p.At, "%s", p.Message) })
	if r.spec.Mode == spec.ModeAdd {
		for _, l := range r.eachLeaver() {
			r.left = append(r.left, Left{Role: l.name, What: "all that it has: it is to be absent"})
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

// leave takes the roles that are to be absent out of the desired catalog, with all that they have and have granted.
// What they own has gone to others already. In another database than the connected one only what they have there goes.
func (r *resolver) leave() {
	if len(r.leavers) == 0 {
		return
	}
	for _, l := range r.eachLeaver() {
		if r.desired.Roles[l.heir] == nil {
			r.fail(cmp.Or(l.ReassignToAt, l.at), "role %q, to which goes what role %q owns, does not exist", l.heir, l.name)
		}
	}
	r.leaveObjects()
	r.leaveFutures()
	r.leavePolicies()
	r.nameWhatIsInTheWay()
	r.leaveInitial()
	if r.spec.Local {
		return
	}
	r.leaveMemberships()
	r.desired.DropRoles(slices.Collect(maps.Keys(r.leavers)))
}

// leaveInitial takes away what the scripts of extensions have granted them, and says whose sessions are to be ended.
func (r *resolver) leaveInitial() {
	r.desired.Leavers = maps.Clone(r.current.Leavers)
	for name, known := range r.desired.Leavers {
		without := known.WithoutInitial()
		without.EndSessions = r.leavers[name].EndSessions && !r.spec.Local
		r.desired.Leavers[name] = without
	}
}

// leaveObjects takes them out of all ACLs. What they have granted others have from the owner instead.
func (r *resolver) leaveObjects() {
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

// leaveFutures removes default privileges of and for them.
func (r *resolver) leaveFutures() {
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

// leaveMemberships removes theirs. What they have granted, from 16 on, someone else grants; before, who has granted it
// means nothing.
func (r *resolver) leaveMemberships() {
	for role, rows := range r.desired.Members {
		left := slices.DeleteFunc(slices.Clone(rows), func(m catalog.Membership) bool { return r.isLeaver(m.Member) })
		left = r.regrantMemberships(left, role)
		if !catalog.SameMemberships(left, rows) {
			r.desired.Members[role] = left
		}
	}
}

// leavePolicies takes them out of policies. One that is for nobody else is left as it is, and named as in the way: it
// may be what holds others back.
func (r *resolver) leavePolicies() {
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

// asIfStayed gives what roles would reach if a role that is to be absent kept its memberships, and all else were as the
// spec says: what it may do is what its code was written with.
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

// refuseUnlisted refuses to give what a role that is to be absent owns to one whose owns leaves it out: the next run
// would take it away again.
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

// addLeaver asks for a role that is to be absent, and for who gets what it owns.
func addLeaver(scope *catalog.Scope, role *spec.Role, mention func(string)) {
	if to := role.Absent.ReassignTo; to != "" {
		mention(to)
	}
	scope.Leavers, scope.Owners = append(scope.Leavers, role.Name), true
}

// WithLeavers asks for all of the roles that are to be dropped, with all that the way back gives them again, which it
// does not take to see that there are none.
func WithLeavers(scope catalog.Scope) catalog.Scope {
	scope.MembersOf = slices.Concat(scope.MembersOf, scope.Leavers)
	scope.SettingsOf = slices.Concat(scope.SettingsOf, scope.Leavers)
	scope.Dropped = scope.Leavers
	scope.Below = slices.Concat(scope.Below, scope.Leavers)
	return scope
}

// mayGoToHeir tells whether a plan gives an object of a role that is to be absent to another.
func (r *resolver) mayGoToHeir(object *catalog.Object) bool {
	info := object.ID.Kind.Info()
	return info.Ownable && !(r.spec.Local && info.Shared) && !r.ignored.has(object)
}
