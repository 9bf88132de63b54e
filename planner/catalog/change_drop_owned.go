package catalog

import "maps"

// DropOwned is DROP OWNED BY a role of which nothing is left in the database and the cluster but what the scripts of
// extensions have granted it, which no other statement takes away. That nothing else is left is proved right before it.
// https://www.postgresql.org/docs/current/sql-drop-owned.html
type DropOwned struct {
	Role string `json:"role"`
}

// Apply notes that there is nothing left.
func (ch DropOwned) Apply(c *Catalog) {
	known := c.Leavers[ch.Role]
	if known == nil {
		return
	}
	c.Leavers = maps.Clone(c.Leavers)
	c.Leavers[ch.Role] = known.WithoutInitial()
}

// Touches gives the role.
func (ch DropOwned) Touches(*Catalog) Touched { return Touched{Roles: []string{ch.Role}} }

// Lock locks nothing that is counted.
func (ch DropOwned) Lock(Locks, Server) {}
