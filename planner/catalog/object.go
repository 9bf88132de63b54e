package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what PostgreSQL calls the type of an object in GRANT ... ON <kind>.
type Kind string

// The kinds of objects that pgsr knows. Table stands for everything that GRANT takes as a table: tables, partitioned
// and foreign tables, views and materialized views.
const (
	Database Kind = "DATABASE"
	Schema   Kind = "SCHEMA"
	Table    Kind = "TABLE"
	Sequence Kind = "SEQUENCE"
)

// KindInfo is what is to be known of a kind of object.
type KindInfo struct {
	Kind Kind
	// Default is the letter that acldefault() takes for it.
	Default string
	// InSchema tells whether such an object lies in a schema.
	InSchema bool
	// Shared tells whether such an object belongs to the cluster, not to one database.
	Shared bool
	// Privileges in the order in which PostgreSQL's manual lists them.
	Privileges []Privilege
}

// kinds: https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE
var kinds = []KindInfo{
	{Database, "d", false, true, []Privilege{Create, Connect, Temporary}},
	{Schema, "n", false, false, []Privilege{Create, Usage}},
	{Table, "r", true, false, []Privilege{Select, Insert, Update, Delete, Truncate, References, Trigger, Maintain}},
	{Sequence, "s", true, false, []Privilege{Select, Update, Usage}},
}

// Kinds lists all kinds in a fixed order.
func Kinds() []KindInfo { return slices.Clone(kinds) }

// Info says what is to be known of the kind; the zero KindInfo for an unknown one.
func (k Kind) Info() KindInfo {
	if i := k.order(); i >= 0 {
		return kinds[i]
	}
	return KindInfo{}
}

// ObjectID names an object inside a Catalog. Schema is empty for kinds that lie in none.
type ObjectID struct {
	Kind         Kind
	Schema, Name string
}

// String gives the object as a person would name it in a message, unquoted. It is never used as SQL.
func (id ObjectID) String() string {
	if id.Schema == "" {
		return string(id.Kind) + " " + id.Name
	}
	return string(id.Kind) + " " + id.Schema + "." + id.Name
}

// Compare orders objects: databases, schemas, tables, sequences; then by schema and name.
func (id ObjectID) Compare(other ObjectID) int {
	if id.Kind != other.Kind {
		if order := cmp.Compare(id.Kind.order(), other.Kind.order()); order != 0 {
			return order
		}
	}
	if order := strings.Compare(id.Schema, other.Schema); order != 0 {
		return order
	}
	return strings.Compare(id.Name, other.Name)
}

// order gives the place of the kind among all; -1 for an unknown one.
func (k Kind) order() int {
	for i := range kinds {
		if kinds[i].Kind == k {
			return i
		}
	}
	return -1
}

// Object is anything that has an owner and an ACL.
type Object struct {
	ID ObjectID
	// OID is 0 for an object that does not exist yet.
	OID   uint32
	Owner string
	// ACL is never «the default»: inspection writes that out.
	ACL ACL
	// Columns holds the ACLs of those columns that have one, by column name.
	Columns map[string]ACL
	// Relkind is that of pg_class for tables and sequences: r, p, f, v, m, S.
	Relkind string
	// Code is what of a table runs with its owner's rights: see [Object.RunsAsOwner].
	Code string
	// OwnedBy is the table that a sequence belongs to (serial, identity, OWNED BY): its owner is the table's.
	// It is the zero ObjectID for all others.
	OwnedBy ObjectID
}

// ColumnNames lists the columns that have an ACL, in order.
func (o *Object) ColumnNames() []string {
	names := make([]string, 0, len(o.Columns))
	for name := range o.Columns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
