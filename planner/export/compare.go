package export

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// unsaid is what a spec can not say of what there is, so that it has to be left alone.
type unsaid struct {
	// settings and owns are roles that do without these keys.
	settings, owns map[string]bool
	// ignored are roles whose members are left alone, each with the reason.
	ignored map[string]string
}

// ignored gives the roles of pgsr's own whose members no spec can list as they are.
func (e *exporter) ignored() []spec.Ignored {
	return lists.Map(slices.Sorted(maps.Keys(e.unsaid.ignored)), func(name string) spec.Ignored {
		return spec.Ignored{Roles: []string{name}, Text: "ROLE " + catalog.QuoteIfNeeded(name)}
	})
}

// compare resolves the spec and looks for what would not stay as it is. What can be left alone is, and then it has to
// be written again; all else is a difference.
func (e *exporter) compare() (again bool, err error) {
	current := e.withColumns()
	resolution, err := resolve.Resolve(e.compared(), current, resolve.Means{AllowLockout: true})
	if err != nil {
		return false, err
	}
	desired := resolution.Desired
	again = e.compareRoles(desired)
	again = e.compareMembers(desired) || again
	again = e.compareObjects(current, desired) || again
	e.compareFutures(desired)
	slices.Sort(e.differences)
	return again, nil
}

// withColumns gives the catalog with names of those columns that a spec names, which are not read.
func (e *exporter) withColumns() *catalog.Catalog {
	out := e.Clone()
	for id, object := range e.Objects {
		if len(object.Columns) > 0 {
			named := *object
			named.AllColumns = object.ColumnNames()
			out.Objects[id] = &named
		}
	}
	return out
}

func (e *exporter) compareRoles(desired *catalog.Catalog) (again bool) {
	for _, name := range e.roles {
		now, then := e.Roles[name], desired.Roles[name]
		switch {
		case now == then:
		case !slices.Equal(now.Settings, then.Settings) && !e.unsaid.settings[name]:
			e.unsaid.settings[name], again = true, true
		case now.Verifier != then.Verifier && !now.Attributes.Login:
			e.leftOut[name], again = "it has a password and can not log in: a spec takes both or neither away. ALTER ROLE ... PASSWORD NULL, or LOGIN, and export again", true
		case now.Attributes != then.Attributes || now.Comment != then.Comment || !catalog.SameMoment(now.ValidUntil, then.ValidUntil):
			e.differences = append(e.differences, fmt.Sprintf("role %q: its attributes, comment or login change", name))
		}
	}
	return again
}

func (e *exporter) compareMembers(desired *catalog.Catalog) (again bool) {
	for _, group := range slices.Sorted(maps.Keys(desired.Members)) {
		switch {
		case catalog.SameMemberships(e.Members[group], desired.Members[group]):
		case !e.exported[group] && e.unsaid.ignored[group] == "":
			e.unsaid.ignored[group], again = "no spec can list its members as they are", true
		default:
			e.differences = append(e.differences, fmt.Sprintf("role %q: its members change", group))
		}
	}
	return again
}

func (e *exporter) compareObjects(current, desired *catalog.Catalog) (again bool) {
	for _, id := range sortedIDs(desired.Objects) {
		now, then := current.Objects[id], desired.Objects[id]
		switch {
		case now == then:
		case now.Owner != then.Owner && !e.unsaid.owns[now.Owner]:
			e.unsaid.owns[now.Owner], again = true, true
		default:
			e.differences = append(e.differences, fmt.Sprintf("%s: what roles have on it changes", id))
		}
	}
	return again
}

func (e *exporter) compareFutures(desired *catalog.Catalog) {
	lists.Both(e.DefaultPrivileges, desired.DefaultPrivileges, func(f catalog.Future, _, _ catalog.ACL) {
		become := "change"
		if _, there := desired.DefaultPrivileges[f]; !there {
			become = "go"
		}
		if !slices.Equal(e.FutureACL(f), desired.FutureACL(f)) {
			e.differences = append(e.differences, fmt.Sprintf("default privileges of %q on %s%s %s", f.Owner, f.Kind, f.InSchema(), become))
		}
	})
}
