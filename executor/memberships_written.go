package executor

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// Statements that grant and revoke roles write to pg_auth_members and to nothing else that is looked at, and no event trigger fires for them. If in the
// whole cluster no other transaction has ended since all was read, what is as it was need not be read again: it is enough to see what our own
// transaction has written, that what was to go is gone, and how many memberships there are.
// https://www.postgresql.org/docs/current/event-trigger-matrix.html

// membership is one by OIDs, as the server has it.
type membership struct {
	role, member, grantor uint32
	options               catalog.Options
}

// membershipsWritten are those that a plan writes and those that it removes, of so many in all that are there then.
type membershipsWritten struct {
	written map[membership]bool
	gone    []membership
	total   int64
}

// isSeen tells whether a plan that has just run did what it was to do, where that can be seen from what it has written.
func (m *made) isSeen(ctx context.Context, from source, e extent) (bool, error) {
	if !from.ran {
		return false, nil
	}
	w := m.membershipsWritten(e)
	if w == nil {
		return false, nil
	}
	return w.areSeen(ctx, from.tx, m.snapshot)
}

// membershipsWritten says what a plan writes, if that is memberships and nothing else, and everything was read before; nil otherwise.
func (m *made) membershipsWritten(e extent) *membershipsWritten {
	if m == nil || m.snapshot == "" || !e.whole || !changesOnlyMemberships(m.plan) {
		return nil
	}
	w := &membershipsWritten{written: map[membership]bool{}}
	for role, after := range m.desired.Members {
		w.total += int64(len(after))
		if before := m.current.Members[role]; !catalog.SameMemberships(before, after) && !w.compare(m.current, role, before, after) {
			return nil
		}
	}
	for role, before := range m.current.Members {
		if _, kept := m.desired.Members[role]; !kept && !w.compare(m.current, role, before, nil) {
			return nil
		}
	}
	return w
}

func changesOnlyMemberships(plan *planner.Plan) bool {
	for _, s := range plan.Statements {
		switch s.Change.(type) {
		case catalog.GrantRole, catalog.RevokeRole:
		default:
			return false
		}
	}
	return true
}

// compare notes how the memberships in a role come to differ. It is false where a role that is named does not exist.
func (w *membershipsWritten) compare(c *catalog.Catalog, role string, before, after []catalog.Membership) bool {
	gone, come := catalog.DifferentMemberships(before, after)
	were, known := byOID(c, role, gone)
	are, knownToo := byOID(c, role, come)
	for row, options := range are {
		if had, was := were[row]; !was || had != options {
			row.options = options
			w.written[row] = true
		}
	}
	for row := range were {
		if _, is := are[row]; !is {
			w.gone = append(w.gone, row)
		}
	}
	return known && knownToo
}

// byOID gives the options of memberships in a role; false if a name stands for no role. Before 16 there is no option but ADMIN.
func byOID(c *catalog.Catalog, role string, rows []catalog.Membership) (map[membership]catalog.Options, bool) {
	out := make(map[membership]catalog.Options, len(rows))
	for _, row := range rows {
		granted, member, grantor := c.Roles[role], c.Roles[row.Member], c.Roles[row.Grantor]
		if granted == nil || member == nil || grantor == nil {
			return nil, false
		}
		if !c.Server.GrantorsMatter() {
			row.Inherit, row.Set = true, true
		}
		out[membership{role: granted.OID, member: member.OID, grantor: grantor.OID}] = row.Options
	}
	return out, true
}

// areSeen tells whether the transaction has written what it was to write, and no one else anything since the snapshot.
func (w *membershipsWritten) areSeen(ctx context.Context, tx *transaction, since string) (bool, error) {
	var now string
	var total, left int64
	seen := map[membership]bool{}
	roles, members, grantors := w.columnsOfGone()
	err := tx.ask(ctx, asking(
		question{what: "working out what to read", sql: gen.ScopeStart},
		askSnapshot(&now),
		question{what: "reading memberships", sql: gen.MembershipsWritten, read: readWritten(seen)},
		question{what: "reading memberships", sql: gen.MembershipsLeft, args: []any{roles, members, grantors}, read: into(&total, &left)},
		question{what: "working out what to read", sql: gen.ScopeEnd},
	)...)
	if err != nil || total != w.total || left != 0 || len(seen) != len(w.written) {
		return false, err
	}
	for row := range seen {
		if !w.written[row] {
			return false, nil
		}
	}
	q := quiet{since: since}
	q.ended(tx.id)
	return q.lasts(now), nil
}

func (w *membershipsWritten) columnsOfGone() (roles, members, grantors []uint32) {
	roles, members, grantors = []uint32{}, []uint32{}, []uint32{}
	for _, row := range w.gone {
		roles, members, grantors = append(roles, row.role), append(members, row.member), append(grantors, row.grantor)
	}
	return roles, members, grantors
}

func readWritten(seen map[membership]bool) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var row gen.MembershipsWrittenRow
		return each(rows, []any{&row.Role, &row.Member, &row.Grantor, &row.Admin, &row.Inherit, &row.Set}, func() {
			options := catalog.Options{Admin: row.Admin, Inherit: row.Inherit, Set: row.Set}
			seen[membership{row.Role, row.Member, row.Grantor, options}] = true
		})
	}
}
