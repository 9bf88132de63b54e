package executor

import (
	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// effects says what the run means for people, database by database, the connected one first. It compares the state
// before all transactions with the state after all of them.
func (r *sequenceRun) effects() []access.DatabaseEffect {
	here := r.connected.found
	return append([]access.DatabaseEffect{{Database: here.Server.Database, Effect: here.Effect()}}, r.otherEffects()...)
}

// otherEffects gives the effects in all databases but the connected one.
func (r *sequenceRun) otherEffects() []access.DatabaseEffect {
	var out []access.DatabaseEffect
	r.eachOther(func(database string, before, after *catalog.Catalog) {
		out = append(out, access.DatabaseEffect{Database: database, Effect: access.CompareIn(before, after)})
	})
	return out
}

// eachOther calls do for each other database that was read, with the states before and after the whole run.
func (r *sequenceRun) eachOther(do func(database string, before, after *catalog.Catalog)) {
	all := sharedAtTheEnd(r.connected.found)
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
