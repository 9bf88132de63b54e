package catalog

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
)

// ObjectID identifies an object in a Catalog by all its fields.
type ObjectID struct {
	Kind Kind `json:"kind"`
	// Schema is empty for kinds that lie in none.
	Schema string `json:"schema,omitempty"`
	Name   string `json:"name"`
	// Arguments are the types of a routine's arguments, which tell it from others of its name, as [Arguments] writes
	// them; empty for all else.
	Arguments string `json:"arguments,omitempty"`
}

// Compare orders objects: by kind as [Kinds] lists them, then by schema, name and arguments.
func (id ObjectID) Compare(other ObjectID) int {
	order := 0
	if id.Kind != other.Kind {
		order = cmp.Compare(id.Kind.order(), other.Kind.order())
	}
	return cmp.Or(order, strings.Compare(id.Schema, other.Schema), strings.Compare(id.Name, other.Name), strings.Compare(id.Arguments, other.Arguments))
}

// Object is anything that has an owner and an ACL.
type Object struct {
	ID ObjectID
	// OID is 0 for an object that does not exist yet.
	OID   uint32
	Owner string
	// ACL is never the default by being empty: inspection writes the default ACL out.
	ACL ACL
	// Columns holds the ACLs of those columns that have one, by column name.
	Columns map[string]ACL
	// AllColumns are the names of all its columns, system columns too, in order, where they were asked for.
	AllColumns []string
	// Relkind is the letter by which the server tells objects of a kind apart: relkind (r, p, f, v, m, S), prokind
	// (f, a, w, p) or typtype (b, c, d, e, r, m), or [RowType].
	Relkind string
	// Code is what of a table or routine runs with its owner's rights: see [Object.RunsAsOwner].
	Code string
	// OfExtension tells that it belongs to an extension, where that was asked for.
	OfExtension bool
	// Refused says why the server lets nobody grant anything on the object; empty: GRANT works.
	Refused string
	// OwnedBy is the table of a sequence (serial, identity, OWNED BY) or of a row type, whose owner is the table's. It is
	// the zero ObjectID for all other objects.
	OwnedBy ObjectID
	// Wrapper is the foreign data wrapper of a foreign server.
	Wrapper string
	// Init has the initial privileges on the object and on its columns: what the script of an extension granted to roles
	// that initdb did not make. The items have no grantors.
	// https://www.postgresql.org/docs/current/catalog-pg-init-privs.html
	Init ACL
	// Added says over which roles the spec decides on a schema that the plan makes: others may have more on it; nil:
	// nobody may.
	Added *Added
}

// IsOfAll tells whether ALL ... IN SCHEMA stands for the object, among others.
func (o *Object) IsOfAll() bool {
	info := o.ID.Kind.Info()
	return info.InSchema() && o.Refused == "" && !strings.Contains(info.NotInAll, cmp.Or(o.Relkind, " "))
}

// Added is about a schema that a plan makes while an event trigger may give something on it.
type Added struct {
	// Decided are the roles, in order, that are to have no more on it than the plan gives them. What others get stays.
	Decided []string `json:"decided,omitempty"`
}

// ACLOf gives the ACL of a column, or with an empty name that of the object.
func (o *Object) ACLOf(column string) ACL {
	if column == "" {
		return o.ACL
	}
	return o.Columns[column]
}

// Items gives the items of the object's own ACL, and then those of its columns, each with the column; empty: none.
func (o *Object) Items() iter.Seq2[string, Item] {
	return func(yield func(string, Item) bool) {
		for _, column := range append([]string{""}, o.ColumnNames()...) {
			for _, item := range o.ACLOf(column) {
				if !yield(column, item) {
					return
				}
			}
		}
	}
}

// ColumnNames lists the columns that have an ACL, in order.
func (o *Object) ColumnNames() []string {
	return slices.Sorted(maps.Keys(o.Columns))
}
