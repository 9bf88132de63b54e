package resolve

import (
	"errors"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// ScopeOfTarget says which part of a cluster has to be known for [Named].
func ScopeOfTarget(t *spec.Target) catalog.Scope {
	b := newScopeBuilder()
	b.target(t)
	return b.scope
}

// Named gives the one object that a target names by the rules of a spec: a routine with the types of its arguments,
// which may be left out where it is the only one of its name. The error says that there is none, or more than one, or
// that it is something else than the target's word says.
func Named(t *spec.Target, c *catalog.Catalog) (*catalog.Object, error) {
	r := &resolver{currentIndex: newCurrentIndex(c), desired: c}
	found := r.objectsOf(t, spec.Position{})
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	if len(found) != 1 {
		return nil, errors.New("one object has to be named")
	}
	if object := c.Objects[found[0]]; object != nil {
		return object, nil
	}
	return nil, &NotFoundError{Missing{Object: found[0], Database: c.Server.Database, Hint: r.hint(found[0])}}
}

// NotFoundError says that what was asked for does not exist.
type NotFoundError struct{ Missing Missing }

// Error says what may have been meant.
func (e *NotFoundError) Error() string { return e.Missing.String() }
