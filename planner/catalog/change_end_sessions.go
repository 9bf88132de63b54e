package catalog

import (
	"maps"

	"pgsr/planner/lists"
)

// EndSessions ends all sessions of a role but one's own. It is no statement of its own in SQL: pg_terminate_backend()
// does it, which no rollback undoes.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
type EndSessions struct {
	Role string `json:"role"`
}

// Apply removes the sessions, and what was temporary in them.
func (ch EndSessions) Apply(c *Catalog) {
	known := c.Leavers[ch.Role]
	if known == nil {
		return
	}
	without := *known
	without.Sessions, without.Slots = 0, nil
	without.Dependencies = lists.Filter(known.Dependencies, func(d Dependency) bool { return !d.Temporary })
	c.Leavers = maps.Clone(c.Leavers)
	c.Leavers[ch.Role] = &without
}

// Touches gives the role.
func (ch EndSessions) Touches(*Catalog) Touched { return Touched{Roles: []string{ch.Role}} }

// Lock locks nothing.
func (ch EndSessions) Lock(Locks, Server) {}
