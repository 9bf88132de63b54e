package executor

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// inspection is a catalog in the making.
type inspection struct {
	scope  catalog.Scope
	extent extent
	// superuser tells whether a superuser asks.
	superuser bool
	catalog   *catalog.Catalog
	// roles come first: all else names them.
	roles   directory
	objects map[objectKey]*catalog.Object
	// defaults are ACLs that are not sent.
	defaults map[defaultKey]catalog.ACL
	words    words
}

func newInspection(conn *pgx.Conn, scope catalog.Scope, e extent) *inspection {
	return &inspection{
		scope: scope,
		// The server says so unasked: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC
		superuser: conn.PgConn().ParameterStatus("is_superuser") == "on",
		extent:    e,
		catalog:   catalog.New(catalog.Server{}),
		objects:   map[objectKey]*catalog.Object{},
		defaults:  map[defaultKey]catalog.ACL{},
		words:     words{},
		roles:     directory{places: map[uint32]uint32{}},
	}
}

// questions lists what is asked, in order: queries/scope.sql says why. What is known to have no answer is not asked.
func (i *inspection) questions() []question {
	if isNarrow(i.scope) {
		return i.narrowly()
	}
	return slices.Concat(i.scoping(), i.reading())
}

// workingOut is what is done by questions that have no answer.
const workingOut = "working out what to read"

// scoping lists the questions by which the server works out what there is to read.
func (i *inspection) scoping() []question {
	var all []question
	add := func(sql string, args ...any) {
		all = append(all, question{what: workingOut, sql: sql, args: args})
	}
	mentioned := names(i.scope.Mentioned)
	add(gen.ScopeSize, names(i.scope.Roles))
	add(gen.ScopeByIndex)
	add(gen.ScopeGranted)
	add(gen.ScopeReach, mentioned)
	add(gen.ScopeByEstimate)
	reaching := len(i.scope.Below) > 0 || i.scope.Everything
	add(gen.ScopeObjects, slices.Concat([]any{i.scope.Everything, reaching}, i.objectArgs(), []any{names(i.scope.Contents)})...)
	add(gen.ScopeColumns)
	add(gen.ScopeHolders)
	add(gen.ScopeByIndex)
	add(gen.ScopeDoers, len(i.scope.Below) > 0)
	if len(i.scope.Below) > 0 || i.scope.Holders {
		add(gen.ScopeBelow, names(i.scope.Below), i.scope.Holders)
	}
	add(gen.ScopeGrantors)
	add(gen.ScopeMemberships, mentioned)
	add(gen.ScopeRoles, mentioned, i.scope.Holders)
	add(gen.ScopeLone)
	return all
}

// reading lists the questions whose answers are the catalog.
func (i *inspection) reading() []question {
	all := []question{
		{what: "reading the server's settings", sql: gen.Server, read: i.readServer},
		{what: "reading default privileges", sql: gen.Defaults, args: []any{letters()}, read: i.readDefaults},
		{what: "reading roles", sql: gen.Roles, read: i.readRoles},
		{what: "reading memberships", sql: gen.Memberships, read: i.readMemberships},
		{what: workingOut, sql: gen.ScopeByEstimate},
		{what: "reading objects", sql: gen.Objects, read: i.readObjects},
		{what: "reading ACLs", sql: gen.Items, read: i.readItems},
	}
	if i.scope.Passwords {
		all = append(all, question{what: "reading passwords", sql: gen.Verifiers, read: i.readVerifiers})
	}
	return append(all, question{what: workingOut, sql: gen.ScopeEnd})
}

// objectArgs are the objects that are named: their kinds, schemas and names.
func (i *inspection) objectArgs() []any {
	kinds, schemas, objects := []string{}, []string{}, []string{}
	asked := make(map[catalog.ObjectID]bool, len(i.scope.Objects))
	for _, id := range i.scope.Objects {
		// What lies in a schema is looked up by its name alone: a name is there once, whatever the kind.
		if id.Kind.Info().InSchema {
			id.Kind = ""
		}
		if !asked[id] && canExist(id.Name) && (id.Schema == "" || canExist(id.Schema)) {
			asked[id] = true
			kinds, schemas, objects = append(kinds, string(id.Kind)), append(schemas, id.Schema), append(objects, id.Name)
		}
	}
	return []any{kinds, schemas, objects}
}

// names leaves out what can be nobody's name: the server would cut it to what fits, and take it for another.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
func names(all []string) []string {
	possible := make([]string, 0, len(all))
	for _, name := range all {
		if canExist(name) {
			possible = append(possible, name)
		}
	}
	return possible
}

// maxName is how many bytes a name has at most.
const maxName = 63

func canExist(name string) bool {
	return name != "" && len(name) <= maxName && !strings.ContainsRune(name, 0)
}

// finish puts the catalog together when everything is read.
func (i *inspection) finish() *catalog.Catalog {
	i.roles.finishHoldings()
	i.finishMemberships()
	i.finishRoles()
	return i.catalog
}

func (i *inspection) readServer(rows pgx.Rows) error {
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.ServerRow])
	if err != nil {
		return err
	}
	selfGrant := strings.ToLower(s.SelfGrant)
	i.catalog.Server = catalog.Server{
		VersionNum:       int(s.VersionNum),
		SystemIdentifier: s.SystemIdentifier,
		Database:         s.Database,
		DatabaseOID:      s.DatabaseOid,
		CurrentUser:      s.CurrentUserName,
		SessionUser:      s.SessionUserName,
		Bootstrap:        s.Bootstrap,
		SelfGrant: catalog.SelfGrant{
			Inherit: strings.Contains(selfGrant, "inherit"),
			Set:     strings.Contains(selfGrant, "set"),
		},
		Locks: catalog.LockTable{PerTransaction: int(s.LocksPerTransaction), Transactions: int(s.LockTransactions)},
	}
	return nil
}

// letters are what acldefault() takes for each kind.
func letters() []string {
	var all []string
	for _, kind := range catalog.Kinds() {
		all = append(all, kind.Default)
	}
	return all
}

func (i *inspection) readDefaults(rows pgx.Rows) error {
	byLetter := map[string][]catalog.Item{}
	var row gen.DefaultsRow
	err := each(rows, []any{&row.Letter, &row.ToOwner, &row.Privilege, &row.Grantable}, func() {
		item := catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Privilege(row.Privilege)}
		if row.ToOwner {
			item.Grantee = catalog.Owner
		}
		item.Grantable = row.Grantable
		byLetter[row.Letter] = append(byLetter[row.Letter], item)
	})
	i.catalog.Server.Defaults = map[catalog.Kind]catalog.ACL{}
	for _, kind := range catalog.Kinds() {
		i.catalog.Server.Defaults[kind.Kind] = catalog.NewACL(byLetter[kind.Default]...)
	}
	return err
}
