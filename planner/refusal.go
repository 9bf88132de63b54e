package planner

import (
	"fmt"
	"strings"
)

// Refusal is the error of a plan that the connecting role may not carry out. Nothing was run.
type Refusal struct{ Reasons []Reason }

// Reason is one thing that the connecting role may not do.
type Reason struct {
	// Act is what it would have to do, in words.
	Act string
	// Why says what stands in the way: whose the object is, for one.
	Why string
	// Remedy is the SQL that would allow it, for someone who may run it; empty where there is none.
	Remedy string
}

// Error lists every reason with its remedy.
func (r *Refusal) Error() string {
	var text strings.Builder
	text.WriteString("the connecting role may not do all of this, so nothing was done:")
	for _, reason := range r.Reasons {
		fmt.Fprintf(&text, "\n  %s: %s", reason.Act, reason.Why)
		if reason.Remedy != "" {
			fmt.Fprintf(&text, "\n    what would allow it: %s;", reason.Remedy)
		}
	}
	return text.String()
}
