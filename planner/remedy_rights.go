package planner

import (
	"slices"

	"pgsr/planner/catalog"
)

// remedyOption gives a remedy, and tells whether it would help at all.
type remedyOption func() (remedy, bool)

// options lists the remedies for a denial, those that give least first.
func (s *remedySearch) options(l denial) []remedyOption {
	var options []remedyOption
	for _, r := range l.rights {
		switch r.kind {
		case memberOf:
			options = append(options, func() (remedy, bool) { return s.inherit(r, true) }, func() (remedy, bool) { return s.membership(r) },
				func() (remedy, bool) { return s.inherit(r, false) })
		case administering:
			r.options.Admin = true
			options = append(options, func() (remedy, bool) { return s.membership(r) })
		case creatingRoles:
			options = append(options, func() (remedy, bool) {
				return s.attribute(s.acting().Name, catalog.AttributeChanges{CreateRole: &yes}), !s.acting().MayCreateRoles()
			})
		case creatingInDatabase:
			options = append(options, s.createInDatabase)
		case noSuperuser:
			options = append(options, func() (remedy, bool) {
				return s.attribute(r.role, catalog.AttributeChanges{Superuser: &no}), r.role != s.have.Server.Bootstrap
			})
		}
	}
	if grant, is := l.change.(catalog.Grant); is {
		options = append(options, func() (remedy, bool) { return s.grant(grant) })
		if grant.Object == l.subject.object { // what is lent is the owner's to grant
			options = append(options, func() (remedy, bool) { return s.grantOption(grant) })
		}
	}
	return options
}

// hasAny tells whether the remedies have given the connecting role one of the rights already.
func (s *remedySearch) hasAny(l denial) bool {
	a := s.acting()
	return slices.ContainsFunc(l.rights, func(r right) bool {
		switch r.kind {
		case memberOf:
			return a.InheritsOnJoining() && a.MayJoin(r.role) ||
				(!r.options.Inherit || a.HasPrivilegesOf(a.Name, r.role)) && (!r.options.Set || a.CanSetRole(a.Name, r.role))
		case administering:
			return a.MayGrant(r.role)
		case creatingRoles:
			return a.MayCreateRoles()
		case creatingInDatabase:
			_, lacks := s.createInDatabase()
			return !lacks
		}
		return !s.have.IsSuperuser(r.role)
	})
}

var yes, no = true, false

func (s *remedySearch) attribute(role string, attribute catalog.AttributeChanges) remedy {
	return remedy{change: catalog.AlterRole{Name: role, Attributes: attribute}}
}

// inherit gives the connecting role the attribute INHERIT, for roles that it is a member of or may join (before 16).
func (s *remedySearch) inherit(r right, reached bool) (remedy, bool) {
	a := s.acting()
	helps := r.options.Inherit && !a.InheritsOnJoining() && (!reached || a.CanSetRole(a.Name, r.role) || a.MayJoin(r.role))
	return s.attribute(a.Name, catalog.AttributeChanges{Inherit: &yes}), helps
}

// membership makes the connecting role a member of a role, or gives its membership more options. It must not give a
// superuser's rights, nor make a cycle now or with what is desired. The server records the bootstrap superuser as
// grantor of a superuser's GRANT, so options that exist in that row are named again.
func (s *remedySearch) membership(r right) (remedy, bool) {
	a := s.acting()
	role, me := a.Joined(r.role), a.Name
	if s.have.Roles[role] == nil || catalog.IsReserved(role) || a.ReachesAll(role) || a.IsMember(role, me) || s.then.IsMember(role, me) {
		return remedy{}, false
	}
	grantor, options := s.have.Server.Bootstrap, r.options
	var before catalog.Options
	at := slices.IndexFunc(s.have.Members[role], func(m catalog.Membership) bool {
		return m.Member == me && (m.Grantor == grantor || !s.have.Server.MembershipsHaveOptions())
	})
	if at >= 0 {
		before = s.have.Members[role][at].Options
		options = options.With(before)
	}
	grant := catalog.GrantRole{Roles: []string{role}, Members: []string{me}, Options: &options, Grantor: grantor}
	if s.have.Server.MembershipsHaveOptions() {
		return remedy{change: grant}, options != before
	}
	options.Inherit, options.Set = s.have.DefaultOptions(me).Inherit, true
	return remedy{change: grant}, at < 0 || options.Admin && !before.Admin
}

// createInDatabase gives the connecting role CREATE on the database.
func (s *remedySearch) createInDatabase() (remedy, bool) {
	a, id := s.acting(), catalog.ObjectID{Kind: catalog.Database, Name: s.have.Server.Database}
	database := s.have.Objects[id]
	if database == nil {
		return remedy{}, false
	}
	grant := catalog.Grant{Privileges: []catalog.Privilege{catalog.Create}, Object: id, Grantees: []string{a.Name}, Grantor: database.Owner}
	return remedy{change: grant}, !a.HasPrivilege(a.Name, catalog.Create, database)
}

// grant gives the denied GRANT itself, for the grantees that exist.
func (s *remedySearch) grant(grant catalog.Grant) (remedy, bool) {
	object := s.have.Objects[grant.Object]
	if object == nil || object.Owner != grant.Grantor {
		return remedy{}, false
	}
	grant.Grantees = slices.DeleteFunc(slices.Clone(grant.Grantees), func(name string) bool { return !isKnown(s.have, name) })
	return remedy{change: grant}, len(grant.Grantees) > 0
}

// grantOption gives the connecting role the grant option, which is less than a membership.
func (s *remedySearch) grantOption(grant catalog.Grant) (remedy, bool) {
	object := s.have.Objects[grant.Object]
	if object == nil || object.Owner != grant.Grantor {
		return remedy{}, false
	}
	me := s.acting().Name
	grant.Grantees, grant.WithOption = []string{me}, true
	lacks := slices.ContainsFunc(grant.Privileges, func(p catalog.Privilege) bool { return !object.ACLOf(grant.Column).HasOption(me, p) })
	return remedy{change: grant}, lacks
}

func isKnown(c *catalog.Catalog, grantee string) bool {
	return grantee == catalog.Public || c.Roles[grantee] != nil
}
