package catalog

import (
	"strconv"
	"strings"
)

// The names of our own roles are written and read here alone. Privilege roles are named as pg-sync-roles names them, so
// that both can share a database: a role on something of the whole cluster is global, one on something in a database
// has that one's OID in its name. The words of a kind and of a privilege are joined by _, and 8 hexadecimal digits end
// the name.
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

// AdministratorName gives the name of an administrator role. Digits are 8 hexadecimal ones.
func AdministratorName(digits string) string { return administratorPrefix + digits }

// RoleNames are the names of the privilege roles of a database, and of the cluster.
type RoleNames struct{ local string }

// RoleNamesOf gives those of the database with an OID.
func RoleNamesOf(database uint32) RoleNames {
	return RoleNames{localPrefix + strconv.FormatUint(uint64(database), 10) + "_"}
}

// PrivilegeRole gives the name of a role that holds one privilege on one object, or on one of its columns. Digits are
// 8 hexadecimal ones.
func (n RoleNames) PrivilegeRole(held Held, digits string) string {
	prefix := n.local
	if held.Object.Kind.Info().Shared {
		prefix = globalPrefix
	}
	kind := string(held.Object.Kind)
	if held.Column != "" {
		kind = "column"
	}
	return prefix + strings.ReplaceAll(strings.ToLower(kind+"_"+string(held.Privilege)+"_"), " ", "_") + digits
}

// IsPrivilegeRole tells whether a role is named as a privilege role of the database, or of the cluster. Which kind of
// object and which privilege the name says does not matter: an ACL decides.
func (n RoleNames) IsPrivilegeRole(name string) bool {
	if rest, isGlobal := strings.CutPrefix(name, globalPrefix); isGlobal {
		return isWordsAndDigits(rest)
	}
	return n.IsLocal(name)
}

// IsLocal tells whether a role is named as a privilege role on something in the database.
func (n RoleNames) IsLocal(name string) bool {
	rest, isLocal := strings.CutPrefix(name, n.local)
	return isLocal && isWordsAndDigits(rest)
}

// IsOfOther tells whether a role is named as one on something in another database.
func (n RoleNames) IsOfOther(name string) bool {
	rest, isLocal := strings.CutPrefix(name, localPrefix)
	oid, _, hasWords := strings.Cut(rest, "_")
	return isLocal && hasWords && consistsOf(oid, "0123456789") && !strings.HasPrefix(name, n.local)
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
