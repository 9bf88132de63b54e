package inspect

import (
	"slices"
	"strings"

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
	roles   roleDirectory
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
		roles:    roleDirectory{indexes: map[uint32]uint32{}},
	}
}

// wholeQueries lists the queries whose answers are the whole catalog, or nothing.
func (i *inspection) wholeQueries(extent *Extent) []wire.Query {
	hidden := wire.Query{SQL: gen.Hidden, Args: []any{catalogs(func(*catalog.KindInfo) bool { return true })}}
	return slices.Concat(i.extentQueries(extent), []wire.Query{{Doing: workingOut, SQL: gen.WholeStart}}, i.catalogQueries(hidden, func(sql string) string { return sql }))
}

// scopeQueries lists the queries whose answers are what belongs to the scope: queries/scope.sql says why. The session
// keeps their plans for small scopes.
func (i *inspection) scopeQueries() []wire.Query {
	all := slices.Concat(i.scopingQueries(), i.catalogQueries(wire.Query{SQL: gen.ScopeHidden}, inScope))
	if isSmall(i.scope) && len(i.scope.Contents) == 0 {
		for at := range all {
			all[at].Prepared = true
		}
	}
	return all
}

// workingOut is what is done by queries that have no answer.
const workingOut = "working out what to read"

// scopingQueries lists the queries by which the server works out what there is to read.
func (i *inspection) scopingQueries() []wire.Query {
	var all []wire.Query
	add := func(sql string, args ...any) {
		all = append(all, wire.Query{Doing: workingOut, SQL: sql, Args: args})
	}
	roles, mentioned, below := wire.Names(i.scope.Roles), wire.Names(i.scope.Mentioned), wire.Names(i.scope.Below)
	add(gen.ScopeStart)
	add(gen.ScopeReach, roles, mentioned)
	reaching := len(below) > 0 || i.scope.Everything
	add(gen.ScopeObjects, slices.Concat([]any{i.scope.Everything, reaching}, i.objectArgs(), []any{wire.Names(i.scope.Contents)})...)
	add(gen.ScopeAlwaysRead, len(below) > 0)
	if len(below) > 0 || i.scope.Holders {
		add(gen.ScopeBelow, below, i.scope.Holders)
	}
	add(gen.ScopeMemberships, mentioned)
	add(gen.ScopeRoles, mentioned, i.scope.Holders)
	return all
}

// catalogQueries lists the queries whose answers are the catalog, each as it is asked: of everything, or in a scope.
func (i *inspection) catalogQueries(hidden wire.Query, asked func(sql string) string) []wire.Query {
	hidden.Doing, hidden.Read = "reading roles", i.readHidden
	all := append(i.askServer(),
		wire.Query{Doing: "reading roles", SQL: asked(gen.Roles), Read: i.readRoles},
		hidden,
		wire.Query{Doing: "reading memberships", SQL: asked(gen.Memberships), Read: i.readMemberships},
		wire.Query{Doing: "reading objects", SQL: asked(gen.Objects), Read: i.readObjects},
		wire.Query{Doing: "reading ACLs", SQL: asked(gen.Items), Read: i.readItems},
		i.askAlwaysRead(),
		i.askDefaultPrivileges(),
	)
	if i.scope.Passwords {
		all = append(all, i.askVerifiers())
	}
	return append(all, wire.Query{Doing: workingOut, SQL: gen.ScopeEnd})
}

// inScope makes part of a query what a comment says is so in a scope.
func inScope(sql string) string { return uncomment(sql, "in scope") }

// uncomment makes part of a query what comments of a name hold, the only ones that it has.
func uncomment(sql, name string) string {
	return strings.NewReplacer("/* "+name+":", "", "*/", "").Replace(sql)
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
