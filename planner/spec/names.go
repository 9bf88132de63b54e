package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"pgsr/planner/catalog"
)

// MaxNameBytes is what PostgreSQL keeps of a name; it cuts longer ones with no more than a notice.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const MaxNameBytes = 63

// systemPrefix begins the names that PostgreSQL keeps for itself.
const systemPrefix = "pg_"

// nameProblem says what is wrong with a name of anything; empty if nothing is.
func nameProblem(name string) string {
	switch {
	case name == "":
		return "a name must not be empty"
	case strings.IndexByte(name, 0) >= 0:
		return fmt.Sprintf("the name %q holds a NUL character, which PostgreSQL does not allow", Shorten(name))
	case !utf8.ValidString(name):
		return fmt.Sprintf("the name %q is not UTF-8", Shorten(name))
	case len(name) > MaxNameBytes:
		return fmt.Sprintf("the name %q is %d bytes long: PostgreSQL allows %d", Shorten(name), len(name), MaxNameBytes)
	}
	return ""
}

// isReserved tells whether a name is, in some letters, a word that stands for no role.
func isReserved(name string) bool {
	return strings.EqualFold(name, "public") || strings.EqualFold(name, "none")
}

// reservedProblem says why such a name is not taken. In other letters than these the server takes it for a role.
func reservedProblem(name string) string {
	if reserved := strings.ToLower(name); name != reserved {
		return fmt.Sprintf("%q reads like %s, which is no role: one of this name can stand under ignore, but nowhere else", name, strings.ToUpper(reserved))
	}
	return fmt.Sprintf("%q is a reserved name: no role can have it", name)
}

// GroupProblem says what is wrong with the name of a role that others are to be members of; empty if nothing is.
// PostgreSQL's predefined roles are allowed.
func GroupProblem(name string) string {
	switch {
	case isReserved(name):
		return reservedProblem(name)
	case name == catalog.DatabaseOwners:
		return fmt.Sprintf("%q can not be granted: its one member is the owner of the database, whoever that is", name)
	case catalog.IsOwnRole(name):
		return fmt.Sprintf("names that begin with %s are reserved for privilege roles: list what %q is for under grants", catalog.OwnRolePrefix, Shorten(name))
	}
	return nameProblem(name)
}

// roleProblem says what is wrong with the name of a role of the spec.
func roleProblem(name string) string {
	switch {
	case catalog.IsOwnRole(name):
		return fmt.Sprintf("names that begin with %s are reserved for privilege roles: %q cannot be declared", catalog.OwnRolePrefix, Shorten(name))
	case strings.HasPrefix(name, systemPrefix):
		return fmt.Sprintf("names that begin with %s are reserved for PostgreSQL's own roles: %q can be in member_of, but not be declared", systemPrefix, Shorten(name))
	}
	return GroupProblem(name)
}

// schemaProblem says why nothing can be granted on a schema, or in it; empty if it can.
func schemaProblem(name string) string {
	switch {
	case strings.HasPrefix(name, "pg_toast"):
		return fmt.Sprintf("schema %q is where the server keeps long values of tables: what a role has on it is only taken away", Shorten(name))
	case strings.HasPrefix(name, "pg_temp_"):
		return fmt.Sprintf("schema %q is where the server keeps a session's temporary tables: what a role has on it is only taken away", Shorten(name))
	}
	return nameProblem(name)
}

// ownedSchemaProblem says what is wrong with a schema that is to be owned, or in which something is.
func ownedSchemaProblem(name string) string {
	if strings.HasPrefix(name, systemPrefix) {
		return fmt.Sprintf("schemas whose names begin with %s are PostgreSQL's own: %q cannot be given an owner", systemPrefix, Shorten(name))
	}
	return ""
}

// IsSeen tells whether a reader sees a character as it is.
func IsSeen(r rune) bool { return catalog.IsSeen(r) }

// Shorten keeps a message readable whatever a name is.
func Shorten(name string) string {
	const enough = 80
	return ShortenTo(name, enough)
}

// ShortenTo does so with a number of characters.
func ShortenTo(name string, enough int) string {
	if runes := []rune(name); len(runes) > enough {
		return string(runes[:enough]) + "…"
	}
	return name
}
