// Package catalog holds the part of a PostgreSQL cluster that decides who may do what, as plain data, and what each
// statement that pgsr writes does to it.
//
// It promises three things. A Catalog says the same of the current and of the desired state, so that the two can be
// compared like with like. Nothing that is reached from a Catalog is ever changed in place: a [Change] replaces what it
// changes, so that a [Catalog.Clone] is cheap and safe. And nothing here reaches a server, a clock or the environment.
//
// Names are raw everywhere, never quoted: quoting belongs to package script.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package catalog

import (
	"maps"
	"time"
)

// Catalog is a snapshot of roles, memberships and objects: all of a cluster, or the part that concerns some roles.
type Catalog struct {
	Server Server
	// Moment is when the snapshot was taken, by the server's clock.
	Moment time.Time
	// Roles by name. A role that is only mentioned (as an owner, say) is here too, as far as it is known.
	Roles map[string]*Role
	// Members lists, by the name of the granted role, who has it.
	Members map[string][]Membership
	// Objects of the connected database, and all databases.
	Objects map[ObjectID]*Object
	// DefaultPrivileges are the rows of pg_default_acl of the connected database. Where there is no row the built-in
	// default privileges hold, see [Catalog.FutureACL]. An empty ACL is something else: it gives nobody anything.
	DefaultPrivileges map[Future]ACL
	// Parameters are what the server says of configuration parameters, by [SettingKey]: those of the settings that were
	// asked for, and of those that their roles have. Nil: nothing was asked.
	Parameters map[string]Parameter
	// Policies are the row security policies that are for a role which is to be dropped.
	Policies map[PolicyID]Policy
	// Leavers are facts about the roles that are to be dropped, by name, if they were asked for.
	Leavers map[string]*Leaver
	// EventTriggers are those of the connected database, by name. No statement here changes them.
	EventTriggers []EventTrigger
	// sequences gives the sequences of each table, for this catalog and all its clones: no statement changes them.
	sequences *sequences
}

// Server says where a snapshot was taken, and as whom.
type Server struct {
	// VersionNum is server_version_num: 150018 for 15.18.
	VersionNum int
	// SystemIdentifier names the cluster; empty where it may not be read.
	SystemIdentifier string
	Database         string
	DatabaseOID      uint32
	// CurrentUser is the connecting role: the one whose rights count. SessionUser differs after SET ROLE.
	CurrentUser, SessionUser string
	// Bootstrap is the name of the superuser that initdb made (OID 10).
	Bootstrap string
	// SelfGrant is createrole_self_grant: what a creator of roles that is no superuser grants itself on them (16 and
	// later).
	SelfGrant SelfGrant
	// Locks bounds what one transaction can change.
	Locks LockTable
	// Defaults is what acldefault() gives for each kind of object, with [Owner] in the place of the object's owner.
	Defaults map[Kind]ACL
}

// SelfGrant holds the options of createrole_self_grant; both false when it is empty, its default.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-CREATEROLE-SELF-GRANT
type SelfGrant struct{ Inherit, Set bool }

// Owner stands for an object's owner in [Server.Defaults]. No role can have this name: it is over 63 bytes.
const Owner = "the owner of the object, whoever that is; longer than a name can be"

// Major gives the server's major version: 15 for 15.18.
func (s Server) Major() int { return s.VersionNum / 10000 }

// MembershipsHaveOptions tells whether a membership is one row per grantor with options of its own, as it is from 16
// on.
// https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-PRIVILEGES
func (s Server) MembershipsHaveOptions() bool { return s.Major() >= 16 }

// New gives an empty catalog of the given server.
func New(server Server) *Catalog {
	return &Catalog{
		Server:  server,
		Roles:   map[string]*Role{},
		Members: map[string][]Membership{},
		Objects: map[ObjectID]*Object{},

		DefaultPrivileges: map[Future]ACL{},
		Policies:          map[PolicyID]Policy{},
		sequences:         &sequences{},
	}
}

// Clone gives a catalog that can be changed without changing this one.
func (c *Catalog) Clone() *Catalog {
	return &Catalog{
		Server:  c.Server,
		Moment:  c.Moment,
		Roles:   maps.Clone(c.Roles),
		Members: maps.Clone(c.Members),
		Objects: maps.Clone(c.Objects),

		DefaultPrivileges: maps.Clone(c.DefaultPrivileges),
		Parameters:        c.Parameters,
		Policies:          maps.Clone(c.Policies),
		Leavers:           c.Leavers,
		EventTriggers:     c.EventTriggers,
		sequences:         c.sequences,
	}
}

// DefaultACL gives what the server takes for the ACL of an object that has none of its own (NULL in the catalog).
// https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE
func (c *Catalog) DefaultACL(kind Kind, owner string) ACL {
	return c.Server.Defaults[kind].rename(Owner, owner)
}

// IsSuperuser tells whether the role is known and a superuser.
func (c *Catalog) IsSuperuser(role string) bool {
	r := c.Roles[role]
	return r != nil && r.Attributes.Superuser
}
