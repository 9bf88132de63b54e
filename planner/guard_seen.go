package planner

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// IsSeen tells whether a catalog shows a state to be so. It may say no although the state is so.
func IsSeen(s script.State, server catalog.Server, c *catalog.Catalog) bool {
	isOtherRole := func(r script.RoleState) bool { return !sameRoleState(r, roleState(r.Name, c.Roles[r.Name])) }
	isOtherMembership := func(m script.MembershipState) bool {
		return !slices.Equal(m.Rows, membershipState(m.Role, m.Members, c).Rows)
	}
	isOtherObject := func(o script.ObjectState) bool {
		id := catalog.ObjectID(o.ID)
		return !sameObjectState(o, objectState(id, c.Objects[id]))
	}
	isOtherCode := func(o script.CodeState) bool {
		object := c.Objects[catalog.ObjectID(o.Object)]
		return object == nil || object.RunsAsOwner() != o.Is
	}
	isHere := c.Server.DatabaseOID == server.DatabaseOID && c.Server.CurrentUser == server.CurrentUser && c.Server.SystemIdentifier == server.SystemIdentifier
	return isHere && s.IsPlain() && !slices.ContainsFunc(s.Roles, isOtherRole) &&
		!slices.ContainsFunc(s.Memberships, isOtherMembership) && !slices.ContainsFunc(s.Objects, isOtherObject) &&
		!slices.ContainsFunc(s.Code, isOtherCode)
}

// sameRoleState compares two states of a role. An OID of 0 stands for any, and so do attributes that are not given.
func sameRoleState(want, is script.RoleState) bool {
	if !want.There || !is.There {
		return want.There == is.There
	}
	return (want.OID == 0 || want.OID == is.OID) &&
		(want.Attributes == nil || *want.Attributes == *is.Attributes && catalog.SameMoment(want.ValidUntil.At, is.ValidUntil.At))
}

func sameObjectState(want, is script.ObjectState) bool {
	if !want.There || !is.There {
		return want.There == is.There
	}
	return (want.OID == 0 || want.OID == is.OID) && want.Owner == is.Owner && slices.Equal(want.ACL, is.ACL) &&
		maps.EqualFunc(want.Columns, is.Columns, slices.Equal)
}
