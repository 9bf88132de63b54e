package inspect

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// inspection is a catalog in the making.
type inspection struct {
	conn    *pgx.Conn
	scope   catalog.Scope
	catalog *catalog.Catalog
	// roles come first: all else names them.
	roles   directory
	objects map[objectKey]*catalog.Object
	// defaults are ACLs that are not sent.
	defaults map[defaultKey]catalog.ACL
	words    words
}

func newInspection(conn *pgx.Conn, scope catalog.Scope) *inspection {
	return &inspection{
		conn:     conn,
		scope:    scope,
		catalog:  catalog.New(catalog.Server{}),
		objects:  map[objectKey]*catalog.Object{},
		defaults: map[defaultKey]catalog.ACL{},
		words:    words{},
		roles:    directory{places: map[uint32]uint32{}},
	}
}

// questions lists the queries, in order: queries/scope.sql says why. What is known to have no answer is not asked.
func (i *inspection) questions() []wire.Query {
	if isNarrow(i.scope) {
		return i.narrowly()
	}
	return slices.Concat(i.scoping(), i.reading())
}

// workingOut is what is done by queries that have no answer.
const workingOut = "working out what to read"

// scoping lists the queries by which the server works out what there is to read.
func (i *inspection) scoping() []wire.Query {
	var all []wire.Query
	add := func(sql string, args ...any) {
		all = append(all, wire.Query{Doing: workingOut, SQL: sql, Args: args})
	}
	mentioned := wire.Names(i.scope.Mentioned)
	add(gen.ScopeSize, wire.Names(i.scope.Roles))
	add(gen.ScopeByIndex)
	add(gen.ScopeGranted)
	add(gen.ScopeReach, mentioned)
	add(gen.ScopeByEstimate)
	reaching := len(i.scope.Below) > 0 || i.scope.Everything
	add(gen.ScopeObjects, slices.Concat([]any{i.scope.Everything, reaching}, i.objectArgs(), []any{wire.Names(i.scope.Contents)})...)
	add(gen.ScopeColumns)
	add(gen.ScopeHolders)
	add(gen.ScopeByIndex)
	add(gen.ScopeDoers, len(i.scope.Below) > 0)
	if len(i.scope.Below) > 0 || i.scope.Holders {
		add(gen.ScopeBelow, wire.Names(i.scope.Below), i.scope.Holders)
	}
	add(gen.ScopeGrantors)
	add(gen.ScopeMemberships, mentioned)
	add(gen.ScopeRoles, mentioned, i.scope.Holders)
	add(gen.ScopeLone)
	return all
}

// reading lists the queries whose answers are the catalog.
func (i *inspection) reading() []wire.Query {
	all := append(i.askServer(),
		wire.Query{Doing: "reading roles", SQL: gen.Roles, Read: i.readRoles},
		wire.Query{Doing: "reading memberships", SQL: gen.Memberships, Read: i.readMemberships},
		wire.Query{Doing: workingOut, SQL: gen.ScopeByEstimate},
		wire.Query{Doing: "reading objects", SQL: gen.Objects, Read: i.readObjects},
		wire.Query{Doing: "reading ACLs", SQL: gen.Items, Read: i.readItems},
	)
	if i.scope.Passwords {
		all = append(all, i.askVerifiers(gen.Verifiers))
	}
	return append(all, wire.Query{Doing: workingOut, SQL: gen.ScopeEnd})
}

// objectArgs are the objects that are named: their kinds, schemas and names.
func (i *inspection) objectArgs() []any {
	kinds, schemas, objects := []string{}, []string{}, []string{}
	asked := make(map[catalog.ObjectID]bool, len(i.scope.Objects))
	for _, id := range i.scope.Objects {
		// What lies in a schema is looked up by its name alone: a name is there once, whatever the kind.
		if id.Kind.Info().InSchema() {
			id.Kind = ""
		}
		if !asked[id] && wire.CanExist(id.Name) && (id.Schema == "" || wire.CanExist(id.Schema)) {
			asked[id] = true
			kinds, schemas, objects = append(kinds, string(id.Kind)), append(schemas, id.Schema), append(objects, id.Name)
		}
	}
	return []any{kinds, schemas, objects}
}

// finish puts the catalog together when everything is read.
func (i *inspection) finish() *catalog.Catalog {
	i.roles.finishHoldings()
	i.finishMemberships()
	i.finishRoles()
	return i.catalog
}
