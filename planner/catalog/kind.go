package catalog

import (
	"slices"
	"strings"
)

// Kind is what PostgreSQL calls the type of an object in GRANT ... ON <kind>.
type Kind string

// The kinds of objects that pgsr knows. Table stands for everything that GRANT takes as a table: tables, partitioned
// and foreign tables, views and materialized views.
const (
	Database   Kind = "DATABASE"
	Schema     Kind = "SCHEMA"
	Table      Kind = "TABLE"
	Sequence   Kind = "SEQUENCE"
	Language   Kind = "LANGUAGE"
	Tablespace Kind = "TABLESPACE"

	Routine            Kind = "ROUTINE"
	Type               Kind = "TYPE"
	ForeignDataWrapper Kind = "FOREIGN DATA WRAPPER"
	ForeignServer      Kind = "FOREIGN SERVER"
	LargeObject        Kind = "LARGE OBJECT"
	SettingParameter   Kind = "PARAMETER"
)

// The kinds of objects that have owners and no privileges. No spec names one: they are read where their owner is to be
// dropped.
const (
	Collation           Kind = "COLLATION"
	Conversion          Kind = "CONVERSION"
	Statistics          Kind = "STATISTICS"
	SearchDictionary    Kind = "TEXT SEARCH DICTIONARY"
	SearchConfiguration Kind = "TEXT SEARCH CONFIGURATION"
)

// NameForm is how objects of a kind are named.
type NameForm int

// A name alone; one with the schema that the object lies in; the same with the types of a routine's arguments; a
// number, as large objects have; or the name of a setting, in lower case, dots between its parts.
const (
	NameAlone NameForm = iota
	NameInSchema
	NameWithArguments
	NameIsNumber
	NameOfSetting
)

// Word is a word for some objects of a kind, as FUNCTION is for those routines that are no procedures. Letters are
// those of them, as [Object.Relkind] has them.
type Word struct{ One, Plural, Letters string }

// KindInfo is what is to be known of a kind of object. How its objects are read stands in queries/, how they are
// written in SQL in package script; there is nothing else that knows one kind from another by its word.
type KindInfo struct {
	Kind Kind
	// Plural is the word for many of them, as in ALL TABLES IN SCHEMA.
	Plural string
	// Words are others, for some of them.
	Words []Word
	// Default is the letter that acldefault() takes for it.
	Default string
	// From is the first major version that has such objects; 0: all have.
	From int
	// Catalog has a row for each such object. Relkinds are the letters by which pg_class tells them from others.
	Catalog, Relkinds string
	// Depends is the catalog by which pg_shdepend names them, if it is another.
	Depends string
	// NotInAll are the letters, as in [Object.Relkind], that ALL ... IN SCHEMA leaves out.
	NotInAll string
	// AlwaysRead tells that all of them are read, whatever belongs to a scope: there are few.
	AlwaysRead bool
	// Name is how they are named.
	Name NameForm
	// Shared tells whether such an object belongs to the cluster, not to one database.
	Shared bool
	// Ownable tells whether the key owns of a spec may name such an object. OwnerDecided tells whether an owner with that
	// key loses those which it does not name.
	Ownable, OwnerDecided bool
	// NeedsNoRow tells that such an object exists without a row in its catalog as well. It then has the default ACL, and
	// belongs to the bootstrap superuser.
	NeedsNoRow bool
	// OwnedBySuperusers tells that nobody else can own one.
	OwnedBySuperusers bool
	// OwnerLocks is how many entries of the server's lock table a change of owner takes, if more than one.
	OwnerLocks int
	// Privileges in the order in which PostgreSQL's manual lists them.
	Privileges []Privilege
	// ColumnPrivileges are those that there are on columns of such an object.
	ColumnPrivileges []Privilege
	// Implied are the privileges of predefined roles on every such object, which no ACL has. The names of these roles are
	// reserved on every server. Where a server lacks one, nobody reaches it.
	Implied []Item
}

// The predefined roles that have such: https://www.postgresql.org/docs/current/predefined-roles.html
const (
	ReadAllData  = "pg_read_all_data"  // from 14
	WriteAllData = "pg_write_all_data" // from 14
	MaintainAll  = "pg_maintain"       // from 17
)

// RowType is the letter of the types that tables have for their rows, which have the table's owner.
const RowType = "R"

// kinds: https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE
// and https://www.postgresql.org/docs/current/catalog-pg-class.html
var kinds = []KindInfo{
	{
		Kind: Database, Plural: "DATABASES", Default: "d", Catalog: "pg_database", Shared: true, Ownable: true,
		Privileges: []Privilege{Create, Connect, Temporary},
	},
	{
		Kind: Schema, Plural: "SCHEMAS", Default: "n", Catalog: "pg_namespace", Ownable: true, OwnerDecided: true,
		Privileges: []Privilege{Create, Usage},
		Implied:    []Item{{Grantee: ReadAllData, Privilege: Usage}, {Grantee: WriteAllData, Privilege: Usage}},
	},
	{
		Kind: Table, Plural: "TABLES", Default: "r", Catalog: "pg_class", Relkinds: "rpfvm", Name: NameInSchema, Ownable: true, OwnerDecided: true,
		OwnerLocks:       entriesOfTable,
		Privileges:       []Privilege{Select, Insert, Update, Delete, Truncate, References, Trigger, Maintain},
		ColumnPrivileges: []Privilege{Select, Insert, Update, References},
		Implied: []Item{
			{Grantee: ReadAllData, Privilege: Select},
			{Grantee: WriteAllData, Privilege: Insert}, {Grantee: WriteAllData, Privilege: Update}, {Grantee: WriteAllData, Privilege: Delete},
			{Grantee: MaintainAll, Privilege: Maintain},
		},
	},
	{
		Kind: Sequence, Plural: "SEQUENCES", Default: "s", Catalog: "pg_class", Relkinds: "S", Name: NameInSchema, Ownable: true,
		Privileges:       []Privilege{Select, Update, Usage},
		ColumnPrivileges: []Privilege{Select}, // named as those of a table
		Implied:          []Item{{Grantee: ReadAllData, Privilege: Select}, {Grantee: WriteAllData, Privilege: Update}},
	},
	{
		Kind: Language, Plural: "LANGUAGES", Default: "l", Catalog: "pg_language", AlwaysRead: true, Ownable: true,
		Privileges: []Privilege{Usage},
	},
	{
		Kind: Tablespace, Plural: "TABLESPACES", Default: "t", Catalog: "pg_tablespace", AlwaysRead: true, Ownable: true, Shared: true,
		Privileges: []Privilege{Create},
	},
	{
		Kind: Routine, Plural: "ROUTINES", Default: "f", Catalog: "pg_proc", Name: NameWithArguments, Ownable: true,
		Words:      []Word{{"FUNCTION", "FUNCTIONS", "faw"}, {"PROCEDURE", "PROCEDURES", "p"}},
		Privileges: []Privilege{Execute},
	},
	{
		Kind: Type, Plural: "TYPES", Default: "T", Catalog: "pg_type", Name: NameInSchema, NotInAll: RowType, Ownable: true,
		Words:      []Word{{"DOMAIN", "DOMAINS", "d"}},
		Privileges: []Privilege{Usage},
	},
	{
		Kind: ForeignDataWrapper, Plural: "FOREIGN DATA WRAPPERS", Default: "F", Catalog: "pg_foreign_data_wrapper", AlwaysRead: true, Ownable: true,
		OwnedBySuperusers: true,
		Privileges:        []Privilege{Usage},
	},
	{
		Kind: ForeignServer, Plural: "FOREIGN SERVERS", Default: "S", Catalog: "pg_foreign_server", AlwaysRead: true, Ownable: true,
		Privileges: []Privilege{Usage},
	},
	{
		Kind: LargeObject, Plural: "LARGE OBJECTS", Default: "L", Catalog: "pg_largeobject_metadata", Depends: "pg_largeobject", Name: NameIsNumber, Ownable: true,
		Privileges: []Privilege{Select, Update},
	},
	{
		// https://www.postgresql.org/docs/current/catalog-pg-parameter-acl.html
		Kind: SettingParameter, Plural: "PARAMETERS", Default: "p", From: 15, Catalog: "pg_parameter_acl", AlwaysRead: true, Name: NameOfSetting, Shared: true,
		NeedsNoRow: true,
		Privileges: []Privilege{Set, AlterSystem},
	},
}

// ownedOnly are the kinds without privileges.
var ownedOnly = []KindInfo{
	{Kind: Collation, Plural: "COLLATIONS", Catalog: "pg_collation", Name: NameInSchema, Ownable: true},
	{Kind: Conversion, Plural: "CONVERSIONS", Catalog: "pg_conversion", Name: NameInSchema, Ownable: true},
	{Kind: Statistics, Plural: "STATISTICS", Catalog: "pg_statistic_ext", Name: NameInSchema, Ownable: true},
	{Kind: SearchDictionary, Plural: "TEXT SEARCH DICTIONARIES", Catalog: "pg_ts_dict", Name: NameInSchema, Ownable: true},
	{Kind: SearchConfiguration, Plural: "TEXT SEARCH CONFIGURATIONS", Catalog: "pg_ts_config", Name: NameInSchema, Ownable: true},
}

// OwnedOnly lists the kinds of objects that have owners and no privileges, in a fixed order.
func OwnedOnly() []KindInfo { return slices.Clone(ownedOnly) }

// InSchema tells whether such an object lies in a schema.
func (k *KindInfo) InSchema() bool { return k.Name == NameInSchema || k.Name == NameWithArguments }

// Kinds lists all kinds in a fixed order.
func Kinds() []KindInfo { return slices.Clone(kinds) }

// Info says what is to be known of the kind; an empty KindInfo for an unknown one. Nobody may write to it.
func (k Kind) Info() *KindInfo {
	if i := k.order(); i >= 0 {
		return &kinds[i]
	}
	for i := range ownedOnly {
		if ownedOnly[i].Kind == k {
			return &ownedOnly[i]
		}
	}
	return &KindInfo{}
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

// FindKind gives the kind that acldefault() takes a letter for; of relations, for which r stands, the one that has the
// relkind. It is false for what is none of the kinds that pgsr knows.
func FindKind(letter byte, relkind string) (Kind, bool) {
	for i := range kinds {
		k := &kinds[i]
		isRelation := letter == 'r' && len(relkind) == 1 && strings.Contains(k.Relkinds, relkind)
		if isRelation || relkind == "" && k.Relkinds == "" && k.Default[0] == letter {
			return k.Kind, true
		}
	}
	return "", false
}
