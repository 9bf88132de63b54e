package executor

import (
	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// effects says what the run means for people in the end, database by database, the connected one first: from what there
// is before all of it to what there is when all databases are done.
func (r *databasesRun) effects() []access.DatabaseEffect {
	here := r.connected.found
	out := []access.DatabaseEffect{{Database: here.Server.Database, Effect: here.Effect()}}
	var all []catalog.Change // those that are made when the others are done, too
	for _, s := range here.Statements {
		switch ch := s.Change.(type) {
		case catalog.AlterRole, catalog.GrantRole, catalog.RevokeRole, catalog.DropRole:
			if !s.Section.IsTemporary() {
				all = append(all, s.Change)
			}
		case catalog.SetOwner:
			if ch.Object.Kind == catalog.Database {
				all = append(all, s.Change)
			}
		}
	}
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
