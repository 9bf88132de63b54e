package executor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Inspect reads the part of a cluster that a scope asks for, in one snapshot, on a connection that is outside of a
// transaction. That takes one round trip, or two for a scope of many roles, or of all that is in a schema, that is
// nevertheless a small part of the cluster; how many questions it takes does not depend on the scope. It changes
// nothing but two things: the connection then knows settings named pgsr.*, all empty, and, where pgx is set to keep
// prepared statements, as it is by default, some of ours.
//
// The catalog holds what the scope asks for, and may hold more: of a scope that is most of a cluster, all is read.
// What is in the scope and does not exist is not in it. A role that is named by an ACL or a membership, and was
// dropped since, has its OID for a name. The errors are the server's and the connection's, each with what was being
// read.
func Inspect(ctx context.Context, conn *pgx.Conn, scope catalog.Scope) (*catalog.Catalog, error) {
	return inspectAlone(ctx, line{conn: conn}, scope, &extent{})
}

// inspectAlone does what [Inspect] does, and asks something more in the same snapshot.
func inspectAlone(ctx context.Context, l line, scope catalog.Scope, e *extent, along ...request) (*catalog.Catalog, error) {
	if err := outsideTransaction(l.conn); err != nil {
		return nil, err
	}
	run := func(questions []question) error {
		return l.ask(ctx, slices.Concat(
			opening(l.conn, script.Reading),
			asking(questions...),
			along,
			asking(closing),
		)...)
	}
	c, err := inspecting(l.conn, scope, e, run)
	if isForgotten(err) && abandon(l.conn) == nil { // a session that had some of what it was to keep, and not all
		c, err = inspecting(l.conn, scope, e, run)
	}
	if err != nil {
		return nil, errors.Join(err, abandon(l.conn))
	}
	return c, nil
}

// inspectIn does what [Inspect] does within a transaction that writes, in which each question is asked once. Of what
// has changed in the meantime a transaction that is READ COMMITTED sees some and not other: what must not change has
// to be locked.
func inspectIn(ctx context.Context, tx *transaction, scope catalog.Scope, e *extent) (*catalog.Catalog, error) {
	return inspecting(tx.conn, scope, e, func(questions []question) error { return tx.ask(ctx, asking(questions...)...) })
}

// inspecting asks for everything where that may be less work, and, if it was not, for what belongs to the scope.
func inspecting(conn *pgx.Conn, scope catalog.Scope, e *extent, run func([]question) error) (*catalog.Catalog, error) {
	i := newInspection(conn, scope, *e)
	if e.mayBeWhole(scope) {
		if err := run(i.readingAll()); err != nil {
			return nil, err
		}
		*e = i.extent
		e.known = true
		if e.whole {
			return i.finish(), nil
		}
		i = newInspection(conn, scope, *e)
	}
	if err := run(i.questions()); err != nil {
		return nil, err
	}
	return i.finish(), nil
}

// abandon ends a transaction that is not to be committed, on a connection that still lives. The context of what
// failed may be over.
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
