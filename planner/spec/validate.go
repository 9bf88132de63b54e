package spec

import "fmt"

// Validate checks a spec that was built in Go as package specfile checks one from files: names, duplicates,
// privileges that do not fit, and so on. The error is an [Errors], in which each problem names its role; a position
// is there only if the role has one.
func (s *Spec) Validate() error {
	var found Errors
	if s.Missing != "" && s.Missing != RefuseMissing && s.Missing != WarnOfMissing {
		found = append(found, &Error{Message: fmt.Sprintf("missing must be %s or %s, not %q", RefuseMissing, WarnOfMissing, Shorten(string(s.Missing)))})
	}
	Check(s, func(about Part, message string) {
		role := s.Roles[about.Role]
		where := fmt.Sprintf("role %q", Shorten(role.Name))
		if about.Field != "" {
			where += ", " + about.Field
		}
		found = append(found, &Error{At: role.At, Message: where + ": " + message})
	})
	if len(found) == 0 {
		return nil
	}
	return found
}
