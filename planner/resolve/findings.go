package resolve

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// findings are what is told of a spec beside the desired catalog. Its warnings are found when all else is decided.
type findings struct {
	errors           spec.Errors
	missing, skipped missingOnce
	endings          []ending
	left             []catalog.Left
	// lockouts are warnings of what the connecting role loses, where that is allowed.
	lockouts []string
	// keptTogether are warnings of memberships that are kept for something preserved, and give something else as well.
	keptTogether []string
	// unclaimed are what [resolver.noteUnclaimed] has noted.
	unclaimed []catalog.ObjectID
	// publicLoses tells whether PUBLIC loses a privilege on any object.
	publicLoses bool
}

func (f *findings) fail(at spec.Position, format string, args ...any) {
	problem := spec.Error{At: at, Message: fmt.Sprintf(format, args...)}
	if !slices.ContainsFunc(f.errors, func(other *spec.Error) bool { return *other == problem }) {
		f.errors = append(f.errors, &problem)
	}
}
