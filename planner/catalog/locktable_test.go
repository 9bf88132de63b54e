package catalog_test

import (
	"math"
	"testing"

	"pgsr/planner/catalog"
)

// TestNeededIsTheLeast: with one less there is no room.
func TestNeededIsTheLeast(t *testing.T) {
	for _, transactions := range []int{1, 7, 122, 500} {
		for _, locks := range []int{2, 100, 6_999, 20_012, 1_000_000} {
			table := catalog.LockTable{PerTransaction: 1, Transactions: transactions}
			table.PerTransaction = table.Needed(locks)
			if table.Room() < locks {
				t.Errorf("%+v has no room for %d locks", table, locks)
			}
			if table.Needed(locks) != table.PerTransaction {
				t.Errorf("%+v needs more for %d locks, though it has room", table, locks)
			}
			table.PerTransaction--
			if table.PerTransaction > 0 && table.Room() >= locks {
				t.Errorf("%+v has room for %d locks, too", table, locks)
			}
		}
	}
}

func TestUnknownLockTableHasRoom(t *testing.T) {
	if room := (catalog.LockTable{}).Room(); room != math.MaxInt {
		t.Errorf("room for %d", room)
	}
}
