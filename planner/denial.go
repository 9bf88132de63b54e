package planner

import (
	"cmp"
	"slices"
	"strconv"

	"pgsr/planner/catalog"
)

// denial is something that the connecting role may not do: the rights of which one would do, and what of the catalog
// was to be changed, which a superuser can do instead.
type denial struct {
	rights []right
	// change is the statement that may not be run, where it is a GRANT or REVOKE.
	change  catalog.Change
	subject subject
	// created is a role that may not be created.
	created string
}

// about gives what it is about; nothing where that is not one thing.
func (l denial) about() thing {
	if id := l.subject.object; id != (catalog.ObjectID{}) {
		return thing{string(id.Kind), id.NameInWords()}
	}
	if role := cmp.Or(l.created, l.subject.role, l.subject.members, l.subject.future.Owner); role != "" {
		return thing{"role", strconv.Quote(role)}
	}
	return thing{}
}

// right is one that the connecting role can be given.
type right struct {
	kind rightKind
	// role is the one to act for, to administer, or whose attribute stands in the way.
	role string
	// options are those of the membership that is needed (16 and later).
	options catalog.Options
}

// inheriting gives the right to have all privileges of a role.
func inheriting(role string) []right {
	return []right{{kind: memberOf, role: role, options: catalog.Options{Inherit: true}}}
}

type rightKind int

const (
	memberOf rightKind = iota
	administering
	creatingRoles
	creatingInDatabase
	noSuperuser
)

// subject is what of a catalog is to be changed: an object with its owner and ACL, default privileges, the members of a
// role, or a role's own attributes.
type subject struct {
	object  catalog.ObjectID
	future  catalog.Future
	members string
	role    string
	// attributes and settings tell that of the role it is nothing but these.
	attributes, settings bool
}

// undoes tells whether the statement would take away what another one has given.
func (l denial) undoes(given catalog.Change) bool {
	switch ch := l.change.(type) {
	case catalog.Revoke:
		grant, is := given.(catalog.Grant)
		return is && grant.Object == ch.Object && meet(grant.Grantees, ch.Grantees) && meet(grant.Privileges, ch.Privileges)
	case catalog.RevokeRole:
		grant, is := given.(catalog.GrantRole)
		return is && meet(grant.Roles, ch.Roles) && meet(grant.Members, ch.Members)
	}
	return false
}

// isDoneBy tells whether a remedy is the very GRANT on the object itself.
func (l denial) isDoneBy(r remedy) bool {
	wanted, is := l.change.(catalog.Grant)
	grant, grants := r.change.(catalog.Grant)
	return is && grants && wanted.Object == l.subject.object && grant.Object == wanted.Object &&
		grant.WithOption == wanted.WithOption && slices.Equal(grant.Grantees, wanted.Grantees)
}

// meet tells whether two lists have something in common.
func meet[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) })
}
