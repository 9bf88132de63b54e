package planner

import (
	"fmt"
	"strings"
)

// Refusal is the error of a plan that the connecting role may not carry out. Nothing was run.
type Refusal struct {
	Reasons []Reason
	// Remedies are the statements, in the order in which someone who may, as a superuser may, can run them, after which
	// the connecting role may do everything but what is [Reason.Superuser]. None makes it a member of a superuser. They
	// are there once [Remedied] has worked them out.
	Remedies []string
	// denials are what the reasons are about.
	denials []denial
}

// Reason is one thing that the connecting role may not do.
type Reason struct {
	// Act is what it would have to do, in words.
	Act string
	// Why says what stands in the way: whose the object is, for one.
	Why string
	// Superuser tells that no statement would allow it, so that a superuser has to carry out the plan.
	Superuser bool
}

// Error lists every reason, and what would allow it.
func (r *Refusal) Error() string {
	var text strings.Builder
	text.WriteString("the connecting role may not do all of this, so nothing was done:")
	for _, reason := range r.Reasons {
		fmt.Fprintf(&text, "\n  %s: %s", reason.Act, reason.Why)
		if reason.Superuser {
			text.WriteString("\n    no statement would allow it: a superuser has to run pgsr for this")
		}
	}
	if len(r.Remedies) > 0 {
		text.WriteString("\nwhat would allow it, run in this order by a superuser, or by whoever else may:")
	}
	for _, remedy := range r.Remedies {
		fmt.Fprintf(&text, "\n  %s;", remedy)
	}
	return text.String()
}
