package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// noteAdded says of the schemas that are to be made who may get more on them than was planned, where an event trigger
// may give something on them: who is not in the spec. Mode add takes from nobody.
func (r *resolver) noteAdded() {
	if !r.current.MayAddToSchemas() {
		return
	}
	for id, object := range r.desired.Objects {
		if r.current.Objects[id] != nil || id.Kind != catalog.Schema {
			continue
		}
		noted := *object
		noted.Added = &catalog.Added{}
		if r.spec.Mode != spec.ModeAdd && !r.ignored.has(object) {
			noted.Added.Decided = r.decidedOn(object)
		}
		r.desired.Objects[id] = &noted
	}
}

// decidedOn lists, in order, the roles that have on an object what the spec gives them: those of the spec but for the
// owner, and everyone where public takes something on it.
func (r *resolver) decidedOn(object *catalog.Object) []string {
	roles := lists.Filter(r.spec.RoleNames(), func(name string) bool { return name != object.Owner })
	for d := range r.eachDeclaration() {
		if d.object == object.ID && d.public != nil && d.public.revoke != nil {
			roles = append(roles, catalog.Public)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}
