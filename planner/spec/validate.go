package spec

import (
	"cmp"
	"errors"
	"fmt"
)

// noSpec says that there is none.
var noSpec = errors.New("there is no spec: it is nil")

// orNone is a spec that says nothing, in the place of none.
func (s *Spec) orNone() *Spec {
	if s == nil {
		return &Spec{}
	}
	return s
}

// Validate checks a spec that was built in Go as package specfile checks one from files: names, duplicates,
// privileges that do not fit, and so on. The error is an [Errors], in which each problem names its role; a position
// is there only if the role has one.
func (s *Spec) Validate() error {
	if s == nil {
		return Errors{{Message: noSpec.Error()}}
	}
	var found Errors
	if s.Missing != "" && s.Missing != RefuseMissing && s.Missing != WarnOfMissing {
		found = append(found, &Error{Message: fmt.Sprintf("missing must be %s or %s, not %q", RefuseMissing, WarnOfMissing, Shorten(string(s.Missing)))})
	}
	Check(s, func(p Problem) {
		if p.Role < 0 {
			found = append(found, &Error{At: p.At, Message: p.Field + ": " + p.Message})
			return
		}
		role := s.Roles[p.Role]
		where := fmt.Sprintf("role %q", Shorten(role.Name))
		if p.Field != "" {
			where += ", " + p.Field
		}
		found = append(found, &Error{At: cmp.Or(p.At, role.At), Message: where + ": " + p.Message})
	})
	if len(found) == 0 {
		return nil
	}
	return found
}
