package access

import "pgsr/planner/catalog"

// Effect is what a change of a catalog means for people: who gains and who loses what, by which path. It is grouped, so that it stays
// readable however much changes. Privilege roles are never its subject: they are part of a path.
type Effect struct {
	// Gains and Losses of effective privileges, each in a fixed order.
	Gains, Losses []Group
	// Marks are changes that need a second look.
	Marks []Mark
	// Roles that were compared, and the privileges that were gained and lost, counted one by one.
	Compared, Gained, Lost int
}

// Group is one or more roles, each of which has the same difference on each of some objects.
type Group struct {
	Roles      []string
	Privileges []catalog.Privilege
	Objects    []catalog.ObjectID
	Path       Path
}

// Path says how a role has, or had, a privilege.
type Path struct {
	// Kind is what the privilege comes from in the end.
	Kind PathKind
	// Via are the roles on the way, nearest first, without the role itself and without a privilege role at the end. Empty: none.
	Via []string
}

// PathKind is what an effective privilege comes from.
type PathKind string

// The kinds of paths.
const (
	ByGrant         PathKind = "granted directly"
	ByPrivilegeRole PathKind = "by a privilege role"
	ByOwnership     PathKind = "as owner"
	BySuperuser     PathKind = "as superuser"
	ByPublic        PathKind = "as everyone (PUBLIC)"
	ByPredefined    PathKind = "by a predefined role" // pg_read_all_data and its like
)

// Mark is a change that needs a second look.
type Mark struct {
	Kind MarkKind
	// Role that it is about; empty for PUBLIC.
	Role string
	// Text says in a few words what changes.
	Text string
}

// MarkKind is why a change needs a second look.
type MarkKind string

// The kinds of marks.
const (
	LosesAccess     MarkKind = "loses access"
	GainsLogin      MarkKind = "gains login"
	GainsSuperuser  MarkKind = "gains superuser"
	GainsCreateRole MarkKind = "gains CREATEROLE"
	TouchesPublic   MarkKind = "changes PUBLIC"
	OwnershipMoves  MarkKind = "ownership moves"
	ReachesAll      MarkKind = "reaches all" // a role that can read or write everything
)
