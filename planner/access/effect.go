package access

import "pgsr/planner/catalog"

// Effect is what a change of a catalog means for people: who gains and who loses what, by which path. It is grouped,
// so that it stays readable however much changes. Privilege roles are never its subject: they are part of a path.
// Everything in it is in a fixed order. Saved plans hold it as JSON.
//
// Of a role that comes to be a superuser, or is none any more, it says what that means on the objects that are known;
// the mark says all of it. It says what the server's has_table_privilege and its like say. Three things are said
// shorter: of a role that is a superuser before and after, nothing; what PUBLIC gains and loses is said of PUBLIC (as
// [catalog.Public]) and of each role for which it makes a difference, but for one that is created or dropped; and a
// privilege on a column is said only where the same on its table does not come or go.
type Effect struct {
	// Compared counts the roles that are known and were compared, Gained and Lost the privileges, one by one.
	Compared int `json:"compared"`
	Gained   int `json:"gained"`
	Lost     int `json:"lost"`
	// Gains and Losses of effective privileges.
	Gains  []Group `json:"gains"`
	Losses []Group `json:"losses"`
	// Held are privileges that roles come to hold themselves, whether they have them otherwise or not, and those that they
	// no longer hold and do not have otherwise. Moved counts those that they have in another way than before: by a
	// privilege role or a membership and not directly, say.
	Held  []HeldChange `json:"held,omitempty"`
	Moved int          `json:"moved,omitempty"`
	// Futures are what default privileges come to give, or no longer.
	Futures []FutureChange `json:"future,omitempty"`
	// Options are the privileges that roles come to be able to grant, or no longer.
	Options []OptionChange `json:"grant_options,omitempty"`
	// Memberships that come, go or change, but for those in privilege roles.
	Memberships []MembershipChange `json:"memberships,omitempty"`
	// Ownerships that move.
	Ownerships []OwnershipChange `json:"ownerships,omitempty"`
	// GainLogin and LoseLogin are the roles that can log in now, or no longer.
	GainLogin []string `json:"gain_login,omitempty"`
	LoseLogin []string `json:"lose_login,omitempty"`
	// Attributes that roles gain and lose.
	Attributes []AttributeChange `json:"attributes,omitempty"`
	// Created and Dropped are roles.
	Created []string `json:"created,omitempty"`
	Dropped []string `json:"dropped,omitempty"`
	// Marks are changes that need a second look.
	Marks []Mark `json:"marks"`
}

// IsEmpty tells whether nobody gains or loses anything.
func (e *Effect) IsEmpty() bool {
	return len(e.Gains)+len(e.Losses)+len(e.Futures)+len(e.Options)+len(e.Memberships)+len(e.Ownerships)+len(e.Attributes)+
		len(e.GainLogin)+len(e.LoseLogin)+len(e.Created)+len(e.Dropped)+len(e.Marks) == 0
}

// Group is one or more roles, each of which has the same difference on each of some objects of one kind.
type Group struct {
	Roles      []string            `json:"roles"`
	Privileges []catalog.Privilege `json:"privileges"`
	// Column is the one of each of the objects that the privileges are confined to; empty: they are on the objects.
	Column  string             `json:"column,omitempty"`
	Objects []catalog.ObjectID `json:"objects"`
	Path    Path               `json:"path"`
}

// Count gives the number of differences, one for each role, privilege and object.
func (g Group) Count() int { return len(g.Roles) * len(g.Privileges) * len(g.Objects) }

// MembershipChange is a membership of one or more roles in a role. Options are those of all grantors together. Who
// inherits from a member with ADMIN OPTION may grant the role, too: that is not said, as of grant options.
type MembershipChange struct {
	Role    string   `json:"role"`
	Members []string `json:"members"`
	// Before and After are nil where there is no membership.
	Before *catalog.Options `json:"before,omitempty"`
	After  *catalog.Options `json:"after,omitempty"`
}

// AttributeChange is attributes that a role gains and loses.
type AttributeChange struct {
	Role   string                  `json:"role"`
	Gained []catalog.AttributeWord `json:"gained,omitempty"`
	Lost   []catalog.AttributeWord `json:"lost,omitempty"`
}

// OwnershipChange is objects that move from one owner to another. From is empty for objects that are new, To for
// those that are gone.
type OwnershipChange struct {
	From    string             `json:"from"`
	To      string             `json:"to"`
	Objects []catalog.ObjectID `json:"objects"`
}

// Path says how a role has, or had, a privilege.
type Path struct {
	// Kind is what the privilege comes from in the end.
	Kind PathKind `json:"kind"`
	// Via are the roles on the way, nearest first, without the role itself and without a privilege role at the end.
	// Empty: none.
	Via []string `json:"via,omitempty"`
	// PrivilegeRole is the one at the end, where [Explain] or [Who] found it.
	PrivilegeRole string `json:"-"`
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
	ByDefault       PathKind = "by default privileges"

	// What follows is how a role could come to have what it does not have.
	BySetRole     PathKind = "after SET ROLE"
	ByGrantOption PathKind = "could grant it to itself"
	ByAdmin       PathKind = "could make itself a member by ADMIN OPTION"
	ByCreateRole  PathKind = "could make itself a member by CREATEROLE" // before 16
)

// Mark is a change that needs a second look.
type Mark struct {
	Kind MarkKind `json:"kind"`
	// Role that it is about; empty for PUBLIC.
	Role string `json:"role"`
	// Text says in a few words who changes how. Names in it that hold more than letters, digits and _ are quoted and
	// escaped.
	Text string `json:"text"`
}

// MarkKind is why a change needs a second look.
type MarkKind string

// The kinds of marks.
const (
	LosesAccess     MarkKind = "loses access"
	LosesLogin      MarkKind = "loses login"
	GainsLogin      MarkKind = "gains login"
	GainsSuperuser  MarkKind = "gains superuser"
	GainsCreateRole MarkKind = "gains CREATEROLE"
	GainsBypassRLS  MarkKind = "gains BYPASSRLS"
	GainsReplica    MarkKind = "gains REPLICATION"
	TouchesPublic   MarkKind = "changes PUBLIC"
	OwnershipMoves  MarkKind = "ownership moves"
	ReachesAll      MarkKind = "reaches all"       // a role that can read or write everything
	CouldBecome     MarkKind = "could become more" // by ADMIN OPTION
	ActsAsOthers    MarkKind = "can act as others" // by a trigger, or a SECURITY DEFINER routine
	TiesRows        MarkKind = "can tie rows"      // by a foreign key, and run code by it
)
