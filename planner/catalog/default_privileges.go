package catalog

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// Future is what default privileges are about: the objects of a kind that a role has yet to make, in a schema or, where
// Schema is empty, anywhere in the database. It names a row of pg_default_acl.
// https://www.postgresql.org/docs/current/catalog-pg-default-acl.html
type Future struct {
	// Owner is the role whose new objects they are.
	Owner  string     `json:"owner"`
	Schema string     `json:"schema,omitempty"`
	Kind   FutureKind `json:"kind"`
}

// Compare orders them by owner, schema and kind.
func (f Future) Compare(other Future) int {
	return cmp.Or(strings.Compare(f.Owner, other.Owner), strings.Compare(f.Schema, other.Schema), cmp.Compare(f.Kind.order(), other.Kind.order()))
}

// FutureKind is what ALTER DEFAULT PRIVILEGES calls objects of a kind.
type FutureKind string

// FutureKindInfo is what is to be known of such a kind.
type FutureKindInfo struct {
	Kind FutureKind
	// Of is the kind of the objects. Letter is that of pg_default_acl, Default that which acldefault() takes.
	Of              Kind
	Letter, Default string
	// InSchema tells whether there can be default privileges in a schema.
	InSchema bool
	// Since is the first version that has it, if not all have.
	Since int
	// Also is another word for it.
	Also string
	// Privileges in the order in which PostgreSQL's manual lists them.
	Privileges []Privilege
}

// futureKinds: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
var futureKinds = []FutureKindInfo{
	{Kind: "TABLES", Of: Table, Letter: "r", Default: "r", InSchema: true, Privileges: Table.Info().Privileges},
	{Kind: "SEQUENCES", Of: Sequence, Letter: "S", Default: "s", InSchema: true, Privileges: Sequence.Info().Privileges},
	{Kind: "ROUTINES", Of: Routine, Letter: "f", Default: "f", InSchema: true, Also: "FUNCTIONS", Privileges: Routine.Info().Privileges},
	{Kind: "TYPES", Of: Type, Letter: "T", Default: "T", InSchema: true, Privileges: Type.Info().Privileges},
	{Kind: "SCHEMAS", Of: Schema, Letter: "n", Default: "n", Privileges: Schema.Info().Privileges},
	{Kind: "LARGE OBJECTS", Of: LargeObject, Letter: "L", Default: "L", Since: 18, Privileges: LargeObject.Info().Privileges},
}

// FutureKinds lists all of them in a fixed order.
func FutureKinds() []FutureKindInfo { return slices.Clone(futureKinds) }

// Info says what is to be known of the kind; an empty FutureKindInfo for an unknown one. Nobody may write to it.
func (k FutureKind) Info() *FutureKindInfo {
	if i := k.order(); i >= 0 {
		return &futureKinds[i]
	}
	return &FutureKindInfo{}
}

func (k FutureKind) order() int {
	return slices.IndexFunc(futureKinds, func(info FutureKindInfo) bool { return info.Kind == k })
}

// Future gives the kind of default privileges that objects of a kind come with; empty: there are none.
func (k Kind) Future() FutureKind {
	letter := k.Info().Default
	for i := range futureKinds {
		if futureKinds[i].Default == letter {
			return futureKinds[i].Kind
		}
	}
	return ""
}

// FutureACL gives default privileges: a row of pg_default_acl, or what stands for one that is not there. That is for
// all schemas what acldefault() gives, and nothing in addition for a single one.
func (c *Catalog) FutureACL(f Future) ACL {
	if acl, there := c.DefaultPrivileges[f]; there {
		return acl
	}
	return c.builtInFuture(f)
}

func (c *Catalog) builtInFuture(f Future) ACL {
	if f.Schema != "" {
		return nil
	}
	return c.DefaultACL(f.Kind.Info().Of, f.Owner)
}

// SetFutureACL replaces default privileges. As on a server, there is no row for what stands for one anyway.
func (c *Catalog) SetFutureACL(f Future, acl ACL) {
	if slices.Equal(acl, c.builtInFuture(f)) {
		delete(c.DefaultPrivileges, f)
		return
	}
	c.DefaultPrivileges[f] = acl
}

// ACLOfNew gives the ACL that an object comes with which its owner makes in a schema, if it lies in one: what default
// privileges give everywhere and in that schema. The server takes one without any item for the built-in one.
func (c *Catalog) ACLOfNew(f Future) ACL {
	everywhere := Future{Owner: f.Owner, Kind: f.Kind}
	acl := c.FutureACL(everywhere)
	if f.Schema != "" {
		acl = NewACL(slices.Concat(acl, c.FutureACL(f))...)
	}
	if len(acl) == 0 {
		return c.builtInFuture(everywhere)
	}
	return acl
}

// futuresIn lists the default privileges in a schema, in order.
func (c *Catalog) futuresIn(schema string) []Future {
	return lists.Keys(c.DefaultPrivileges, Future.Compare, func(f Future, _ ACL) bool { return f.Schema == schema })
}
