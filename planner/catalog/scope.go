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
	// Columns are those of Objects whose columns have to be named, and ContentColumns those of Contents in which all
	// columns have to be.
	Columns        []ObjectID
	ContentColumns []string
	// Databases tells whether all databases have to be shown.
	Databases bool
	// Extensions tells whether it matters what belongs to extensions.
	Extensions bool
	// Contents are schemas of which all objects of a kind have to be shown.
	Contents []Contents
	// System tells whether routines and types of PostgreSQL's own, and row types of tables, have to be shown where
	// everything is read, though nothing was granted on them.
	System bool
	// Below are roles of which also has to be shown whom it concerns what they have: their members, and the members of
	// these, with all that they reach; the same for the connecting role; and the objects on which any role has
	// something that Roles reach.
	Below []string
	// Holders tells whether the same has to be shown of all roles that have something on Objects; and the superusers.
	Holders bool
	// Everything tells whether all objects of the database have to be shown, and all databases, but for what is in
	// pg_catalog and information_schema.
	Everything bool
	// DefaultPrivileges tells whether it matters which default privileges there are beside those that Roles have.
	DefaultPrivileges bool
	// Everyone tells whether all roles of the cluster have to be shown, and all that there is: what everyone has
	// matters.
	Everyone bool
	// MembersOf are those of Roles of which has to be shown who is a member.
	MembersOf []string
	// SettingsOf are roles whose settings have to be shown; Settings are names of parameters that they are to have, of
	// which has to be shown what the server says.
	SettingsOf, Settings []string
	// Dropped are those of SettingsOf that are to be dropped: their settings in all other databases have to be shown, too.
	Dropped []string
	// Leavers are those of Roles that are to be dropped: all that depends on them has to be shown.
	Leavers []string
	// Owners tells whether objects may get another owner, so that it matters what of them runs with its rights.
	Owners bool
	// Passwords tells whether the verifiers of Roles are wanted, where the server lets them be read.
	Passwords bool
	// As is the role as which is read, where that is another one than connects.
	As As
}

// As says as which role is read and planned that need not be the one that connects; the zero value: as the session
// acts.
type As struct {
	// CurrentUser would be the role whose rights count, and SessionUser the one that logs in.
	CurrentUser, SessionUser string
	// SelfGrant would be in force.
	SelfGrant SelfGrant
}

// IsSession tells whether it is the session itself.
func (a As) IsSession() bool { return a == As{} }

// Contents are all objects of a kind in a schema.
type Contents struct {
	Kind   Kind
	Schema string
}

// SchemasOf gives the schemas of whose contents all have to be shown that the catalog of a kind has.
func (s Scope) SchemasOf(kind Kind) []string {
	var out []string
	for _, c := range s.Contents {
		if c.Kind.Info().Catalog == kind.Info().Catalog && !slices.Contains(out, c.Schema) {
			out = append(out, c.Schema)
		}
	}
	return out
}
