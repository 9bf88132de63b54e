package catalog

// Left is something that a role has, that mode sync would take, and that mode add leaves.
type Left struct {
	// Role is who has it; [Public] for everyone.
	Role string `json:"role"`
	What string `json:"what"`
	// Otherwise tells that the spec gives it to the role in another way: by a privilege role, say, and not directly.
	Otherwise bool `json:"otherwise,omitempty"`
}

// String says in words what is left, and to whom.
func (l Left) String() string {
	who := "everyone (PUBLIC)"
	if l.Role != "" {
		who = "role " + DisplayName(l.Role)
	}
	text := who + ": " + Printable(l.What)
	if l.Otherwise {
		text += " (which the spec gives it in another way)"
	}
	return text
}
