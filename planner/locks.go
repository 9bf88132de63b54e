package planner

import (
	"fmt"
	"iter"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// lock is something of which a transaction keeps an entry in the server's shared lock table until it ends: a role or
// an object.
type lock struct {
	role   string
	object catalog.ObjectID
}

// locks are those of some statements, and how many entries each takes.
type locks map[lock]int

// entriesOfTable are for a table that gets another owner: itself, its indexes, its TOAST table with its index. How
// many indexes it has is not known here, so that this is what few have more of.
const entriesOfTable = 12

// add adds the locks of a statement, as they were found on servers of 14 to 18. Memberships, SET ROLE and what only
// reads cost nothing that depends on how many there are.
func (l locks) add(change catalog.Change, server catalog.Server) {
	switch ch := change.(type) {
	case catalog.CreateRole:
		l.grantable(server, ch.Name)
	case catalog.GrantRole:
		l.grantable(server, ch.Roles...)
	case catalog.RevokeRole:
		l.grantable(server, ch.Roles...)
	case catalog.DropRole:
		l.role(ch.Name)
	case catalog.CommentOnRole:
		l.role(ch.Name)
	case catalog.CreateSchema:
		l.role(ch.Owner)
		l.object(catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}, 1)
	case catalog.DropSchema:
		l.object(catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}, 1)
	case catalog.SetOwner:
		l.role(ch.Owner)
		l.owned(ch.Object)
	case catalog.Grant:
		l.grantees(ch.Grantees)
		l.named(ch.Object, server)
	case catalog.Revoke:
		l.named(ch.Object, server)
	}
}

// grantable locks roles that are granted or made, which the server does from 16 on.
func (l locks) grantable(server catalog.Server, roles ...string) {
	if server.GrantorsMatter() {
		for _, role := range roles {
			l.role(role)
		}
	}
}

func (l locks) role(name string) { l[lock{role: name}] = 1 }

// grantees: whom an ACL comes to name must not be dropped before the transaction ends.
func (l locks) grantees(names []string) {
	for _, name := range names {
		if name != catalog.Public {
			l.role(name)
		}
	}
}

func (l locks) object(id catalog.ObjectID, entries int) {
	l[lock{object: id}] = max(l[lock{object: id}], entries)
}

// named locks what GRANT and REVOKE name, which the server does from 18 on.
func (l locks) named(id catalog.ObjectID, server catalog.Server) {
	if server.Major() >= 18 {
		l.object(id, 1)
	}
}

func (l locks) owned(id catalog.ObjectID) {
	entries := 1
	if id.Kind == catalog.Table {
		entries = entriesOfTable
	}
	l.object(id, entries)
}

// addAll adds other locks and gives how many entries more they take.
func (l locks) addAll(others locks) int {
	more := 0
	for key, entries := range others {
		if have := l[key]; entries > have {
			more += entries - have
			l[key] = entries
		}
	}
	return more
}

func (l locks) count() int {
	sum := 0
	for _, entries := range l {
		sum += entries
	}
	return sum
}

// Locks gives how many entries of the server's shared lock table the plan would take as one transaction.
func (p *Plan) Locks() int { return locksOf(p.Statements, p.Server).count() }

func locksOf(statements []script.Statement, server catalog.Server) locks {
	l := locks{}
	for _, s := range statements {
		l.add(s.Change, server)
	}
	return l
}

// of makes the locks those of some changes alone.
func (l locks) of(changes iter.Seq[catalog.Change], server catalog.Server) locks {
	clear(l)
	for change := range changes {
		l.add(change, server)
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
