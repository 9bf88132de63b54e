package spec

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/catalog"
)

// grantProblem says what is wrong with a grant; empty if nothing is.
func grantProblem(grant *Grant) string {
	switch {
	case grant.AllPrivileges && len(grant.Privileges) > 0:
		return "all privileges, and some of them besides: keep one"
	case !grant.AllPrivileges && len(grant.Privileges) == 0:
		return "a grant needs a privilege"
	}
	ofPrivilege := func(privilege catalog.Privilege) string {
		return privilegeProblem(privilege, grant.Target.Kind, grant.Columns != nil)
	}
	problem := cmp.Or(targetProblem(&grant.Target), firstProblem(grant.Columns, nameProblem), firstProblem(grant.Privileges, ofPrivilege))
	if problem != "" {
		return problem
	}
	if grant.Until != nil {
		return momentProblem("the end", *grant.Until)
	}
	return columnsProblem(grant)
}

// columnsProblem says why a grant can not be on columns.
func columnsProblem(grant *Grant) string {
	switch {
	case grant.Columns == nil || grant.Target.Kind == "":
		return ""
	case len(grant.Columns) == 0:
		return "a list of columns needs a column"
	case grant.Target.Future != nil:
		return noFutureColumns
	case len(grant.Target.Kind.Info().ColumnPrivileges) == 0 || grant.Target.Kind == catalog.Sequence:
		return privilegeProblem(catalog.Select, grant.Target.Kind, true)
	}
	return ""
}

// ownershipProblem says what is wrong with an ownership; empty if nothing is.
func ownershipProblem(owned *Ownership) string {
	if problem := targetProblem(&owned.Target); problem != "" {
		return problem
	}
	switch {
	case owned.Target.Future != nil:
		return noFutureOwner
	case !owned.Target.Kind.Info().Ownable:
		return onlyOwned(owned.Target.Kind)
	}
	ofObject := func(id catalog.ObjectID) string {
		if id.Kind == catalog.Schema {
			return ownedSchemaProblem(id.Name)
		}
		return ownedSchemaProblem(id.Schema)
	}
	return cmp.Or(firstProblem(owned.Target.Objects, ofObject), firstProblem(owned.Target.Schemas, ownedSchemaProblem))
}

// firstProblem gives that of the first of some items with which something is wrong; empty if nothing is.
func firstProblem[T any](items []T, problemOf func(T) string) string {
	for _, item := range items {
		if problem := problemOf(item); problem != "" {
			return problem
		}
	}
	return ""
}

// targetProblem says what is wrong with a target; empty if nothing is.
func targetProblem(t *Target) string {
	info := t.Kind.Info()
	switch {
	case info.Kind == "":
		return fmt.Sprintf("unknown kind of object %q: %s", t.Kind, KnownAre(string(t.Kind), kindNames()))
	case t.Future != nil && futureProblem(t) != "":
		return futureProblem(t)
	case len(t.Objects) == 0 && len(t.Schemas) == 0 && t.Future == nil && !(t.Kind == catalog.Database && t.Matching != nil):
		return "a target needs objects or schemas"
	case len(t.Objects) > 0 && (len(t.Schemas) > 0 || t.Matching != nil || t.Except != nil):
		return "a target has either objects or schemas, not both"
	case t.Word != "" && !slices.ContainsFunc(info.Words, func(w catalog.Word) bool { return w.One == t.Word }):
		return fmt.Sprintf("%s is no word for a %s", t.Word, t.Kind)
	case len(t.Schemas) > 0 && !info.InSchema():
		return fmt.Sprintf("a %s lies in no schema", t.Kind)
	}
	ofObject := func(id catalog.ObjectID) string { return objectProblem(id, info) }
	problem := cmp.Or(firstProblem(t.Objects, ofObject), firstProblem(t.Schemas, schemaProblem))
	if problem == "" && t.Except != nil {
		return exceptionProblem(t)
	}
	return problem
}

func exceptionProblem(t *Target) string {
	if (len(t.Except.Names) == 0) == (t.Except.Matching == nil) {
		return "an exception has either names or a pattern"
	}
	return firstProblem(t.Except.Names, func(id catalog.ObjectID) string { return cmp.Or(exceptedProblem(t, id), nameProblem(id.Name)) })
}

// exceptedProblem says why a name can not be left out of what a target means.
func exceptedProblem(t *Target, id catalog.ObjectID) string {
	switch {
	case id.Kind != "":
		return fmt.Sprintf("an excepted name has no kind, not %s", id.Kind)
	case !t.Kind.Info().InSchema() && id.Schema != "":
		return fmt.Sprintf("a %s lies in no schema", t.Kind)
	case t.Kind.Info().InSchema() && !slices.Contains(t.Schemas, id.Schema):
		return fmt.Sprintf("%s lies in none of the schemas of the phrase, so that there is nothing to except", id.NameInWords())
	}
	return ""
}

func objectProblem(id catalog.ObjectID, info *catalog.KindInfo) string {
	switch {
	case id.Kind != info.Kind:
		return fmt.Sprintf("a target of the kind %s cannot have the object %s", info.Kind, id)
	case info.InSchema() && id.Schema == "":
		return fmt.Sprintf("the object %s needs a schema", id)
	case !info.InSchema() && id.Schema != "":
		return fmt.Sprintf("the object %s lies in no schema", id)
	case info.InSchema() && schemaProblem(id.Schema) != "":
		return schemaProblem(id.Schema)
	case id.Kind == catalog.Schema:
		return schemaProblem(id.Name)
	case id.Arguments != "" && info.Name != catalog.NameWithArguments:
		return fmt.Sprintf("the object %s has no arguments", id)
	case oddNameProblem(id, info.Name) != "":
		return oddNameProblem(id, info.Name)
	}
	return nameProblem(id.Name)
}
