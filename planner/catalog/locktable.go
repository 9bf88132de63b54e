package catalog

import "math"

// LockTable is how many locks the server's shared lock table is made for. The zero value stands for one whose size is not known.
// https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION
type LockTable struct {
	// PerTransaction is max_locks_per_transaction.
	PerTransaction int
	// Transactions is for how many the table is made: as many as there can be sessions, workers and prepared transactions.
	Transactions int
}

// The memory of the table is for two holders of each lock, so that one session can have 1.6 times the documented number: so much it was on
// servers of 14 to 18. A transaction is to take up to eleven eighths of that number, which leaves a quarter of it to others, less what it
// takes to read the catalogs, and what is taken by others on a server with a table as small as can be.
const (
	roomEighths = 11
	setAside    = 100
)

// Room gives how many locks the statements of one transaction may take. It does not depend on what other sessions hold at the moment, so that
// the same plan is always split in the same way. A table whose size is not known has room for any number.
func (t LockTable) Room() int {
	if t == (LockTable{}) {
		return math.MaxInt
	}
	return max(1, t.PerTransaction*t.Transactions*roomEighths/8-setAside)
}

// Needed gives the least max_locks_per_transaction with which there would be room for so many locks in one transaction.
func (t LockTable) Needed(locks int) int {
	for t.Room() < locks {
		missing := (locks - t.Room()) * 8 / roomEighths
		t.PerTransaction += max(1, missing/max(1, t.Transactions))
	}
	return t.PerTransaction
}
