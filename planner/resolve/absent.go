package resolve

// refuseAbsent refuses roles that are to be absent.
func (r *resolver) refuseAbsent() {
	for i := range r.spec.Roles {
		if role := &r.spec.Roles[i]; role.IsAbsent() {
			r.fail(role.Absent.At, "absent is not known to this version yet: nothing was done")
		}
	}
}
