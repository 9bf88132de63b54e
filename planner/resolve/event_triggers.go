package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// noteTriggerAdditions notes on each new schema the roles on which the spec decides there. An event trigger may grant
// them more than was planned, which is then revoked. What it grants to others stays, and in mode add all of it.
func (r *resolver) noteTriggerAdditions() {
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

// decidedOn lists, in order, the roles for which the spec decides what they have on an object: its roles except the
// owner, those that are to be absent, and PUBLIC where a phrase under public revokes something on it.
func (r *resolver) decidedOn(object *catalog.Object) []string {
	roles := lists.Filter(r.spec.RoleNames(), func(name string) bool { return name != object.Owner })
	roles = append(roles, lists.Map(r.eachLeaver(), func(l leaver) string { return l.name })...) // or they could not be dropped
	for d := range r.eachDeclaration() {
		if d.object == object.ID && d.public != nil && d.public.revoke != nil {
			roles = append(roles, catalog.Public)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}
