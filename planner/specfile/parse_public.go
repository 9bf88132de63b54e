package specfile

import "pgsr/planner/spec"

// readPublic reads what everyone has.
func (f *file) readPublic(e entry) {
	const empty = ": leave it out, or write {}, for nothing that is decided"
	node := f.expect(e.value, isMapping, spec.KeyPublic, "a mapping of grants and revokes", e.at, empty)
	if node == nil || !f.isFirst(spec.KeyPublic, e.at) {
		return
	}
	for _, key := range f.entries(node) {
		switch {
		case key.isRepeated:
		case key.name == spec.KeyGrants:
			f.spec.Public.Grants = f.readGrants(key)
		case key.name == spec.KeyRevokes:
			f.spec.Public.Revokes = f.readGrants(key)
		case key.name == spec.KeyIn:
			f.spec.Public.In = f.readPublicIn(key)
		default:
			f.unknown(key, []string{spec.KeyGrants, spec.KeyRevokes, spec.KeyIn})
		}
	}
}
