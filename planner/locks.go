package planner

import (
	"fmt"

	"pgsr/planner/catalog"
)

// Locks gives how many entries of the server's shared lock table the plan would take as one transaction.
func (p *Plan) Locks() int { return p.locks().Count() }

func (p *Plan) locks() catalog.Locks {
	l := catalog.Locks{}
	for _, s := range p.Statements {
		s.Change.Lock(l, p.Server)
	}
	return l
}

// LockTableError says that something takes more locks than one transaction can have. Nothing was run.
type LockTableError struct {
	// What it is, in words.
	What string
	// Locks is how many it takes, Table for how many there is room.
	Locks int
	Table catalog.LockTable
}

// Error names the setting that would be needed.
func (e *LockTableError) Error() string {
	return fmt.Sprintf("%s would take %d locks in one transaction, and the server's lock table has room for %d, so nothing was done: "+
		"it takes max_locks_per_transaction = %d or more (now %d) in postgresql.conf and a restart of the server",
		e.What, e.Locks, e.Table.Room(), e.Table.Needed(e.Locks), e.Table.PerTransaction)
}
