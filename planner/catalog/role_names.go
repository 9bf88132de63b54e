package catalog

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// The names of our own roles are written and read here alone. Privilege roles are named as pg-sync-roles names them, so
// that both can share a database: a role on something of the whole cluster is global, one on something in a database
// has that one's OID in its name. The words of a kind and of a privilege are joined by _, and 8 hexadecimal digits end
// the name. They are derived from what the role is for, so that the same catalog gives the same names.
const (
	// OwnRolePrefix begins the names of all of them.
	OwnRolePrefix       = "_pgsr_"
	globalPrefix        = OwnRolePrefix + "global_"
	localPrefix         = OwnRolePrefix + "local_"
	administratorPrefix = OwnRolePrefix + "administrator_"
)

// IsOwnRole tells whether a role is one of those that pgsr and pg-sync-roles make for privileges, or to administer
// such, by its name.
func IsOwnRole(name string) bool { return strings.HasPrefix(name, OwnRolePrefix) }

// IsAdministratorName tells whether a role is named as an administrator role.
func IsAdministratorName(name string) bool { return strings.HasPrefix(name, administratorPrefix) }

// AdministratorName gives the name of an administrator role of a role, as its n-th, from 0.
func AdministratorName(of string, n int) string { return administratorPrefix + digits(of, n) }

// RoleNames are the names of the privilege roles of a database, and of the cluster.
type RoleNames struct {
	database uint32
	local    string
}

// RoleNamesOf gives those of the database with an OID.
func RoleNamesOf(database uint32) RoleNames {
	return RoleNames{database, localPrefix + strconv.FormatUint(uint64(database), 10) + "_"}
}

// PrivilegeRole gives the name of a role that holds one privilege on one object, or on one of its columns, as the n-th
// of these, from 0. The OID is the object's; 0 if it does not exist yet.
func (r RoleNames) PrivilegeRole(held Held, oid uint32, n int) string {
	prefix, database := r.local, r.database
	if held.Object.Kind.Info().Shared {
		prefix, database = globalPrefix, 0
	}
	// The words of a message may become others, and the digits may not.
	object := string(held.Object.Kind) + " "
	if oid == 0 && held.Object.Schema != "" {
		object += held.Object.Schema + "."
	}
	if oid == 0 {
		object += held.Object.Name + held.Object.Arguments
	}
	kind := string(held.Object.Kind)
	if held.Column != "" {
		kind = "column"
	}
	words := strings.ReplaceAll(strings.ToLower(kind+"_"+string(held.Privilege)+"_"), " ", "_")
	return prefix + words + digits(database, object, oid, held.Column, held.Privilege, n)
}

// digits gives 8 hexadecimal ones that are derived from what a name is for. Two roles have the same in one case out of
// four thousand million.
func digits(of ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", of))
	return fmt.Sprintf("%x", sum[:4])
}

// IsPrivilegeRole tells whether a role is named as a privilege role of the database, or of the cluster. Which kind of
// object and which privilege the name says does not matter: an ACL decides.
func (r RoleNames) IsPrivilegeRole(name string) bool {
	if rest, isGlobal := strings.CutPrefix(name, globalPrefix); isGlobal {
		return isWordsAndDigits(rest)
	}
	return r.IsLocal(name)
}

// IsLocal tells whether a role is named as a privilege role on something in the database.
func (r RoleNames) IsLocal(name string) bool {
	rest, isLocal := strings.CutPrefix(name, r.local)
	return isLocal && isWordsAndDigits(rest)
}

// IsOfOther tells whether a role is named as one on something in another database.
func (r RoleNames) IsOfOther(name string) bool {
	rest, isLocal := strings.CutPrefix(name, localPrefix)
	oid, _, hasWords := strings.Cut(rest, "_")
	return isLocal && hasWords && consistsOf(oid, "0123456789") && !strings.HasPrefix(name, r.local)
}

// IsWholeAdministratorName tells whether a role is named as [AdministratorName] names it, to the end.
func IsWholeAdministratorName(name string) bool {
	digits, matches := strings.CutPrefix(name, administratorPrefix)
	return matches && isDigits(digits)
}

// isWordsAndDigits tells whether a text is table_select_0123abcd: two words or more, and digits.
func isWordsAndDigits(text string) bool {
	at := strings.LastIndexByte(text, '_')
	if at < 0 || !isDigits(text[at+1:]) {
		return false
	}
	kind, privilege, _ := strings.Cut(text[:at], "_")
	return consistsOf(kind, lowerCase) && consistsOf(privilege, lowerCase+"_")
}

func isDigits(text string) bool { return len(text) == 8 && consistsOf(text, "0123456789abcdef") }

const lowerCase = "abcdefghijklmnopqrstuvwxyz"

// consistsOf tells whether a text is made of some letters, at least one.
func consistsOf(text, of string) bool { return text != "" && strings.Trim(text, of) == "" }
