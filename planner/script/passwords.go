package script

import (
	"slices"

	"pgsr/planner/catalog"
)

// Passwords says how a script holds the passwords that it sets.
type Passwords string

// The ways to hold passwords.
const (
	// PasswordVerifiers are in the script: it can be run as it is, and is a secret.
	PasswordVerifiers Passwords = "verifier"
	// PasswordVariables leaves a variable in the place of each, which whoever runs the script sets. For psql only.
	PasswordVariables Passwords = "variables"
	// PasswordsOmitted leaves all passwords as they are, but for those that are removed.
	PasswordsOmitted Passwords = "omit"
)

// setsPassword tells whether a statement sets a password, and whose.
func setsPassword(s Statement) (role string, sets bool) {
	var verifier catalog.Verifier
	switch ch := s.Change.(type) {
	case catalog.AlterRole:
		role, verifier = ch.Name, ch.Verifier
	case catalog.CreateRole:
		role, verifier = ch.Name, ch.With.Verifier
	}
	return role, verifier != "" && verifier != catalog.NoPassword
}

// HoldsPasswords tells whether statements set passwords.
func HoldsPasswords(statements []Statement) bool {
	return slices.ContainsFunc(statements, func(s Statement) bool { _, sets := setsPassword(s); return sets })
}

// WithoutPasswords leaves the passwords out that a document sets, there and on the way back, and warns about it.
func WithoutPasswords(d Document) Document {
	var roles []string
	d.Digest = "" // of another plan
	d.Statements, roles = withoutPasswords(d.Statements)
	d.Parts = slices.Clone(d.Parts)
	for i := range d.Parts {
		d.Parts[i].Statements, _ = withoutPasswords(d.Parts[i].Statements)
	}
	d.Parts = slices.DeleteFunc(d.Parts, func(p Part) bool { return len(p.Statements) == 0 })
	if len(roles) > 0 {
		d.Warnings = append(slices.Clip(d.Warnings), "passwords are left out, as asked for: set by other means that of "+list(roles, catalog.DisplayName))
	}
	if d.Rollback != nil {
		back := WithoutPasswords(*d.Rollback)
		d.Rollback = &back
	}
	return d
}

// withoutPasswords also leaves statements out that do nothing else. It gives the roles whose passwords were left out.
func withoutPasswords(statements []Statement) (kept []Statement, roles []string) {
	for _, s := range statements {
		role, sets := setsPassword(s)
		if sets {
			roles = append(roles, role)
			if s.Change = withoutPassword(s.Change); s.Change == nil {
				continue
			}
			s.Reason += "; the password is left out"
		}
		kept = append(kept, s)
	}
	return kept, roles
}

// withoutPassword gives what is left of a change when its password is left out; nil: nothing.
func withoutPassword(change catalog.Change) catalog.Change {
	switch ch := change.(type) {
	case catalog.CreateRole:
		ch.With.Verifier = ""
		return ch
	case catalog.AlterRole:
		ch.Verifier = ""
		if ch != (catalog.AlterRole{Name: ch.Name}) {
			return ch
		}
	}
	return nil
}
