package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// collectColumns calls add with each declaration that a grant on columns stands for.
func (r *resolver) collectColumns(grant *spec.Grant, role string, add func(*declaration)) {
	for _, id := range grant.Target.Objects {
		if id = r.relation(id); r.isGrantable(id, role, &grant.Target, grant.At) {
			r.declareColumns(id, grant, role, add)
		}
	}
	for _, schema := range r.places(grant.Target, role, grant.At) {
		found := r.contents(grant.Target, schema)
		if found.isNothing {
			r.noteNoMatch(grant.Target, schema, role, grant.At)
		}
		for _, id := range found.objects {
			r.declareColumns(id, grant, role, add)
		}
	}
}

// relation gives the sequence of a name, where there is no table of that name: the columns of a sequence are named as
// those of a table. https://www.postgresql.org/docs/current/sql-grant.html
func (r *resolver) relation(id catalog.ObjectID) catalog.ObjectID {
	sequence := id
	sequence.Kind = catalog.Sequence
	if r.desired.Objects[id] == nil && r.desired.Objects[sequence] != nil {
		return sequence
	}
	return id
}

// declareColumns calls add with a declaration for each of the grant's columns that exists, and notes the missing ones.
func (r *resolver) declareColumns(id catalog.ObjectID, grant *spec.Grant, role string, add func(*declaration)) {
	privileges := r.columnPrivileges(id, grant)
	for _, column := range grant.Columns {
		if !slices.Contains(r.desired.Objects[id].AllColumns, column) {
			m := Missing{At: grant.At, Role: role, Object: id, Column: column}
			r.noteMissing(m, grant.Target.IfExists, func() string { return r.columnHint(id, column) })
			continue
		}
		for _, privilege := range privileges {
			d, _ := r.declare(r.declared[id], id, column, privilege)
			add(d)
		}
	}
}

// columnPrivileges gives the privileges of a grant that the columns of an object have.
func (r *resolver) columnPrivileges(id catalog.ObjectID, grant *spec.Grant) []catalog.Privilege {
	fitting := id.Kind.Info().ColumnPrivileges
	if grant.AllPrivileges {
		return fitting
	}
	for _, privilege := range grant.Privileges {
		if !slices.Contains(fitting, privilege) {
			r.fail(grant.At, "%s is a %s, on whose columns there is no privilege %s", id.NameInWords(), id.Kind, privilege)
		}
	}
	return grant.Privileges
}

// systemColumns are those that every table has: https://www.postgresql.org/docs/current/ddl-system-columns.html
var systemColumns = []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

// columnHint names the columns that may have been meant.
func (r *resolver) columnHint(id catalog.ObjectID, column string) string {
	all := r.desired.Objects[id].AllColumns
	near := spec.Nearest(column, all)
	for i, name := range near {
		near[i] = catalog.QuoteIfNeeded(name)
	}
	if hint := didYouMean(near); hint != "" || len(all) == 0 {
		return hint
	}
	all = slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(systemColumns, name) })
	if len(all) == 0 {
		return ""
	}
	return "it has " + lists.First(lists.Map(all, catalog.QuoteIfNeeded), mostNearest, len(all))
}
