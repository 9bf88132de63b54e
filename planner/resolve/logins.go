package resolve

import (
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// decideLogins sets who can log in, how, and until when.
func (r *resolver) decideLogins() {
	if r.spec.Local {
		return
	}
	for _, role := range r.spec.Roles {
		now := r.desired.Roles[role.Name]
		change := catalog.AlterRole{Name: role.Name}
		if role.Login == nil {
			if now.Attributes.Login || now.Verifier != "" && now.Verifier != catalog.NoPassword {
				no := false
				change.Login, change.Verifier = &no, catalog.NoPassword
			}
		} else {
			yes := true
			change.Login, change.SetValidUntil = &yes, role.Login.ValidUntil != nil || role.Login.NoEnd
			change.ValidUntil = asStored(role.Login.ValidUntil)
			change.Verifier = r.verifier(role, now.Verifier)
		}
		if alters(change, now) {
			change.Apply(r.desired)
		}
	}
}

// alters tells whether a statement changes anything about a role. Where it does not, the role need not be copied.
func alters(change catalog.AlterRole, now *catalog.Role) bool {
	return change.Login != nil && *change.Login != now.Attributes.Login ||
		change.Verifier != "" && change.Verifier != now.Verifier ||
		change.SetValidUntil && !catalog.SameMoment(change.ValidUntil, now.ValidUntil)
}

// asStored gives a moment as the server keeps it: in microseconds.
func asStored(moment *time.Time) *time.Time {
	if moment == nil {
		return nil
	}
	kept := moment.Round(time.Microsecond)
	return &kept
}

// verifier gives what to store as the role's password; nothing when none is declared.
func (r *resolver) verifier(role spec.Role, current catalog.Verifier) catalog.Verifier {
	if role.Login.Password.IsZero() {
		return ""
	}
	verifier, err := r.means.Verifier(role.Name, role.Login.Password, current)
	if err != nil {
		r.fail(role.At, "password of role %q: %v", role.Name, err)
	}
	return verifier
}
