package catalog

// Locks are entries that a transaction keeps in the server's shared lock table until it ends, and how many each takes.
// Which statement takes which was found on servers of 14 to 18. Memberships, SET ROLE and what only reads cost nothing
// that depends on how many there are.
// https://www.postgresql.org/docs/current/explicit-locking.html
type Locks map[Lock]int

// Lock is what is locked: a role, or an object.
type Lock struct {
	Role   string
	Object ObjectID
}

// Count gives how many entries they take together.
func (l Locks) Count() int {
	sum := 0
	for _, entries := range l {
		sum += entries
	}
	return sum
}

// Add adds other locks and gives how many entries more they take.
func (l Locks) Add(others Locks) int {
	more := 0
	for key, entries := range others {
		if have := l[key]; entries > have {
			more += entries - have
			l[key] = entries
		}
	}
	return more
}

// roles locks roles that an ACL comes to name or that come to own something: none may be dropped before the
// transaction ends. https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
func (l Locks) roles(names ...string) {
	for _, name := range names {
		l[Lock{Role: name}] = 1
	}
}

// granted locks roles that are made, or of which memberships are granted or revoked, which the server does from 16 on.
func (l Locks) granted(server Server, roles ...string) {
	if server.MembershipsHaveOptions() {
		l.roles(roles...)
	}
}

func (l Locks) object(id ObjectID, entries int) {
	l[Lock{Object: id}] = max(l[Lock{Object: id}], entries)
}

// named locks what GRANT and REVOKE name, which the server does from 18 on.
func (l Locks) named(id ObjectID, server Server) {
	if server.Major() >= 18 {
		l.object(id, 1)
	}
}

// entriesOfTable are for a table that gets another owner: itself, its indexes, its TOAST table with its index. How
// many indexes it has is not known here, so that this is what few have more of.
const entriesOfTable = 12

// owned locks what gets another owner.
func (l Locks) owned(id ObjectID) {
	l.object(id, max(1, id.Kind.Info().OwnerLocks))
}
