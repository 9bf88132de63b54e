package catalog

import "maps"

// DropOwned is DROP OWNED BY, for a role that has nothing left except initial privileges, which scripts of extensions
// have granted. No other statement takes these. Right before it a query proves that nothing else is left.
// https://www.postgresql.org/docs/current/sql-drop-owned.html
type DropOwned struct {
	Role string `json:"role"`
}

// Apply takes the initial privileges out of the facts about the role.
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
