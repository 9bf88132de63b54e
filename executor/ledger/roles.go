package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Roles gives, in order, the roles that what was applied has created or altered, as far as they are there; none where
// there is no ledger, or none that may be read and believed by the role as which is asked. If that one may read it, and
// the one that connects may not, hidden says so. The connection must not be in a transaction.
func Roles(ctx context.Context, conn *pgx.Conn, as catalog.As, owners ...string) (there []string, hidden string, err error) {
	if err := wire.CheckOutsideTransaction(conn); err != nil {
		return nil, "", err
	}
	s := wire.Session{Conn: conn}
	var state, own State
	err = s.RoundTrip(ctx, append(wire.Begin(conn, script.ReadOnly), LookAs(&state, owners, as), Look(&own, owners))...)
	if err == nil && state.checkMayBeRead() == nil {
		if forbidden := own.allowed("read", catalog.Select, own.MayRead); forbidden == nil {
			there, err = rolesIn(ctx, s)
			return there, "", err
		} else {
			hidden = forbidden.Error()
		}
	}
	_ = wire.Rollback(conn) // whose error says nothing that the first one did not
	return nil, hidden, err
}

// rolesIn reads the ledger, and ends the transaction.
func rolesIn(ctx context.Context, s wire.Session) ([]string, error) {
	var known, there []string
	const doing = "reading which roles the ledger knows"
	err := s.RoundTrip(ctx, wire.Query{Doing: doing, SQL: gen.LedgerRoles, Read: func(rows pgx.Rows) error {
		var quoted string
		return wire.Each(rows, []any{&quoted}, func() {
			if name, ok := script.Unquote(quoted); ok {
				known = append(known, name)
			}
		})
	}})
	if err == nil {
		err = s.RoundTrip(ctx, wire.Query{Doing: doing, SQL: gen.RolesThere, Args: []any{wire.Names(known)}, Read: wire.Column(&there)}, wire.End)
	}
	if err != nil {
		_ = wire.Rollback(s.Conn)
	}
	return there, err
}
