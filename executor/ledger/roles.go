package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/script"
)

// Roles gives, in order, the roles that what was applied has created or altered, as far as they are there; none where
// there is no ledger, or none that may be read and believed. The connection must not be in a transaction.
func Roles(ctx context.Context, conn *pgx.Conn, owners ...string) ([]string, error) {
	if err := wire.OutsideTransaction(conn); err != nil {
		return nil, err
	}
	s := wire.Session{Conn: conn}
	var state State
	err := s.RoundTrip(ctx, append(wire.Begin(conn, script.ReadOnly), Look(&state, owners))...)
	if err != nil || state.mayBeRead() != nil {
		_ = wire.Rollback(conn) // whose error says nothing that the first one did not
		return nil, err
	}
	var known, there []string
	const doing = "reading which roles the ledger knows"
	err = s.RoundTrip(ctx, wire.Query{Doing: doing, SQL: gen.LedgerRoles, Read: func(rows pgx.Rows) error {
		var quoted string
		return wire.Each(rows, []any{&quoted}, func() {
			if name, ok := script.Unquote(quoted); ok {
				known = append(known, name)
			}
		})
	}})
	if err == nil {
		err = s.RoundTrip(ctx, wire.Query{Doing: doing, SQL: gen.RolesThere, Args: []any{wire.Names(known)}, Read: func(rows pgx.Rows) error {
			var name string
			return wire.Each(rows, []any{&name}, func() { there = append(there, name) })
		}}, wire.End)
	}
	if err != nil {
		_ = wire.Rollback(conn)
	}
	return there, err
}
