package executor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// question is a statement and what is done with its answer.
type question struct {
	// what is done, for an error: "reading roles".
	what string
	sql  string
	// args are lists of names, and booleans.
	args []any
	// read takes the rows; nil drops them.
	read func(pgx.Rows) error
}

// ask asks all questions in one round trip. It goes below pgx's own batches because those prepare every statement first, which takes
// a round trip more, or get text where binary is shorter; and because a prepared statement would at some time be planned for
// any scope instead of the one at hand. https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
func ask(ctx context.Context, conn *pgx.Conn, questions []question) error {
	batch := &pgconn.Batch{}
	for _, q := range questions {
		values, err := encode(conn.TypeMap(), q.args)
		if err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
		batch.ExecParams(q.sql, values, nil, nil, []int16{pgx.BinaryFormatCode})
	}
	answers := conn.PgConn().ExecBatch(ctx, batch)
	for _, q := range questions {
		if err := q.take(conn.TypeMap(), answers); err != nil {
			answers.Close()
			return fmt.Errorf("%s: %w", q.what, err)
		}
	}
	return answers.Close()
}

// take reads the answer to one question.
func (q question) take(types *pgtype.Map, answers *pgconn.MultiResultReader) error {
	if !answers.NextResult() {
		return answers.Close()
	}
	if q.read == nil {
		_, err := answers.ResultReader().Close()
		return err
	}
	return q.read(pgx.RowsFromResultReader(types, answers.ResultReader()))
}

// encode writes arguments as text, whose type the server takes from the statement.
func encode(types *pgtype.Map, args []any) ([][]byte, error) {
	values := make([][]byte, len(args))
	for i, arg := range args {
		oid := uint32(pgtype.TextArrayOID)
		if _, ok := arg.(bool); ok {
			oid = pgtype.BoolOID
		}
		var err error
		if values[i], err = types.Encode(oid, pgx.TextFormatCode, arg, []byte{}); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// each reads all rows into one variable, through pointers to its fields, and calls do after each.
func each(rows pgx.Rows, fields []any, do func()) error {
	_, err := pgx.ForEachRow(rows, fields, func() error {
		do()
		return nil
	})
	return err
}
