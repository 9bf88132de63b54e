package wire

// Committing is what a run is doing while it waits for the answer to COMMIT.
const Committing = "committing"

// Progress is how far a run is. Whoever is told of it is told no value twice, and of the same thing only that Done
// grows.
type Progress struct {
	// Doing says what is waited for, in a few words: "reading memberships", "waiting for the lock (key 1)", "running
	// statements", [Committing]. What is read again after the statements ran begins with "verifying: ".
	Doing string
	// Done of so many statements have run, or databases were read; both are 0 while something else is being done.
	Done, Of int
	// Attempt counts the attempts at a transaction, from 1 on; 0: none has begun. Others may be in the way of one.
	Attempt int
	// Part of so many transactions of a large plan is at work; both are 0 where there is one.
	Part, Parts int
	// Step of so many of a run over several databases is at work, in Database; empty: in the connected one, or it is not
	// such a run.
	Step, Steps int
	Database    string
}
