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

// What a transaction leaves to others: an eighth of the table, and what it takes itself to read the catalogs.
const (
	othersShare  = 8
	readingLocks = 32
)

// Room gives how many locks the statements of one transaction may take. It does not depend on what other sessions hold at the moment, so that
// the same plan is always split in the same way. A table whose size is not known has room for any number.
func (t LockTable) Room() int {
	if t == (LockTable{}) {
		return math.MaxInt
	}
	all := t.PerTransaction * t.Transactions
	return max(1, all-all/othersShare-readingLocks)
}

// Needed gives the least max_locks_per_transaction with which there would be room for so many locks in one transaction.
func (t LockTable) Needed(locks int) int {
	for t.Room() < locks {
		missing := locks - t.Room()
		t.PerTransaction += max(1, missing/max(1, t.Transactions))
	}
	return t.PerTransaction
}
