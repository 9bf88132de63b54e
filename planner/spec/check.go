package spec

import (
	"fmt"
	"strings"
)

// The keys under which a file declares what a role has.
const (
	KeyComment           = "comment"
	KeyLogin             = "login"
	KeyMemberOf          = "member_of"
	KeyGrants            = "grants"
	KeyDirectGrants      = "direct_grants"
	KeyOwns              = "owns"
	KeyPreserveInSchemas = "preserve_in_schemas"
)

// Part names a part of a spec: a role, or an item of one of its fields.
type Part struct {
	Role  int
	Field string
	Index int
}

// checker checks a spec, however it was made.
type checker struct {
	spec   *Spec
	report func(about Part, message string)
	// role is the one that is being checked.
	role int
}

// Check reports whatever is wrong with a spec that can be told without a catalog.
func Check(s *Spec, report func(about Part, message string)) {
	c := checker{spec: s, report: report}
	first := make(map[string]int, len(s.Roles))
	for i := range s.Roles {
		role := &s.Roles[i]
		c.role = i
		if before, known := first[role.Name]; !known {
			first[role.Name] = i
		} else if at := s.Roles[before].At.String(); at != "" {
			c.fail("", 0, "the role %q is declared twice: also at %s", role.Name, at)
		} else {
			c.fail("", 0, "the role %q is declared twice", role.Name)
		}
		c.checkRole(role)
	}
}

func (c *checker) fail(field string, index int, format string, args ...any) {
	c.report(Part{c.role, field, index}, fmt.Sprintf(format, args...))
}

// refuse reports a problem, if there is one.
func (c *checker) refuse(field string, index int, problem string) {
	if problem != "" {
		c.report(Part{c.role, field, index}, problem)
	}
}

func (c *checker) checkRole(role *Role) {
	c.refuse("", 0, roleProblem(role.Name))
	if role.Comment != nil && strings.ContainsRune(*role.Comment, 0) {
		c.fail(KeyComment, 0, "the comment holds a NUL character, which PostgreSQL does not allow")
	}
	if role.Login != nil {
		c.checkLogin(*role.Login)
	}
	c.checkMemberships(role)
	for i, schema := range role.PreserveInSchemas {
		c.refuse(KeyPreserveInSchemas, i, nameProblem(schema))
	}
	for i := range role.Grants {
		c.refuse(KeyGrants, i, grantProblem(&role.Grants[i]))
	}
	for i := range role.DirectGrants {
		c.refuse(KeyDirectGrants, i, grantProblem(&role.DirectGrants[i]))
	}
	for i := range role.Owns {
		c.refuse(KeyOwns, i, ownershipProblem(&role.Owns[i]))
	}
}

func (c *checker) checkMemberships(role *Role) {
	seen := make(map[string]bool, len(role.MemberOf))
	for i, group := range role.MemberOf {
		switch problem := groupProblem(group); {
		case problem != "":
			c.refuse(KeyMemberOf, i, problem)
		case group == role.Name:
			c.fail(KeyMemberOf, i, "the role %q cannot be a member of itself", role.Name)
		case seen[group]:
			c.fail(KeyMemberOf, i, "the membership in %q is listed twice", group)
		}
		seen[group] = true
	}
}

func (c *checker) checkLogin(login Login) {
	inClear, verifier := string(login.Password.Clear), string(login.Password.Verifier)
	switch {
	case inClear != "" && verifier != "":
		c.fail(KeyLogin, 0, "the password is given more than once: keep the clear text or the verifier")
	case inClear != "" && PasswordProblem(inClear) != "":
		c.fail(KeyLogin, 0, "the password %s", PasswordProblem(inClear))
	case verifier != "":
		_, problem := ParseVerifier(verifier)
		c.refuse(KeyLogin, 0, problem)
	}
	switch {
	case login.ValidUntil != nil && login.NoEnd:
		c.fail(KeyLogin, 0, "the password has an end and has none: keep ValidUntil or NoEnd")
	case login.ValidUntil != nil:
		c.refuse(KeyLogin, 0, MomentProblem(*login.ValidUntil))
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
