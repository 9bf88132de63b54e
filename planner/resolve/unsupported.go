package resolve

import (
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// refuseUnsupported refuses what can be read in a spec, and is not resolved.
func (r *resolver) refuseUnsupported() {
	target := func(at spec.Position, t *spec.Target) {
		if t.Except != nil || t.IfExists || t.Kind == catalog.Database && t.Matching != nil {
			r.fail(at, "EXCEPT, IF EXISTS and DATABASES MATCHING are not supported")
		}
	}
	grants := func(grants []spec.Grant) {
		for i := range grants {
			g := &grants[i]
			if g.Target.Future != nil && g.Target.Schemas == nil && g.Until == nil {
				continue
			}
			target(g.At, &g.Target)
			if g.Columns != nil || g.WithOption || g.Until != nil {
				r.fail(g.At, "columns, WITH GRANT OPTION and UNTIL are not supported")
			}
		}
	}
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		grants(role.Grants)
		grants(role.DirectGrants)
		for j := range role.Owns {
			target(role.Owns[j].At, &role.Owns[j].Target)
		}
	}
	if r.spec.Database != "" || len(r.spec.Ignore) > 0 {
		r.fail(r.spec.DatabaseAt, "the keys database and ignore are not supported")
	}
}
