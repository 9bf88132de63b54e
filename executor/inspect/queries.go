package inspect

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// inspection is a catalog while it is read.
type inspection struct {
	conn    *pgx.Conn
	scope   catalog.Scope
	catalog *catalog.Catalog
	// roles are read first, since all else names them.
	roles   roleDirectory
	objects map[objectKey]*catalog.Object
	// defaults are the built-in ACLs, which the server sends as NULL.
	defaults map[defaultKey]catalog.ACL
}

func newInspection(conn *pgx.Conn, scope catalog.Scope) *inspection {
	return &inspection{
		conn:     conn,
		scope:    scope,
		catalog:  catalog.New(catalog.Server{}),
		objects:  map[objectKey]*catalog.Object{},
		defaults: map[defaultKey]catalog.ACL{},
		roles:    roleDirectory{indexes: map[uint32]uint32{}},
	}
}

// wholeQueries lists the queries for the whole catalog. They give no rows if the server finds the scope to be less
// work.
func (i *inspection) wholeQueries(reading *Reading) []wire.Query {
	return slices.Concat(i.sizeQueries(reading), i.mostOfWholeQueries(), i.restOfWholeQueries())
}

// mostOfWholeQueries lists those of them that are the same for each scope, so that they can be prefetched.
func (i *inspection) mostOfWholeQueries() []wire.Query {
	hidden := wire.Query{SQL: gen.Hidden, Args: []any{Managed(), catalogs(func(*catalog.KindInfo) bool { return true })}}
	return append([]wire.Query{{Doing: workingOut, SQL: gen.WholeStart}}, i.mostQueries(hidden, ofAll)...)
}

func (i *inspection) restOfWholeQueries() []wire.Query { return i.restQueries(i.scope.System, ofAll) }

// ofAll does not restrict a query.
func ofAll(sql string) string { return sql }

// scopeQueries lists the queries for what belongs to the scope: see queries/scope.sql. The session keeps their plans if
// the scope is small.
func (i *inspection) scopeQueries() []wire.Query {
	hidden := wire.Query{SQL: gen.ScopeHidden, Args: []any{Managed()}}
	all := slices.Concat(i.scopingQueries(), i.mostQueries(hidden, inScope), i.restQueries(true, inScope))
	if isSmall(i.scope) && len(i.scope.Contents) == 0 {
		for at := range all {
			all[at].Prepared = true
		}
	}
	return all
}

// workingOut is what messages call queries without an answer.
const workingOut = "working out what to read"

// scopingQueries lists the queries by which the server works out what belongs to the scope.
func (i *inspection) scopingQueries() []wire.Query {
	var all []wire.Query
	add := func(sql string, args ...any) {
		all = append(all, wire.Query{Doing: workingOut, SQL: sql, Args: args})
	}
	roles, mentioned, below := wire.Names(i.scope.Roles), wire.Names(i.scope.Mentioned), wire.Names(i.scope.Below)
	add(gen.ScopeStart)
	add(gen.ScopeReach, roles, i.acting(), wire.OrNull(i.scope.As.SessionUser), mentioned)
	reaching := len(below) > 0 || i.scope.Everything
	add(gen.ScopeObjects, slices.Concat([]any{i.scope.Everything, reaching}, i.objectArgs(), i.contentArgs())...)
	futures := len(below) > 0 || i.scope.Holders || i.scope.Everything // else those that the scope has to do with
	add(ofMajor(gen.ScopeAlwaysRead, wire.Major(i.conn)), mentioned, futures, len(below) > 0)
	if len(below) > 0 || i.scope.Holders {
		add(gen.ScopeBelow, below, i.scope.Holders)
	}
	add(gen.ScopeMemberships, len(i.scope.Leavers) > 0, mentioned, wire.Names(i.scope.MembersOf))
	add(gen.ScopeRoles, mentioned, i.scope.Holders)
	return all
}

// mostQueries lists the queries for the server, roles, memberships, objects and ACLs, which do not depend on the
// options of a scope. Ask restricts each to the scope, or leaves it.
func (i *inspection) mostQueries(hidden wire.Query, ask func(sql string) string) []wire.Query {
	hidden.Doing, hidden.Read = "reading roles", i.readHidden
	return append(i.askServer(),
		wire.Query{Doing: "reading roles", SQL: ask(gen.Roles), Args: []any{i.acting()}, Read: i.readRoles},
		hidden,
		wire.Query{Doing: "reading memberships", SQL: ask(gen.Memberships), Read: wire.EachRow(i.readMemberships)},
		wire.Query{Doing: "reading objects", SQL: ask(gen.Objects), Read: i.readObjects},
		wire.Query{Doing: "reading ACLs", SQL: ask(gen.Items), Read: i.readItems},
	)
}

// restQueries lists the other queries, which come after them. System tells whether they are to include PostgreSQL's own
// routines and types. Within a scope the scope itself decides that.
func (i *inspection) restQueries(system bool, ask func(sql string) string) []wire.Query {
	all := []wire.Query{
		{Doing: "reading routines", SQL: ask(gen.Routines), Args: []any{system}, Read: i.readRoutines},
		{Doing: "reading types", SQL: ask(gen.Types), Args: []any{system}, Read: i.readTypes},
		{Doing: "reading large objects", SQL: ask(gen.LargeObjects), Args: []any{i.namedLargeObjects()}, Read: i.readLargeObjects},
		{Doing: "reading objects of which there are few", SQL: ofMajor(gen.AlwaysRead, wire.Major(i.conn)), Read: i.readAlwaysRead},
		{Doing: "reading what extensions have granted", SQL: gen.InitPrivileges, Args: []any{i.acting()}, Read: wire.EachRow(i.readInitPrivileges)},
		{Doing: "reading default privileges", SQL: ask(gen.DefaultPrivileges), Read: i.readDefaultPrivileges},
		askEventTriggers(&i.catalog.EventTriggers),
	}
	if i.scope.Owners {
		all = append(all, i.askCode(ask(gen.Code)))
	}
	all = slices.Concat(all, i.askNamedParameters(), i.askMore(), i.askSettings(), i.askParameters())
	if i.scope.Passwords && i.scope.As.IsSession() {
		all = append(all, i.askVerifiers())
	}
	return append(all, wire.Query{Doing: workingOut, SQL: gen.ScopeEnd})
}

// objectArgs gives the kinds, schemas and names of the objects that the scope names.
func (i *inspection) objectArgs() []any {
	kinds, schemas, objects := []string{}, []string{}, []string{}
	asked := make(map[catalog.ObjectID]bool, len(i.scope.Objects))
	for _, id := range i.scope.Objects {
		// A relation is looked up by its name alone, which no other relation of its schema has. A routine is looked up
		// without its argument types.
		if id.Kind.Info().Relkinds != "" {
			id.Kind = ""
		}
		id.Arguments = ""
		if !asked[id] && wire.CanExist(id.Name) && (id.Schema == "" || wire.CanExist(id.Schema)) {
			asked[id] = true
			kinds, schemas, objects = append(kinds, string(id.Kind)), append(schemas, id.Schema), append(objects, id.Name)
		}
	}
	if i.scope.Databases {
		kinds, schemas, objects = append(kinds, catalog.Database.Info().Plural), append(schemas, ""), append(objects, "")
	}
	return []any{kinds, schemas, objects}
}

// contentArgs gives the schemas whose routines, types and relations are all to be read.
func (i *inspection) contentArgs() []any {
	return []any{
		wire.Names(i.scope.SchemasOf(catalog.Routine)), wire.Names(i.scope.SchemasOf(catalog.Type)), wire.Names(i.scope.SchemasOf(catalog.Table)),
	}
}

// finish completes the catalog when everything is read.
func (i *inspection) finish() *catalog.Catalog {
	i.roles.finishHoldings()
	i.finishMemberships()
	i.finishRoles()
	return i.catalog
}
