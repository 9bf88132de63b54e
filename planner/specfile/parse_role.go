package specfile

import (
	"slices"
	"strconv"

	"pgsr/planner/spec"
)

// roleKeys are what a role can have.
func roleKeys() []string {
	return []string{
		spec.KeyComment, spec.KeyAttributes, spec.KeySettings, spec.KeyLogin, spec.KeyMemberOf, spec.KeyMembers, spec.KeyGrants, spec.KeyDirectGrants,
		spec.KeyOwns, spec.KeyPreserveInSchemas, spec.KeyIn, spec.KeyAbsent, spec.KeyReassignTo, spec.KeyEndSessions,
	}
}

// isKnownKey tells whether a key means something somewhere in a role.
func isKnownKey(key string) bool {
	return slices.Contains(roleKeys(), key) || slices.Contains([]string{keyPassword, keyValidUntil, keyEnv, keyFile, keyVerifier, keyCommand}, key)
}

// readRole reads one role.
func (f *file) readRole(declared entry) spec.Role {
	role := spec.Role{Name: declared.name, At: declared.at.position()}
	what := "the role " + strconv.Quote(spec.Shorten(role.Name))
	const empty = ": write {} for a role that has nothing and cannot log in; leave it out to leave it as it is"
	kind := "a mapping, for example {}"
	if slices.Contains(roleKeys(), role.Name) {
		kind += " (a key of a role stands one level deeper, below the role's name)"
	}
	node := f.expect(declared.value, isMapping, what, kind, declared.at, empty)
	if node == nil {
		f.hide(declared.value) // it may be meant as a password
		return role
	}
	entries := f.entries(node)
	for _, e := range entries {
		if !e.isRepeated {
			f.readRoleKey(&role, e)
		}
	}
	f.readAbsence(&role, entries)
	return role
}

func (f *file) readRoleKey(role *spec.Role, e entry) {
	switch e.name {
	case spec.KeyComment:
		role.Comment, role.CommentAt = f.readComment(e)
	case spec.KeyLogin:
		role.Login, role.LoginAt = f.readLogin(e), e.at.position()
	case spec.KeyAttributes:
		role.Attributes = f.readAttributes(e)
	case spec.KeySettings:
		role.Settings = f.readSettings(e)
	case spec.KeyIn:
		role.In = f.readDatabases(e)
	case spec.KeyMembers:
		role.Members = f.readMemberships(e)
	case spec.KeyMemberOf:
		role.MemberOf = f.readMemberships(e)
	case spec.KeyGrants:
		role.Grants = f.readGrants(e)
	case spec.KeyDirectGrants:
		role.DirectGrants = f.readGrants(e)
	case spec.KeyOwns:
		role.Owns = f.readOwns(e)
	case spec.KeyPreserveInSchemas:
		role.PreserveInSchemas, role.PreservedAt = f.readNames(e)
	case spec.KeyAbsent, spec.KeyReassignTo, spec.KeyEndSessions: // which file.readAbsence reads together
	case keyPassword, keyValidUntil:
		f.add(e.at, "%s is a key of login: write login: {%s: ...}", e.name, e.name)
	default:
		f.unknown(e, roleKeys())
	}
}

func (f *file) readComment(e entry) (*string, spec.Position) {
	comment, ok := f.text(e)
	if !ok {
		return nil, spec.Position{}
	}
	return &comment.text, comment.at.position()
}
