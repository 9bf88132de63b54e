package resolve

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// applyModeAdd turns the desired catalog of mode sync into that of mode add: the current catalog, and what the spec
// gives beside it. So nobody has less than before. What mode sync would take is noted as left.
func (r *resolver) applyModeAdd() {
	if r.spec.Mode != spec.ModeAdd {
		return
	}
	wanted := r.desired
	r.desired = r.withNewOwners()
	r.addRoles(wanted)
	r.addMemberships(wanted)
	r.addItems(wanted)
	r.addFutures(wanted)
	r.noteLeft(wanted)
}

// withNewOwners gives the current catalog with the schemas that are created, and with the new owners of the objects
// that the connecting role gives away.
func (r *resolver) withNewOwners() *catalog.Catalog {
	out := r.current.Clone()
	for id, object := range r.desired.Objects {
		if out.Objects[id] == nil {
			catalog.CreateSchema{Name: id.Name, Owner: object.Owner}.Apply(out)
		}
	}
	for _, c := range r.ownerChanges {
		catalog.SetOwner{Object: c.id, Owner: c.to}.Apply(out)
	}
	return out
}

func (r *resolver) addRoles(wanted *catalog.Catalog) {
	for name, want := range wanted.Roles {
		switch now := r.desired.Roles[name]; {
		case now == nil:
			r.desired.Roles[name] = want
		case now != want:
			r.addToRole(now, want)
		}
	}
}

// addToRole gives a role what it lacks. A role that could not log in gets the login as the spec has it, with password
// and VALID UNTIL: replacing these shuts nobody out, since nobody could log in with the old ones.
func (r *resolver) addToRole(now, want *catalog.Role) {
	change := catalog.AlterRole{Name: now.Name, Attributes: gainedAttributes(now.Attributes, want.Attributes)}
	begins := want.Attributes.Login && !now.Attributes.Login
	if begins {
		change.Login, change.Attributes.ConnectionLimit = &want.Attributes.Login, &want.Attributes.ConnectionLimit
	}
	if !catalog.SameMoment(now.ValidUntil, want.ValidUntil) && (begins || endsLater(want, now)) {
		change.SetValidUntil, change.ValidUntil = true, want.ValidUntil
	}
	if want.Verifier != catalog.NoPassword && (begins || now.Verifier == catalog.NoPassword) {
		change.Verifier = want.Verifier
	}
	if alters(change, now) || !change.Attributes.IsZero() {
		change.Apply(r.desired)
	}
	if now.Comment == "" && want.Comment != "" {
		catalog.CommentOnRole{Name: now.Name, Comment: want.Comment}.Apply(r.desired)
	}
	for _, s := range want.Settings {
		if _, is := slices.BinarySearchFunc(now.Settings, s, catalog.Setting.Compare); !is {
			catalog.AlterRoleSet{Role: now.Name, Setting: s}.Apply(r.desired)
		}
	}
}

// gainedAttributes gives the changes of attributes that let a role do more.
func gainedAttributes(now, want catalog.Attributes) catalog.AttributeChanges {
	changes := catalog.ChangesOf(now, want)
	for _, info := range catalog.AttributeInfos() {
		if change := info.Change(&changes); *change != nil && !**change {
			*change = nil
		}
	}
	if limit := want.ConnectionLimit; limit != catalog.NoConnectionLimit && (now.ConnectionLimit == catalog.NoConnectionLimit || limit < now.ConnectionLimit) {
		changes.ConnectionLimit = nil
	}
	return changes
}

// endsLater tells whether the password of one role works longer than that of another.
func endsLater(a, b *catalog.Role) bool {
	return b.ValidUntil != nil && (a.ValidUntil == nil || a.ValidUntil.After(*b.ValidUntil))
}

func (r *resolver) addMemberships(wanted *catalog.Catalog) {
	for role, want := range wanted.Members {
		now := r.desired.Members[role]
		if catalog.SameMemberships(now, want) {
			continue
		}
		if rows := r.withMemberships(now, want); !catalog.SameMemberships(now, rows) {
			r.desired.Members[role] = rows
		}
	}
}

// withMemberships adds the wanted rows that give a member an option which its rows, of all grantors together, do not
// give.
func (r *resolver) withMemberships(now, want []catalog.Membership) []catalog.Membership {
	rows, has := slices.Clone(now), r.optionsOf(now)
	find := r.desired.FindMember(rows, len(want))
	for _, m := range want {
		if !r.desired.Server.MembershipsHaveOptions() {
			m.Inherit = r.desired.DefaultOptions(m.Member).Inherit
		}
		if had, is := has[m.Member]; is && had.With(m.Options) == had || slices.Contains(now, m) {
			continue
		}
		if at := find(m); at >= 0 {
			rows[at].Options, rows[at].Grantor = rows[at].With(m.Options), m.Grantor
		} else {
			rows = append(rows, m)
		}
	}
	return rows
}

// optionsOf gives the options that each member has by all its rows together, except the row that a role's creator gets.
func (r *resolver) optionsOf(rows []catalog.Membership) map[string]catalog.Options {
	return catalog.OptionsByMember(rows, r.desired.IsCreators)
}

func (r *resolver) addItems(wanted *catalog.Catalog) {
	for id, want := range wanted.Objects {
		now := r.desired.Objects[id]
		if now == want {
			continue
		}
		added := *now
		added.ACL = withItems(now.ACL, want.ACL)
		for column, acl := range want.Columns {
			if have, all := now.Columns[column], withItems(now.Columns[column], acl); !slices.Equal(have, all) {
				if added.Columns = maps.Clone(added.Columns); added.Columns == nil {
					added.Columns = map[string]catalog.ACL{}
				}
				added.Columns[column] = all
			}
		}
		if !slices.Equal(now.ACL, added.ACL) || !maps.EqualFunc(now.Columns, added.Columns, slices.Equal[catalog.ACL]) {
			r.desired.Objects[id] = &added
		}
	}
}

// withItems adds to an ACL those wanted items that give a grantee a privilege, or a grant option, which it has from no
// grantor.
func withItems(now, want catalog.ACL) catalog.ACL {
	all := slices.Clone(now)
	for _, item := range want {
		if !now.Has(item.Grantee, item.Privilege) || item.Grantable && !now.HasOption(item.Grantee, item.Privilege) {
			all = append(all, item)
		}
	}
	if len(all) == len(now) {
		return now
	}
	return catalog.NewACL(all...)
}

// addFutures adds default privileges. Where there are some already, the owner's own items are left out: they are only
// wanted so that the list is not empty.
func (r *resolver) addFutures(wanted *catalog.Catalog) {
	for f := range wanted.DefaultPrivileges {
		now := r.desired.FutureACL(f)
		want := wanted.FutureACL(f)
		if len(now) > 0 {
			want = slices.DeleteFunc(slices.Clone(want), func(i catalog.Item) bool { return i.Grantee == f.Owner })
		}
		if all := withItems(now, want); !slices.Equal(now, all) {
			r.desired.SetFutureACL(f, all)
		}
	}
}
