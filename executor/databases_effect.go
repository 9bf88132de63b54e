package executor

import (
	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// effects says what the run means for people in the end, database by database, the connected one first: from what there
// is before all of it to what there is when all databases are done.
func (r *databasesRun) effects() []access.DatabaseEffect {
	here := r.connected.found
	return append([]access.DatabaseEffect{{Database: here.Server.Database, Effect: here.Effect()}}, r.otherEffects()...)
}

// otherEffects says it of all databases but the connected one.
func (r *databasesRun) otherEffects() []access.DatabaseEffect {
	var out []access.DatabaseEffect
	r.eachOther(func(database string, before, after *catalog.Catalog) {
		out = append(out, access.DatabaseEffect{Database: database, Effect: access.CompareIn(before, after)})
	})
	return out
}

// eachOther calls do for each other database that was read, with what there is before all of it and in the end.
func (r *databasesRun) eachOther(do func(database string, before, after *catalog.Catalog)) {
	all := sharedInTheEnd(r.connected.found)
	for _, d := range r.others {
		if d.found.From == nil {
			continue
		}
		before, after := d.raw, d.found.After()
		if before == nil {
			before = d.found.From
		}
		applyShared(all, after)
		do(d.database.Name, before, after)
	}
}
