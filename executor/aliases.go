package executor

import "pgsr/executor/wire"

// What is said while plans run, and what comes of it, is part of what this package promises.
type (
	// Progress is how far a run is: [Options.Progress].
	Progress = wire.Progress
	// StatementError says which statement of a plan failed.
	StatementError = wire.StatementError
	// InterruptedError says that the context ended while the server was at work.
	InterruptedError = wire.InterruptedError
	// UnknownOutcomeError says that the connection was lost during COMMIT.
	UnknownOutcomeError = wire.UnknownOutcomeError
)

// Committing is what a run is doing while it waits for the answer to COMMIT.
const Committing = wire.Committing
