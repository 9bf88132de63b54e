package executor

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// request is something to send, and what is done with the answers to it: a [question], or the [steps] of a plan.
type request interface {
	send(*pgtype.Map, *pgconn.Batch) error
	take(*pgtype.Map, *pgconn.MultiResultReader) error
}

// ask sends all requests in one round trip, and each sees what those before it did. After the first that fails, the server does no other.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
//
// It goes below pgx's own batches because those prepare every statement first, which takes a round trip more and nine times as long, or get
// text where binary is shorter; and because a prepared statement would at some time be planned for any scope instead of the
// one at hand. https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
func ask(ctx context.Context, conn *pgx.Conn, requests ...request) error {
	batch := &pgconn.Batch{}
	for _, r := range requests {
		if err := r.send(conn.TypeMap(), batch); err != nil {
			return err
		}
	}
	answers := conn.PgConn().ExecBatch(ctx, batch)
	for _, r := range requests {
		if err := r.take(conn.TypeMap(), answers); err != nil {
			_ = answers.Close() // which has no more to say
			return err
		}
	}
	return answers.Close()
}
