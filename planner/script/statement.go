// Package script writes SQL: it is the only place where SQL text is made, and quotes in one function. It promises
// that whatever a name or a text holds, the statement says what was meant and nothing else; and the same statements
// give the same bytes. What it writes can be run: single statements, the guards around them, and whole scripts for
// psql, for any client, and for goose.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package script

import "pgsr/planner/catalog"

// Statement is one step of a plan: what it changes, as whom it runs and why it is there.
type Statement struct {
	Change catalog.Change
	// As is the role to act as (SET LOCAL ROLE); empty: the connecting role.
	As      string
	Section Section
	// Reason says in a few words why the statement is there.
	Reason string
	// Refresh marks a password that is set again because the one that is stored cannot be read: no drift.
	Refresh bool
}

// Section is the heading under which a statement stands. Sections come in the order of their values.
type Section int

// The sections of a plan.
const (
	LosingLogin Section = iota
	Administrators
	Roles
	Leaving   // memberships that keep the connecting role from joining a role for the moment
	ActingFor // temporary memberships
	EndingSessions
	PrivilegeRoles
	Schemas
	Owners
	Policies
	Privileges
	DefaultPrivileges
	DroppingSchemas // what a way back finds too much, while memberships still allow it
	GivingBackFirst // temporary memberships that others would make a circle with
	Memberships
	LaterDefaultPrivileges // of roles for whom these memberships let the connecting role act
	GainingLogin
	Dropping // roles that a way back finds too much
	Departing
	Pruning
	GivingBack // the temporary memberships, given back
)

var headings = [...]string{
	LosingLogin:       "Roles that may no longer log in",
	EndingSessions:    "Sessions that are ended",
	Administrators:    "Administrator roles",
	Roles:             "Roles",
	PrivilegeRoles:    "Privilege roles",
	Leaving:           "Memberships lost first, which temporary ones would make a circle with",
	ActingFor:         "Temporary memberships, to act for owners",
	Schemas:           "Schemas",
	Owners:            "Owners",
	Policies:          "Row-level security policies",
	Privileges:        "Privileges",
	DefaultPrivileges: "Default privileges",
	DroppingSchemas:   "Schemas that were not there before",
	GivingBackFirst:   "Temporary memberships, given back before others would make a circle",
	Memberships:       "Memberships",

	LaterDefaultPrivileges: "Default privileges that memberships allow to change",

	GainingLogin: "Logins",
	Dropping:     "Roles that were not there before",
	Departing:    "Roles that are to be gone",
	Pruning:      "Privilege roles that are no longer needed",
	GivingBack:   "Temporary memberships, given back",
}

// IsTemporary tells whether a section's statements give or take back temporary memberships.
func (s Section) IsTemporary() bool { return s == ActingFor || s == GivingBackFirst || s == GivingBack }

// String gives the heading.
func (s Section) String() string { return headings[s] }
