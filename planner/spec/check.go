package spec

import (
	"fmt"
	"strings"
	"time"
)

// The keys above the roles that are checked, and those under which a file declares what a role has.
const (
	KeyMode     = "mode"
	KeyDatabase = "database"
	KeyIgnore   = "ignore"
	KeyPublic   = "public"
	KeyRevokes  = "revokes" // under public

	KeyComment           = "comment"
	KeyLogin             = "login"
	KeyAttributes        = "attributes"
	KeySettings          = "settings"
	KeyMemberOf          = "member_of"
	KeyMembers           = "members"
	KeyGrants            = "grants"
	KeyDirectGrants      = "direct_grants"
	KeyOwns              = "owns"
	KeyPreserveInSchemas = "preserve_in_schemas"
	KeyIn                = "in"

	KeyAbsent      = "absent"
	KeyReassignTo  = "reassign_to"
	KeyEndSessions = "end_sessions"
)

// Problem is something wrong with a role of a spec, or with a key above the roles.
type Problem struct {
	// Role is the place of the role in the spec, -1: none, Field the key under which it is wrong; empty: the role
	// itself.
	Role  int
	Field string
	// At is where that stands; zero if it is not known.
	At      Position
	Message string
}

// checker checks a spec, however it was made.
type checker struct {
	spec   *Spec
	report func(Problem)
	// role is the one that is being checked.
	role int
}

// Check reports whatever is wrong with a spec that can be told without a catalog.
func Check(s *Spec, report func(Problem)) {
	if report == nil {
		report = func(Problem) {}
	}
	if s == nil {
		report(Problem{Role: -1, Field: "roles", Message: noSpec.Error()})
		return
	}
	c := checker{spec: s, report: report}
	c.checkAboveRoles()
	first := make(map[string]int, len(s.Roles))
	for i := range s.Roles {
		role := &s.Roles[i]
		c.role = i
		if before, known := first[role.Name]; !known {
			first[role.Name] = i
		} else if at := s.Roles[before].At.String(); at != "" {
			c.fail("", role.At, "the role %q is declared twice: also at %s", role.Name, at)
		} else {
			c.fail("", role.At, "the role %q is declared twice", role.Name)
		}
		c.checkRole(role)
	}
	for i := range s.Roles {
		c.role = i
		c.checkMembers(&s.Roles[i], first)
	}
	c.checkCycles(first)
	c.checkAbsences(first)
}

// checkAboveRoles checks what is above the roles.
func (c *checker) checkAboveRoles() {
	c.role = -1
	c.refuse(KeyMode, Position{}, ModeProblem(c.spec.Mode))
	if c.spec.Database != "" {
		c.refuse(KeyDatabase, c.spec.DatabaseAt, nameProblem(c.spec.Database))
	}
	for i := range c.spec.Ignore {
		c.refuse(KeyIgnore, c.spec.Ignore[i].At, ignoredProblem(&c.spec.Ignore[i]))
	}
	c.checkPublic()
}

func (c *checker) fail(field string, at Position, format string, args ...any) {
	c.refuse(field, at, fmt.Sprintf(format, args...))
}

// refuse reports a problem, if there is one.
func (c *checker) refuse(field string, at Position, problem string) {
	if problem != "" {
		c.report(Problem{c.role, field, at, problem})
	}
}

func (c *checker) checkRole(role *Role) {
	c.refuse("", role.At, roleProblem(role.Name))
	if role.Comment != nil && strings.ContainsRune(*role.Comment, 0) {
		c.fail(KeyComment, role.CommentAt, "the comment holds a NUL character, which PostgreSQL does not allow")
	}
	if role.Login != nil {
		c.checkLogin(*role.Login, role.LoginAt)
	}
	c.checkAttributes(role)
	c.checkSettings(KeySettings, role.Settings)
	c.checkMemberships(role)
	c.checkDatabases(role)
	for i, schema := range role.PreserveInSchemas {
		c.refuse(KeyPreserveInSchemas, itemAt(role.PreservedAt, i), nameProblem(schema))
	}
	c.checkPhrases(role.Grants, role.DirectGrants, role.Owns)
}

// checkPhrases checks what a role is granted and is to own, in one database.
func (c *checker) checkPhrases(grants, direct []Grant, owns []Ownership) {
	for i := range grants {
		c.refuse(KeyGrants, grants[i].At, grantProblem(&grants[i]))
		if grants[i].WithOption {
			c.fail(KeyGrants, grants[i].At, "WITH GRANT OPTION is for direct_grants: by way of a privilege role every member would share the option, and what was granted on would come from that role")
		}
		if grants[i].Target.Future != nil {
			c.fail(KeyGrants, grants[i].At, "FUTURE is for direct_grants: a privilege role holds a privilege on one object, which has to be there; new objects get it on their own ACL")
		}
	}
	for i := range direct {
		c.refuse(KeyDirectGrants, direct[i].At, grantProblem(&direct[i]))
	}
	for i := range owns {
		c.refuse(KeyOwns, owns[i].At, ownershipProblem(&owns[i]))
	}
}

// itemAt gives where an item of a list stands, if that is known.
func itemAt(places []Position, index int) Position {
	if index < len(places) {
		return places[index]
	}
	return Position{}
}

func (c *checker) checkLogin(login Login, at Position) {
	inClear, verifier := string(login.Password.Clear), string(login.Password.Verifier)
	switch {
	case inClear != "" && verifier != "":
		c.fail(KeyLogin, at, "the password is given more than once: keep the clear text or the verifier")
	case login.Password.Unread && inClear+verifier != "":
		c.fail(KeyLogin, at, "the password is given and is said not to have been read: keep one of both")
	case inClear != "" && PasswordProblem(inClear) != "":
		c.fail(KeyLogin, at, "the password %s", PasswordProblem(inClear))
	case verifier != "":
		_, problem := ParseVerifier(verifier)
		c.refuse(KeyLogin, at, problem)
	}
	switch {
	case login.ValidUntil != nil && login.NoEnd:
		c.fail(KeyLogin, at, "the password has an end and has none: keep ValidUntil or NoEnd")
	case login.ValidUntil != nil:
		c.refuse(KeyLogin, at, MomentProblem(*login.ValidUntil))
	}
}

// PasswordProblem says what is wrong with a password in clear.
func PasswordProblem(password string) string {
	switch {
	case password == "":
		return "holds no password: it is empty"
	case strings.ContainsRune(password, 0):
		return "holds a NUL character, which no password can"
	}
	return ""
}

// The years of a timestamp with time zone, so far as they are written without BC:
// https://www.postgresql.org/docs/current/datatype-datetime.html
const (
	firstYear = 1
	lastYear  = 294276
)

// MomentProblem says why PostgreSQL cannot keep a moment as the end of a password.
func MomentProblem(moment time.Time) string { return momentProblem("valid_until", moment) }

func momentProblem(what string, moment time.Time) string {
	if year := moment.UTC().Year(); year < firstYear || year > lastYear {
		return fmt.Sprintf("%s is in the year %d: PostgreSQL has the years %d to %d", what, year, firstYear, lastYear)
	}
	return ""
}
