package catalog

import "slices"

// Scope says which part of a cluster a snapshot has to show.
type Scope struct {
	// Roles whose every right has to be shown: what they own, what they are granted, what they are members of.
	Roles []string
	// Mentioned roles have to be shown as roles only: a role that others are to be members of, say.
	Mentioned []string
	// Objects have to be shown with owner and ACL, if they exist.
	Objects []ObjectID
	// Columns are the Objects whose columns have to be named. ContentColumns are the schemas of Contents for which the
	// same holds.
	Columns        []ObjectID
	ContentColumns []string
	// Databases tells whether all databases have to be shown.
	Databases bool
	// Extensions tells whether it matters what belongs to extensions.
	Extensions bool
	// Contents are schemas of which all objects of a kind have to be shown.
	Contents []Contents
	// System tells whether PostgreSQL's own routines and types, and row types of tables, have to be shown although nothing
	// was granted on them. It matters where everything is read.
	System bool
	// Below are roles whose members have to be shown as well, and the members of these, with all that they reach: what the
	// roles have concerns them. The same holds for the connecting role. All objects have to be shown on which any role has
	// something that Roles reach.
	Below []string
	// Holders tells whether the same has to be shown of all roles that have something on Objects, and of superusers.
	Holders bool
	// Everything tells whether all objects of the database have to be shown, and all databases, but for what is in
	// pg_catalog and information_schema.
	Everything bool
	// DefaultPrivileges tells whether other default privileges than those of Roles matter.
	DefaultPrivileges bool
	// Everyone tells whether all roles of the cluster have to be shown with all that they have, as for a spec about
	// PUBLIC.
	Everyone bool
	// MembersOf are the Roles whose members have to be shown.
	MembersOf []string
	// SettingsOf are roles whose settings have to be shown. Settings are names of parameters that the spec sets: what the
	// server says of them has to be shown.
	SettingsOf, Settings []string
	// Dropped are the roles of SettingsOf that are to be dropped. Their settings for all other databases have to be shown,
	// too.
	Dropped []string
	// Leavers are the Roles that are to be dropped. All that depends on them has to be shown.
	Leavers []string
	// Owners tells whether objects may get another owner. Then it matters what runs code with the owner's rights.
	Owners bool
	// Passwords tells whether the verifiers of Roles are wanted, where the server lets them be read.
	Passwords bool
	// As is the role to read for, if it is not the one that connects.
	As As
}

// As names the role to read and plan for; the zero value: the session's own.
type As struct {
	// CurrentUser is the role whose rights would count, and SessionUser the one that would log in.
	CurrentUser, SessionUser string
	// SelfGrant is the createrole_self_grant that would hold.
	SelfGrant SelfGrant
}

// IsSession tells whether it is the session itself.
func (a As) IsSession() bool { return a == As{} }

// Contents are all objects of a kind in a schema.
type Contents struct {
	Kind   Kind
	Schema string
}

// SchemasOf gives the schemas of Contents for kinds that share a system catalog with this one.
func (s Scope) SchemasOf(kind Kind) []string {
	var out []string
	for _, c := range s.Contents {
		if c.Kind.Info().Catalog == kind.Info().Catalog && !slices.Contains(out, c.Schema) {
			out = append(out, c.Schema)
		}
	}
	return out
}
