package specfile

import "pgsr/planner/spec"

// readAbsence reads the keys of a role that is to be absent, which mean something together.
func (f *file) readAbsence(role *spec.Role, entries []entry) {
	var absence spec.Absence
	var others []entry
	isAbsent := false
	for _, e := range entries {
		switch {
		case e.isRepeated:
		case e.name == spec.KeyAbsent:
			if value := f.boolean(e); value != nil && !*value {
				f.add(e.at, "absent can only be true: leave it out for a role that is to be there")
			}
			isAbsent, absence.At = true, e.at.position()
		case e.name == spec.KeyReassignTo:
			if name, ok := f.text(e); ok {
				absence.ReassignTo, absence.ReassignToAt = name.text, name.at.position()
				if name.text == "" {
					f.add(name.at, "reassign_to is empty: name the role that gets what this one owns, or leave the key out")
				}
			}
			others = append(others, e)
		case e.name == spec.KeyEndSessions:
			if value := f.boolean(e); value != nil {
				absence.EndSessions = *value
			}
			others = append(others, e)
		}
	}
	if isAbsent {
		role.Absent = &absence
		return
	}
	for _, e := range others {
		f.add(e.at, "%s is for a role that is to be gone: write absent: true beside it", e.name)
	}
}
