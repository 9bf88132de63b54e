package resolve

import (
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// decideAttributes sets all attributes of the roles that have the key attributes. It comes before memberships, which
// depend on INHERIT.
func (r *resolver) decideAttributes() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		if role.Attributes == nil {
			continue
		}
		now := r.desired.Roles[role.Name]
		changes := catalog.ChangesOf(now.Attributes, spec.AttributesOf(role.Attributes))
		if !changes.IsZero() {
			catalog.AlterRole{Name: role.Name, Attributes: changes}.Apply(r.desired)
		}
	}
}
