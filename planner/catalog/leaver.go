package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Leaver has facts about a role that is to be dropped, which nothing else in a catalog shows.
type Leaver struct {
	// Dependencies are what keeps the server from dropping it, in the connected database and the cluster.
	Dependencies []Dependency
	// Elsewhere are the other databases in which something depends on it, by name.
	Elsewhere []DependentDatabase
	// Sessions is how many it has. Slots are the replication slots from which these stream, Prepared its prepared
	// transactions.
	Sessions        int
	Slots, Prepared []string
	// EndSessions is what the desired catalog says: whether its sessions are to be ended.
	EndSessions bool
}

// Dependency is a row of pg_shdepend: https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
type Dependency struct {
	// Way is why the object depends on the role.
	Way DependencyWay
	// Catalog and OID name the object, by the catalog that pg_shdepend names.
	Catalog string
	OID     uint32
	// Description is what the server calls it.
	Description string
	// Names are its schema and name, or its name, of some kinds that have no privileges.
	Names []string
	// Shared tells that it belongs to the cluster, not to the connected database.
	Shared bool
	// Temporary tells that it goes with the session that made it.
	Temporary bool
}

// DependencyWay is why an object depends on a role, by the letter of pg_shdepend.
type DependencyWay string

// The ways that matter.
const (
	ByOwner   DependencyWay = "o"
	ByACL     DependencyWay = "a" // as grantee or as grantor
	ByPolicy  DependencyWay = "r"
	ByInitACL DependencyWay = "i" // from 17 on
)

// DependentDatabase is a database in which objects depend on a role.
type DependentDatabase struct {
	Name              string
	AllowsConnections bool
	Objects           int
	// Initial tells that the role has initial privileges there: the script of an extension granted it something.
	Initial bool
}

// HasInitial tells whether the role has initial privileges in the connected database.
func (l *Leaver) HasInitial() bool {
	return l != nil && slices.ContainsFunc(l.Dependencies, func(d Dependency) bool { return d.Way == ByInitACL })
}

// WithoutInitial gives the facts without the initial privileges.
func (l *Leaver) WithoutInitial() *Leaver {
	without := *l
	without.Dependencies = slices.DeleteFunc(slices.Clone(l.Dependencies), func(d Dependency) bool { return d.Way == ByInitACL })
	return &without
}

// HasInitialElsewhere tells whether the role has initial privileges in another database.
func (l *Leaver) HasInitialElsewhere() bool {
	return l != nil && slices.ContainsFunc(l.Elsewhere, func(d DependentDatabase) bool { return d.Initial })
}

// PolicyID names a row-level security policy.
type PolicyID struct {
	Table ObjectID `json:"table"`
	Name  string   `json:"name"`
}

// Compare orders policies by table and name.
func (id PolicyID) Compare(other PolicyID) int {
	return cmp.Or(id.Table.Compare(other.Table), strings.Compare(id.Name, other.Name))
}

// String gives the policy as a person would name it in a message.
func (id PolicyID) String() string {
	return "policy " + QuoteIfNeeded(id.Name) + " on " + id.Table.String()
}

// Policy is a policy that is for some roles, and not for PUBLIC.
type Policy struct {
	OID uint32
	// Roles are those that it is for, in order.
	Roles []string
}

// IsLeaving tells whether a role is dropped in this catalog.
func (c *Catalog) IsLeaving(role string) bool { return c.Leavers[role] != nil && c.Roles[role] == nil }
