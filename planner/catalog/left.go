package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// Left is something that a role has, that mode sync would take, and that mode add leaves.
type Left struct {
	// Role is who has it; [catalog.Public] for everyone.
	Role string `json:"role"`
	What string `json:"what"`
	// Otherwise tells that the spec gives it to the role in another way: by a privilege role, say, and not directly.
	Otherwise bool `json:"otherwise,omitempty"`
}

// String says in words what is left, and to whom.
func (l Left) String() string {
	who := "everyone (PUBLIC)"
	if l.Role != "" {
		who = "role " + catalog.DisplayName(l.Role)
	}
	text := who + ": " + catalog.Printable(l.What)
	if l.Otherwise {
		text += " (which the spec gives it in another way)"
	}
	return text
}

// LeftCount says how much is left; empty: nothing.
func LeftCount(left []Left) string {
	if len(left) == 0 {
		return ""
	}
	otherwise := 0
	for _, l := range left {
		if l.Otherwise {
			otherwise++
		}
	}
	text := "left as it is, where mode sync would take it: " + Count(len(left), "thing", "things")
	if otherwise > 0 {
		text += fmt.Sprintf(", %s of them given in another way, too", Number(otherwise))
	}
	return text
}
