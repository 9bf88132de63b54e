// Package executor is the only place that talks to a server. It promises that a spec is applied whole or not at all:
// under a lock, from what the catalog says under that lock, and committed only when reading it once more finds
// nothing left to do.
//
// [Sync] does all of it. Its parts can be used alone: [inspect.Catalog] reads the catalog, [resolve.Resolve] says what
// a spec means for it, [planner.Build] works out the statements, [Write] writes them as a script, [Sync]
// applies it, and [ApplySaved] runs a saved plan.
//
// # What stays
//
// This package and planner/spec are the API; every other package may change at any time. Versions follow
// https://semver.org. Before 1.0.0 a minor version may rename exported names, or take them away, and CHANGELOG.md says
// what to write instead; a patch version does not. From then on only a major version does. Any version may add names,
// and fields to types: name the fields of a literal. What an error or a log says may change in any version: go by
// types, by [FailureOf], and by the names of attributes.
//
// No version will change these. A run is done whole or not at all, but where [*PartialError] and [*SequenceError] say
// how far it came. With nothing to do nothing is locked and nothing is written. No error, log, progress or result
// shows a password, and the verifier of one prints masked, whatever holds it. What is nil, zero or closed is an error,
// and no panic. The zero value of Options takes no risk that one of its fields could take.
//
// Of the other packages' types that come and go here, [planner.Plan] and [report.Document] are to be handed on. Of a
// plan these stay as well: Statements, Warnings, InSync, IsEmpty and Digest. Types that have a second name here, such
// as [RightsError], stay as if they were of this package.
package executor

import (
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// Options say how a spec is planned and applied. The zero value is fine.
type Options struct {
	// As is the role that is to apply what is planned, where that is another one than connects; empty: the one that
	// connects. It is for what only reads and decides ([Plan], [PlanDatabases], [Vanished], [PlanPrune]): what changes
	// something refuses it.
	As string
	// ReassignTo gets what roles own and their lists of what they own leave out; empty: the connecting role.
	ReassignTo string
	// Missing says what happens when the spec names what does not exist, instead of what the spec says of that. Where
	// both are empty, it is an error ([*MissingError]).
	Missing spec.WhenMissing
	// Mode says whether something is taken away ([spec.ModeAdd]: nothing is), instead of what the spec says of that.
	Mode spec.Mode
	// AllowLockout does what is refused otherwise, because the connecting role would lose what it works with. A
	// warning says what it loses.
	AllowLockout bool
	// MaxRevokes is how much roles may lose in the end, see [access.Losses]: a plan after which they have lost more is
	// refused with a [*TooManyRevokesError]. nil: anything.
	MaxRevokes *int
	// TrustCode lets views, and what else runs with its owner's rights, go to a role that can do more than the old
	// owner could, if the role is named: by ReassignTo, or in the spec's owns.
	TrustCode bool
	// Undecided tells whether the plan is to name what the spec's roles have and the spec says nothing of:
	// [planner.Plan.Undecided].
	Undecided bool
	// EndsWithin is how soon something has to end to be named in [planner.Plan.Ends]; 0: within [DefaultEndsWithin].
	EndsWithin time.Duration
	// SingleTransaction makes a plan that takes more locks than one transaction can have an error
	// ([*planner.LockTableError]) instead of several transactions.
	SingleTransaction bool
	// Effect tells whether the plan is to know what it means for people, so that [planner.Plan.Effect] can say it.
	Effect bool
	// LockTimeout and StatementTimeout are set inside the transaction; 0 leaves the server's.
	LockTimeout, StatementTimeout time.Duration
	// Confirm is shown the plan before anything is locked; when it says no, nothing is done and [ErrDeclined] comes
	// back. A plan that was confirmed and that is another one under the lock is refused with a [*StaleError]. nil:
	// nobody is asked.
	Confirm func(*planner.Plan) (bool, error)
	// ConfirmSequence is what Confirm is for a plan over several databases, or one that means something for people in
	// other databases: see [SyncDatabases].
	ConfirmSequence func(*planner.Sequence) (bool, error)
	// Prefetch is what was read of the catalog while the spec was parsed, for [Plan], [PlanDatabases], [Sync] and
	// [SyncDatabases], which close it; nil: nothing was. What comes of them is the same.
	Prefetch *Prefetch
	// Parallel is how many databases are read at a time; 0: [DefaultParallel].
	Parallel int
	// Progress is called each time that something else is waited for, never twice at the same time and never twice with
	// the same. nil: nobody is told.
	Progress func(Progress)
	// Running is given each plan right before its statements are sent, so that what is to be said of it can be worked out
	// while the server works: it has to return at once. Plans over several databases may be given at the same time. nil:
	// nobody is.
	Running func(*planner.Plan)
	// Logger is told of each statement that has run (debug), of how each call ended (info), and of retries and of what
	// a plan warns of (warn), without secrets; nil: nobody is.
	Logger *slog.Logger
	// Version is that of the program, for the script's header and the ledger.
	Version string
	// Sources are what the plan is made from, for the script's header; nil: not said.
	Sources []script.Source
	// LedgerOwners are roles that the ledger may belong to, beside the connecting role and the one that made the
	// cluster. Whoever owns it, and whoever is a member of such a role, can make code run in the name of all who apply.
	LedgerOwners []string
	// NoLedger leaves the ledger out: it is neither looked for nor written.
	NoLedger bool
	// savedLoses is how much the saved plan takes that runs; nil: nobody asks.
	savedLoses *int
	// call is the one that runs; nil: none does.
	call *call
	// lockHolder keeps the lock while several transactions run; nil: each takes it for itself.
	lockHolder *lockHolder
	// Passwords says how a script holds passwords; empty: as is usual for its format.
	Passwords script.Passwords
}

// DefaultEndsWithin is how soon something ends that a plan names.
const DefaultEndsWithin = 7 * 24 * time.Hour

// lookForLedger finds out what there is of the ledger, unless it is left out.
func (o Options) lookForLedger(state *ledger.State) []wire.Request {
	return o.lookForLedgerAs(state, catalog.As{})
}

func (o Options) lookForLedgerAs(state *ledger.State, as catalog.As) []wire.Request {
	if o.NoLedger {
		return nil
	}
	return wire.Queries(ledger.LookAs(state, o.LedgerOwners, as))
}

// running tells of a plan whose statements are about to be sent.
func (o Options) running(plan *planner.Plan) {
	if o.Running != nil {
		o.Running(plan)
	}
}

// session is a connection, and whoever is told of progress. What is asked there takes the place of what was prefetched.
func (o Options) session(conn *pgx.Conn) wire.Session {
	o.Prefetch.CloseOn(conn)
	return wire.Session{Conn: conn, Progress: o.Progress}
}
