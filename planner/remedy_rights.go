package planner

import (
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// way gives a remedy, and tells whether it would change anything for the better.
type way func() (remedy, bool)

// ways lists the rights that would do for what is lacking, the smallest first.
func (w *remedying) ways(l denial) []way {
	var ways []way
	for _, r := range l.rights {
		switch r.kind {
		case memberOf:
			ways = append(ways, func() (remedy, bool) { return w.inherit(r, true) }, func() (remedy, bool) { return w.membership(r) },
				func() (remedy, bool) { return w.inherit(r, false) })
		case administering:
			r.options.Admin = true
			ways = append(ways, func() (remedy, bool) { return w.membership(r) })
		case creatingRoles:
			ways = append(ways, func() (remedy, bool) {
				return w.attribute(w.acting().Name, catalog.CreatesRoles), !w.acting().MayCreateRoles()
			})
		case creatingInDatabase:
			ways = append(ways, w.createInDatabase)
		case noSuperuser:
			ways = append(ways, func() (remedy, bool) {
				return w.attribute(r.role, catalog.NoSuperuser), r.role != w.have.Server.Bootstrap
			})
		}
	}
	if grant, is := l.change.(catalog.Grant); is {
		ways = append(ways, func() (remedy, bool) { return w.grant(grant) })
		if grant.Object == l.subject.object { // what is lent is the owner's to grant
			ways = append(ways, func() (remedy, bool) { return w.grantOption(grant) })
		}
	}
	return ways
}

// hasAny tells whether the connecting role has come to have one of the rights by the remedies.
func (w *remedying) hasAny(l denial) bool {
	a := w.acting()
	return slices.ContainsFunc(l.rights, func(r right) bool {
		switch r.kind {
		case memberOf:
			return w.joiningInherits() && a.MayJoin(r.role) ||
				(!r.options.Inherit || a.HasPrivilegesOf(a.Name, r.role)) && (!r.options.Set || a.CanSetRole(a.Name, r.role))
		case administering:
			return a.MayGrant(r.role)
		case creatingRoles:
			return a.MayCreateRoles()
		case creatingInDatabase:
			_, lacks := w.createInDatabase()
			return !lacks
		}
		return !w.have.IsSuperuser(r.role)
	})
}

func (w *remedying) joiningInherits() bool {
	return w.have.Server.GrantorsMatter() || w.have.Roles[w.acting().Name].Attributes.Inherit
}

func (w *remedying) attribute(role string, attribute catalog.Attribute) remedy {
	return remedy{change: catalog.SetAttribute{Role: role, Attribute: attribute}}
}

// inherit gives the privileges of the roles that the connecting role is a member of, or may join (before 16).
func (w *remedying) inherit(r right, reached bool) (remedy, bool) {
	a := w.acting()
	helps := r.options.Inherit && !w.joiningInherits() && (!reached || a.CanSetRole(a.Name, r.role) || a.MayJoin(r.role))
	return w.attribute(a.Name, catalog.Inherits), helps
}

// membership makes the connecting role a member of a role, or gives its membership more options, if that gives it no
// superuser's rights and makes no circle, now or with what is desired. A superuser's GRANT counts as the bootstrap
// superuser's, so that an option that is there is named again.
func (w *remedying) membership(r right) (remedy, bool) {
	a := w.acting()
	role, me := a.Joined(r.role), a.Name
	if w.have.Roles[role] == nil || strings.HasPrefix(role, "pg_") || a.ReachesAll(role) || a.IsMember(role, me) || w.then.IsMember(role, me) {
		return remedy{}, false
	}
	grantor, options := w.have.Server.Bootstrap, r.options
	var before catalog.Options
	at := slices.IndexFunc(w.have.Members[role], func(m catalog.Membership) bool {
		return m.Member == me && (m.Grantor == grantor || !w.have.Server.GrantorsMatter())
	})
	if at >= 0 {
		before = w.have.Members[role][at].Options
		options = options.With(before)
	}
	grant := catalog.GrantRole{Roles: []string{role}, Members: []string{me}, Options: &options, Grantor: grantor}
	if w.have.Server.GrantorsMatter() {
		return remedy{change: grant}, options != before
	}
	options.Inherit, options.Set = w.have.DefaultOptions(me).Inherit, true
	return remedy{change: grant}, at < 0 || options.Admin && !before.Admin
}

// createInDatabase gives the connecting role CREATE on the database.
func (w *remedying) createInDatabase() (remedy, bool) {
	a, id := w.acting(), catalog.ObjectID{Kind: catalog.Database, Name: w.have.Server.Database}
	database := w.have.Objects[id]
	if database == nil {
		return remedy{}, false
	}
	grant := catalog.Grant{Privileges: []catalog.Privilege{catalog.Create}, Object: id, Grantees: []string{a.Name}, Grantor: database.Owner}
	return remedy{change: grant}, !a.HasPrivilege(a.Name, catalog.Create, database)
}

// grant is the GRANT itself, as far as the grantees exist.
func (w *remedying) grant(grant catalog.Grant) (remedy, bool) {
	object := w.have.Objects[grant.Object]
	if object == nil || object.Owner != grant.Grantor {
		return remedy{}, false
	}
	grant.Grantees = slices.DeleteFunc(slices.Clone(grant.Grantees), func(name string) bool { return !isKnown(w.have, name) })
	return remedy{change: grant}, len(grant.Grantees) > 0
}

// grantOption lets the connecting role make the GRANT, which gives it less than a membership.
func (w *remedying) grantOption(grant catalog.Grant) (remedy, bool) {
	object := w.have.Objects[grant.Object]
	if object == nil || object.Owner != grant.Grantor {
		return remedy{}, false
	}
	me := w.acting().Name
	grant.Grantees, grant.WithOption = []string{me}, true
	lacks := slices.ContainsFunc(grant.Privileges, func(p catalog.Privilege) bool { return !aclOf(object, grant.Column).HasOption(me, p) })
	return remedy{change: grant}, lacks
}

func isKnown(c *catalog.Catalog, grantee string) bool {
	return grantee == catalog.Public || c.Roles[grantee] != nil
}
