package executor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
)

// Inspect reads the part of a cluster that a scope asks for, in one snapshot and one round trip, on a connection that is outside of a
// transaction. How many questions that takes does not depend on the scope. It changes nothing but one thing: the connection
// then knows settings named pgsr.*, all empty.
//
// What is in the scope and does not exist is not in the catalog. A role that is named by an ACL or a membership, and was dropped
// since, has its OID for a name. The errors are the server's and the connection's, each with what was being read.
func Inspect(ctx context.Context, conn *pgx.Conn, scope catalog.Scope) (*catalog.Catalog, error) {
	return inspectAlone(ctx, line{conn: conn}, scope)
}

// inspectAlone does what [Inspect] does, and asks something more in the same snapshot.
func inspectAlone(ctx context.Context, l line, scope catalog.Scope, along ...request) (*catalog.Catalog, error) {
	if l.conn.PgConn().TxStatus() != 'I' {
		return nil, errors.New("inspecting: the connection is in a transaction")
	}
	i := newInspection(scope)
	requests := slices.Concat(
		asking(question{what: "beginning to read", sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}),
		asking(i.questions()...),
		along,
		asking(question{what: "ending to read", sql: "COMMIT"}),
	)
	if err := l.ask(ctx, requests...); err != nil {
		return nil, errors.Join(err, abandon(l.conn))
	}
	return i.finish(), nil
}

// inspectIn does what [Inspect] does within a transaction that writes, in which each question is asked once. Of what
// has changed in the meantime a transaction that is READ COMMITTED sees some and not other: what must not change has to be locked.
func inspectIn(ctx context.Context, tx *transaction, scope catalog.Scope) (*catalog.Catalog, error) {
	i := newInspection(scope)
	if err := tx.ask(ctx, asking(i.questions()...)...); err != nil {
		return nil, err
	}
	return i.finish(), nil
}

// abandon ends a transaction that is not to be committed, on a connection that still lives. The context of what failed may be over.
func abandon(conn *pgx.Conn) error {
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := conn.PgConn().Exec(ctx, "ROLLBACK").Close()
	if err != nil {
		hangUp(conn) // which rolls back as well
	}
	return err
}
