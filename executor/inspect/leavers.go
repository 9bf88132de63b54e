package inspect

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askLeavers asks what depends on the roles to be dropped, and for their sessions and the like. It needs all objects to
// be read.
func (i *inspection) askLeavers() []wire.Query {
	if len(i.scope.Leavers) == 0 {
		return nil
	}
	roles := []any{wire.Names(i.scope.Leavers)}
	const doing = "reading what depends on roles that are to be gone"
	return []wire.Query{
		{Doing: doing, SQL: gen.Dependencies, Args: roles, Read: i.readDependencies},
		{Doing: doing, SQL: gen.DependenciesElsewhere, Args: roles, Read: wire.EachRow(i.readDependenciesElsewhere)},
		{Doing: doing, SQL: gen.PoliciesOf, Args: roles, Read: i.readPolicies},
		{Doing: doing, SQL: gen.PresenceOf, Args: roles, Read: wire.EachRow(i.readPresence)},
	}
}

// readDependencies reads what depends on the leavers in this database, and notes which leavers exist.
func (i *inspection) readDependencies(rows pgx.Rows) error {
	i.catalog.Leavers = map[string]*catalog.Leaver{}
	for _, e := range i.roles.entries {
		if !e.gone && slices.Contains(i.scope.Leavers, e.role.Name) {
			i.catalog.Leavers[e.role.Name] = &catalog.Leaver{}
		}
	}
	return wire.EachRow(func(row gen.DependenciesRow) {
		d := catalog.Dependency{
			Way: catalog.DependencyWay(row.Way), Catalog: row.Catalog, OID: row.Oid, Description: row.Description, Names: row.Names,
			Shared: row.Shared, Temporary: row.Temporary,
		}
		i.leaver(row.Role).Dependencies = append(i.leaver(row.Role).Dependencies, d)
		i.addOwnedOnly(row.Role, d)
	})(rows)
}

// leaver gives the facts about a role. For one that was created during the reading it gives facts that nobody keeps.
func (i *inspection) leaver(role string) *catalog.Leaver {
	if l := i.catalog.Leavers[role]; l != nil {
		return l
	}
	return &catalog.Leaver{}
}

// addOwnedOnly adds an object of a kind that has owners and no privileges.
func (i *inspection) addOwnedOnly(owner string, d catalog.Dependency) {
	const schemaAndName = 2
	for _, kind := range catalog.OwnedOnly() {
		if kind.Catalog == d.Catalog && d.Way == catalog.ByOwner && len(d.Names) == schemaAndName {
			id := catalog.ObjectID{Kind: kind.Kind, Schema: d.Names[0], Name: d.Names[1]}
			i.catalog.Objects[id] = &catalog.Object{ID: id, OID: d.OID, Owner: owner}
		}
	}
}

func (i *inspection) readDependenciesElsewhere(row gen.DependenciesElsewhereRow) {
	l := i.leaver(row.Role)
	l.Elsewhere = append(l.Elsewhere, catalog.DependentDatabase{
		Name: row.Database, AllowsConnections: row.AllowsConnections, Objects: int(row.Objects), Initial: row.Initial,
	})
}

func (i *inspection) readPolicies(rows pgx.Rows) error {
	var row gen.PoliciesOfRow
	_, err := pgx.ForEachRow(rows, wire.FieldsOf(&row), func() error {
		kind, err := kindOf('r', row.Relkind, row.RelationName)
		id := catalog.PolicyID{Table: catalog.ObjectID{Kind: kind, Schema: row.Schema, Name: row.RelationName}, Name: row.Name}
		i.catalog.Policies[id] = catalog.Policy{OID: row.Oid, Roles: row.Roles}
		row.Roles = nil
		return err
	})
	return err
}

func (i *inspection) readPresence(row gen.PresenceOfRow) {
	switch l := i.leaver(row.Role); row.What {
	case "s":
		l.Sessions = int(row.Number)
	case "r":
		l.Slots = append(l.Slots, row.Name)
	case "p":
		l.Prepared = append(l.Prepared, row.Name)
	}
}
