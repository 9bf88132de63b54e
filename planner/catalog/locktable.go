package catalog

import "math"

// LockTable is how many locks the server's shared lock table is made for. The zero value stands for one whose size is
// not known.
// https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION
type LockTable struct {
	// PerTransaction is max_locks_per_transaction.
	PerTransaction int
	// Transactions is for how many the table is made: as many as there can be sessions, workers and prepared
	// transactions.
	Transactions int
}

// The memory of the table is for two holders of each lock, so that one session can have more than the documented
// number: 1.6 times as many on servers of 14 to 18 with their own settings, and at least 1.18 times as many on 105
// servers of 15 with 250 to 3,000 locks, where it depends on how the memory happens to be cut up. A transaction is to
// take up to eleven eighths of that number, or on those small servers nine eighths, which leaves the rest to others,
// less what it takes to read the catalogs, and what is taken by others on a server with a table as small as can be.
const (
	roomEighths, setAside           = 11, 190
	smallRoomEighths, smallSetAside = 9, 80
)

// Room gives how many locks the statements of one transaction may take. It does not depend on what other sessions
// hold at the moment, so that the same plan is always split in the same way. A table whose size is not known has room
// for any number.
func (t LockTable) Room() int {
	if t == (LockTable{}) {
		return math.MaxInt
	}
	documented := t.PerTransaction * t.Transactions
	return max(1, documented*roomEighths/8-setAside, documented*smallRoomEighths/8-smallSetAside)
}

// Needed gives the least max_locks_per_transaction with which there would be room for so many locks in one transaction.
func (t LockTable) Needed(locks int) int {
	for t.Room() < locks {
		missing := (locks - t.Room()) * 8 / roomEighths
		t.PerTransaction += max(1, missing/max(1, t.Transactions))
	}
	return t.PerTransaction
}
