package executor

import (
	"pgsr/planner/access"
)

// effects says what the run means for people in the end, database by database, the connected one first: from what there
// is before all of it to what there is when all databases are done.
func (r *databasesRun) effects() []access.DatabaseEffect {
	here := r.connected.found
	out := []access.DatabaseEffect{{Database: here.Server.Database, Effect: here.Effect()}}
	all := sharedInTheEnd(here)
	for _, d := range r.others {
		if d.found.From == nil {
			continue
		}
		before, after := d.raw, d.found.After()
		if before == nil {
			before = d.found.From
		}
		applyShared(all, after)
		out = append(out, access.DatabaseEffect{Database: d.database.Name, Effect: access.CompareIn(before, after)})
	}
	return out
}
