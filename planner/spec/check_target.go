package spec

import (
	"fmt"

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
	if problem := targetProblem(&grant.Target); problem != "" {
		return problem
	}
	for _, privilege := range grant.Privileges {
		if problem := privilegeProblem(privilege, grant.Target.Kind); problem != "" {
			return problem
		}
	}
	return ""
}

// ownershipProblem says what is wrong with an ownership; empty if nothing is.
func ownershipProblem(owned *Ownership) string {
	if problem := targetProblem(&owned.Target); problem != "" {
		return problem
	}
	if !owned.Target.Kind.Info().Ownable {
		return onlyOwned(owned.Target.Kind)
	}
	for _, id := range owned.Target.Objects {
		schema := id.Schema
		if id.Kind == catalog.Schema {
			schema = id.Name
		}
		if problem := ownedSchemaProblem(schema); problem != "" {
			return problem
		}
	}
	for _, schema := range owned.Target.Schemas {
		if problem := ownedSchemaProblem(schema); problem != "" {
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
	case len(t.Objects) == 0 && len(t.Schemas) == 0:
		return "a target needs objects or schemas"
	case len(t.Objects) > 0 && (len(t.Schemas) > 0 || t.Matching != nil):
		return "a target has either objects or schemas, not both"
	case len(t.Schemas) > 0 && !info.InSchema():
		return fmt.Sprintf("a %s lies in no schema", t.Kind)
	}
	for i := range t.Objects {
		if problem := objectProblem(&t.Objects[i], info); problem != "" {
			return problem
		}
	}
	for _, schema := range t.Schemas {
		if problem := schemaProblem(schema); problem != "" {
			return problem
		}
	}
	return ""
}

func objectProblem(id *catalog.ObjectID, info *catalog.KindInfo) string {
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
	}
	return nameProblem(id.Name)
}
