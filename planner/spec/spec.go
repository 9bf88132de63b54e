// Package spec is the declared state: what each role of a spec is to have. A spec is built in Go ([Spec],
// [ParseGrants], [ParseOwnerships]) or read from files by package specfile, and checked by [Spec.Validate].
//
// It promises that what can be told to be wrong without a catalog is told here, for specs of either origin.
//
// # What stays
//
// This package and executor are the API; every other package may change at any time. Versions follow
// https://semver.org. Before 1.0.0 a minor version may rename exported names, or take them away, and CHANGELOG.md says
// what to write instead; a patch version does not. From then on only a major version does. Any version may add names,
// and fields to types: name the fields of a literal.
//
// That is about what specs consist of, [Spec] and all that it holds, with the methods of these, and about what makes
// and checks them: [ParseGrants], [MustGrants], [ParseOwnerships], [ParseIgnored], [ParseAttribute], [ParseUntil],
// [Memberships], [CompileWhole], [Error] and [Errors]. What readers of files need beside these, such as
// [PhraseReader], [EditorPatterns], [Check] and the functions that word messages, may change at any time.
//
// No version will change that a phrase which is right today means the same tomorrow.
package spec

import (
	"fmt"
	"regexp"
	"time"

	"pgsr/planner/catalog"
)

// Spec is the whole truth for each role in it. Of others it only says which are members of these, if [Role.Members]
// does.
type Spec struct {
	// LockKey is the key of pg_advisory_xact_lock; 0 stands for [DefaultLockKey].
	LockKey int64
	// Missing says what happens when the spec names what does not exist; empty: it is refused.
	Missing WhenMissing
	// Mode says whether something is taken away; empty: it is.
	Mode Mode
	// Database is the only one that the spec is for; empty: any. DatabaseAt is where that stands.
	Database   string
	DatabaseAt Position
	// Ignore is what is left alone.
	Ignore []Ignored
	// Public is what everyone has.
	Public Public
	Roles  []Role
	// Local tells that only what lies in the connected database is decided: see [Spec.In].
	Local bool
	// leftOut are roles of the spec that it was restricted to do without.
	leftOut map[string]bool
}

// WhenMissing says what happens when a spec names what does not exist.
type WhenMissing string

// An empty WhenMissing refuses, too.
const (
	// RefuseMissing refuses the run.
	RefuseMissing WhenMissing = "refuse"
	// WarnOfMissing leaves objects out, and creates roles that others are to be members of.
	WarnOfMissing WhenMissing = "warn"
)

// Mode says whether a spec only gives.
type Mode string

// An empty Mode is that of Sync.
const (
	// ModeSync makes everything be as the spec says.
	ModeSync Mode = "sync"
	// ModeAdd gives what the spec says, and takes nothing away.
	ModeAdd Mode = "add"
)

// ModeProblem says what is wrong with a mode; empty: nothing.
func ModeProblem(mode Mode) string {
	if mode == "" || mode == ModeSync || mode == ModeAdd {
		return ""
	}
	return fmt.Sprintf("mode must be %s or %s, not %q", ModeSync, ModeAdd, Shorten(string(mode)))
}

// DefaultLockKey is the lock's key when a spec gives none: the same that pg-sync-roles uses.
const DefaultLockKey = 1

// Role is all that one role is to have. The zero value of a field is «none», but for Comment, Attributes, Settings,
// Owns, Members and In, where nil leaves as it is what the role has.
type Role struct {
	Name string
	// Comment is the role's COMMENT; nil keeps the one that it has.
	Comment *string
	// Login lets the role log in; nil: it cannot, and has no password.
	Login *Login
	// Attributes are all that differ from CREATE ROLE's defaults: nil keeps those that it has, an empty list is the
	// defaults.
	Attributes []Attribute
	// Settings are all that hold for the role in all databases: nil keeps those that it has, an empty list is none.
	Settings []Setting
	// MemberOf are the roles that it is to be a member of.
	MemberOf []Membership
	// Members are all members outside the spec that it is to have: nil keeps those that it has, an empty list is none.
	Members []Membership
	// Grants go by way of privilege roles, DirectGrants on the object's own ACL.
	Grants, DirectGrants []Grant
	// Owns are all schemas and tables that the role is to own: nil keeps those that it owns, an empty list is none.
	Owns []Ownership
	// PreserveInSchemas are schemas in whose contents the role keeps what it was granted.
	PreserveInSchemas []string
	// In is what it is to have in other databases: one that is not among them is left alone.
	In []InDatabase
	// Absent says that there is to be no such role; nil: there is. No other field but Name and At may then be set.
	Absent *Absence
	// At is where the role is declared.
	At Position
	// CommentAt, LoginAt, and for each item PreservedAt are where these stand; zero and nil if the role was built in
	// Go.
	CommentAt, LoginAt Position
	PreservedAt        []Position
}

// Login says how a role logs in.
type Login struct {
	Password Password
	// ValidUntil is when the password stops working; nil keeps the end that it has, which for a new role is none.
	ValidUntil *time.Time
	// NoEnd takes away the end that it has. ValidUntil must then be nil.
	NoEnd bool
}

// Password is given in clear or as a verifier; the zero Password keeps the one that the role has.
type Password struct {
	Clear    Secret
	Verifier catalog.Verifier
	// Unread tells that one is declared and was not read, as whoever runs the script gives it: it is set again.
	Unread bool
}

// IsZero tells whether no password is declared.
func (p Password) IsZero() bool { return p == Password{} }

// Secret is a text that prints masked. Convert it to string to use it.
type Secret string

// String masks the secret.
func (s Secret) String() string { return "(hidden)" }

// GoString masks the secret for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText masks the secret in JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Grant is one phrase, or what one stands for: privileges on a target.
type Grant struct {
	// Privileges are those that fit the target's kind, without repetition; all that the server has for the kind, if
	// AllPrivileges.
	Privileges    []catalog.Privilege
	AllPrivileges bool
	// WithOption lets the role grant the privileges on.
	WithOption bool
	// Columns are those of the target's tables that are meant; nil: the tables themselves.
	Columns []string
	Target  Target
	// Until is when it ends; nil: never.
	Until *time.Time
	// Text is the phrase as it was written.
	Text string
	At   Position
}

// Ownership is one phrase of owns: a target of a kind that has owners.
type Ownership struct {
	Target Target
	Text   string
	At     Position
}

// Target names objects of one kind: either by name (Objects), or by schema (Schemas, with or without Matching), or all
// databases that match.
type Target struct {
	Kind catalog.Kind
	// Word is the one of [catalog.KindInfo.Words] if only some objects of the kind are meant: FUNCTION, say.
	Word string
	// Objects are named. A routine that is named without Arguments is the only one of its name.
	Objects []catalog.ObjectID
	// Schemas whose objects of Kind are meant: all, or those whose whole name matches Matching (RE2, anchored).
	Schemas  []string
	Matching *regexp.Regexp
	// Except is what is left out of those; nil: nothing.
	Except *Exception
	// IfExists passes over what is missing.
	IfExists bool
	// Future are objects that do not exist yet, beside the others, or alone; nil: none.
	Future *Future
}

// Exception is what is left out of all objects, or of those that match: by name, or by a pattern. The grants of a
// phrase that stands for several kinds share it: each name is that of an object of any of them.
type Exception struct {
	// Names are without kind.
	Names    []catalog.ObjectID
	Matching *regexp.Regexp
}

// Position is a place in a file; the zero Position is none (a spec that was built in Go). Line and Column count from 1,
// columns in characters.
type Position struct {
	File         string
	Line, Column int
}

// Before puts the position before a text, as far as it is known.
func (p Position) Before(text string) string {
	if p == (Position{}) {
		return text
	}
	return p.String() + ": " + text
}

// String gives the position as file:line:column, as far as it is known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Column)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}
