package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
func AdministratorName(of string, n int) string {
	return administratorPrefix + digits(numbered(strconv.AppendQuote(nil, of), n))
}

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
	of := appendNumber(nil, database)
	of = strconv.AppendQuote(append(of, ' '), object)
	of = numbered(of, oid)
	of = strconv.AppendQuote(append(of, ' '), held.Column)
	of = strconv.AppendQuote(append(of, ' '), string(held.Privilege))
	return prefix + words + digits(numbered(of, n))
}

// digits gives 8 hexadecimal ones that are derived from what a name is for. Two roles have the same in one case out of
// four thousand million.
func digits(of []byte) string {
	sum := sha256.Sum256(slices.Concat([]byte{'['}, of, []byte{']'}))
	return hex.EncodeToString(sum[:4])
}

func numbered[N int | uint32](of []byte, n N) []byte { return appendNumber(append(of, ' '), n) }

// appendNumber writes a number as a character in quotes, and one that is no character in digits: so are OIDs from
// 55,296 to 57,343 and from 1,114,112 on.
func appendNumber[N int | uint32](of []byte, n N) []byte {
	if r := rune(n); N(r) == n && utf8.ValidRune(r) {
		return strconv.AppendQuoteRune(of, r)
	}
	return strconv.AppendUint(of, uint64(n), 10)
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
