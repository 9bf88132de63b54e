package wire

// Committing is what a run is doing while it waits for the answer to COMMIT.
const Committing = "committing"

// Progress is how far a run is.
type Progress struct {
	// Doing says what is waited for, in a few words: "reading memberships", "waiting for the lock (key 1)", "running
	// statements", [Committing]. What is read again after the statements ran begins with "verifying: ".
	Doing string
	// Done of so many statements have run; both are 0 while something else is being done.
	Done, Of int
}
