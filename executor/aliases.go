package executor

import (
	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/resolve"
)

// What is said while plans run, and what comes of it, is part of what this package promises.
type (
	// Progress is how far a run is: [Options.Progress].
	Progress = wire.Progress
	// ArgumentError says that a call was given what it can do nothing with: no context, a connection that is nil. Nothing
	// was done. It is for who wrote the call.
	ArgumentError = wire.ArgumentError
	// InTransactionError says that the connection is inside a transaction. Nothing was done. Use another connection, or
	// end the transaction first.
	InTransactionError = wire.InTransactionError
	// LockedError says that a lock was not to be had in time, and who holds it: pgsr's own, or that of an object.
	// Nothing was done. Try again later, or see to who holds it.
	LockedError = wire.LockedError
	// LockHolder is a session that holds pgsr's lock.
	LockHolder = wire.LockHolder
	// RefusedError says that something is not done although it could be tried, and why. Nothing was done. It unwraps to
	// what says more: [*RightsError], [*TooManyRevokesError], [*LockTableError], [*EncodingError], [*UntrustedError],
	// [*NotAsPlannedError], [*StateError], [*WarningError] or [spec.Errors]. Trying again does not help.
	RefusedError = wire.RefusedError
	// Refusal is a reason to refuse something.
	Refusal = wire.Refusal
	// RightsError lists what the connecting role may not do, and the statements that would allow it.
	RightsError = planner.Refusal
	// LockTableError says that a plan takes more locks than one transaction can have, where that was asked for.
	LockTableError = planner.LockTableError
	// UntrustedError says that there is a ledger that may be someone else's.
	UntrustedError = ledger.UntrustedError
	// Missing is something that a spec names and that does not exist.
	Missing = resolve.Missing
	// StatementError says which statement of a plan failed, and unwraps to the server's error. All was rolled back.
	StatementError = wire.StatementError
	// InterruptedError says that the context ended, and what was waited for then. By itself it says that nothing was
	// done; a [*PartialError], [*SequenceError] or [*UnknownOutcomeError] around it says what is. Call again.
	InterruptedError = wire.InterruptedError
	// LostError says that there is no connection any more, or was none. What it says of what is done is as with an
	// [*InterruptedError]. Connect anew and call again.
	LostError = wire.LostError
	// UnknownOutcomeError says that the connection was lost during COMMIT, and that nobody could be asked what came of
	// it. Its method Committed asks; to call again is safe, too, and finds nothing to do if it was.
	UnknownOutcomeError = wire.UnknownOutcomeError
)

// The reasons of a [RefusedError].
const (
	// ForRights is that the connecting role may not do all of it: [*RightsError].
	ForRights = wire.ForRights
	// ForLockout is that the connecting role would lose what it works with: [spec.Errors], and [Options.AllowLockout].
	ForLockout = wire.ForLockout
	// ForRevokes is that roles would lose more than [Options.MaxRevokes] allows: [*TooManyRevokesError].
	ForRevokes = wire.ForRevokes
	// ForLocks is that [Options.SingleTransaction] asks for one and it takes several: [*LockTableError], at times.
	ForLocks = wire.ForLocks
	// ForEncoding is that the database can not hold the spec's texts: [*EncodingError].
	ForEncoding = wire.ForEncoding
	// ForLedger is that the ledger can not be written, or not be trusted: [*UntrustedError], and [Options.NoLedger].
	ForLedger = wire.ForLedger
	// ForServer is that the server is a standby, too old, or behind a pooler of statements, or that the database has a
	// superuser act as another role.
	ForServer = wire.ForServer
	// ForResult is that the statements did not do what was planned, so that all was rolled back:
	// [*NotAsPlannedError], [*StateError], [*WarningError].
	ForResult = wire.ForResult
)

// Committing is what a run is doing while it waits for the answer to COMMIT.
const Committing = wire.Committing
