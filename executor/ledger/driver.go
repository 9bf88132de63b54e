package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"pgsr/planner/lists"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// oneSession lets database/sql, which goose works with, work in the transaction that a connection is in: on the same
// session, with its settings, and all or nothing. Its own transactions are parts of that one, which ends when one of
// them fails.
type oneSession struct {
	conn   *pgx.Conn
	giveUp context.CancelCauseFunc
}

// Connect gives the connection that there is.
func (w *oneSession) Connect(context.Context) (driver.Conn, error) { return w, nil }

// Driver is there because database/sql asks for one.
func (w *oneSession) Driver() driver.Driver { return nil }

// Close leaves the connection to whoever made it.
func (w *oneSession) Close() error { return nil }

// Prepare refuses: a pooler may have given the name to another session.
func (w *oneSession) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("nothing is prepared here")
}

// Begin begins a part of the transaction.
func (w *oneSession) Begin() (driver.Tx, error) { return w, nil }

// BeginTx begins a part of the transaction.
func (w *oneSession) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return w, nil }

// Commit ends a part that went well.
func (w *oneSession) Commit() error { return nil }

// Rollback ends all: what failed is not tried again.
func (w *oneSession) Rollback() error {
	w.giveUp(errors.New("a part of it failed"))
	return nil
}

// ExecContext runs a statement that has no name on the server.
func (w *oneSession) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := w.conn.Exec(ctx, query, unnamed(args)...)
	return driver.RowsAffected(tag.RowsAffected()), w.noted(err)
}

// QueryContext asks by a statement that has no name on the server. All rows are read at once: there are few.
func (w *oneSession) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	answer, err := w.conn.Query(ctx, query, unnamed(args)...)
	if err != nil {
		return nil, w.noted(err)
	}
	r := &fewRows{columns: lists.Map(answer.FieldDescriptions(), func(column pgconn.FieldDescription) string { return column.Name })}
	r.rows, err = pgx.CollectRows(answer, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	return r, w.noted(err)
}

// noted ends all after an error: the server does nothing more in this transaction.
func (w *oneSession) noted(err error) error {
	if err != nil {
		w.giveUp(err)
	}
	return err
}

// unnamed are arguments for a statement that is not prepared.
func unnamed(args []driver.NamedValue) []any {
	all := []any{pgx.QueryExecModeExec}
	for _, arg := range args {
		all = append(all, arg.Value)
	}
	return all
}

// fewRows are rows that were all read.
type fewRows struct {
	columns []string
	rows    [][]any
}

// Columns names the columns.
func (r *fewRows) Columns() []string { return r.columns }

// Close has nothing to close.
func (r *fewRows) Close() error { return nil }

// Next gives the next row, or [io.EOF].
func (r *fewRows) Next(values []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	if len(values) != len(r.rows[0]) {
		return fmt.Errorf("a row has %d columns, not %d", len(r.rows[0]), len(values))
	}
	for i, value := range r.rows[0] {
		values[i] = value
	}
	r.rows = r.rows[1:]
	return nil
}
