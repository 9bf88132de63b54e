package planner

import (
	"cmp"
	"slices"
	"strconv"

	"pgsr/planner/catalog"
)

// denial is something that the connecting role may not do. One of rights would allow it. Subject is what it was to
// change, which a superuser can change instead.
type denial struct {
	rights []right
	// change is the statement that may not be run, where it is a GRANT or REVOKE.
	change  catalog.Change
	subject subject
	// asked is the statement for which that is needed, which may be another one.
	asked catalog.Change
	// created is a role that may not be created.
	created string
}

// about gives the object or role that a denial is about; nothing if that is not one thing.
func (l denial) about() thing {
	if id := l.subject.object; id != (catalog.ObjectID{}) {
		return thing{string(id.Kind), id.NameInWords()}
	}
	if role := cmp.Or(l.created, l.subject.role, l.subject.members, l.subject.future.Owner); role != "" {
		return thing{"role", strconv.Quote(role)}
	}
	return thing{}
}

// right is a right that the connecting role can be given.
type right struct {
	kind rightKind
	// role is the role to act for, the role to administer, or the one whose SUPERUSER stands in the way.
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

// subject is a part of a catalog that is to be changed: an object with owner and ACL, default privileges, the members
// of a role, or a role's own attributes.
type subject struct {
	object  catalog.ObjectID
	future  catalog.Future
	members string
	role    string
	// attributes and settings tell that only these of the role are to be changed.
	attributes, settings bool
}

// undoes tells whether a denied REVOKE would take what a remedy gives.
func (l denial) undoes(given catalog.Change) bool {
	switch ch := l.change.(type) {
	case catalog.Revoke:
		grant, is := given.(catalog.Grant)
		return is && grant.Object == ch.Object && overlap(grant.Grantees, ch.Grantees) && overlap(grant.Privileges, ch.Privileges)
	case catalog.RevokeRole:
		grant, is := given.(catalog.GrantRole)
		return is && overlap(grant.Roles, ch.Roles) && overlap(grant.Members, ch.Members)
	}
	return false
}

// isDoneBy tells whether a remedy is the denied GRANT itself.
func (l denial) isDoneBy(r remedy) bool {
	wanted, is := l.change.(catalog.Grant)
	grant, grants := r.change.(catalog.Grant)
	return is && grants && wanted.Object == l.subject.object && grant.Object == wanted.Object &&
		grant.WithOption == wanted.WithOption && slices.Equal(grant.Grantees, wanted.Grantees)
}

// overlap tells whether two lists have something in common.
func overlap[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) })
}
