package executor

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// noteElsewhere notes in which other databases that one can connect to something depends on roles that are to be gone.
func (p *planning) noteElsewhere(current *catalog.Catalog) {
	p.elsewhere = map[string]bool{}
	for _, leaver := range current.Leavers {
		for _, database := range leaver.Elsewhere {
			if database.AllowsConnections && !p.reached[database.Name] && !p.spec.Local {
				p.elsewhere[database.Name] = true
			}
		}
	}
}

// hasLeavers tells whether a role is there that is to be absent. What it has in another database than the connected
// one a look does not show.
func (p *planning) hasLeavers(c *catalog.Catalog) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(p.spec.Absent())), func(name string) bool { return c.Roles[name] != nil })
}
