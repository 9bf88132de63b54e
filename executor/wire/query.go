package wire

import (
	"fmt"
	"iter"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/planner/lists"
)

// Query is a statement and what is done with its answer.
type Query struct {
	// Doing says what is done, for progress and errors: "reading roles".
	Doing string
	SQL   string
	// Args are sent as text, whose type the server takes from the statement.
	Args []any
	// ArgsLater gives them where they are worked out when all before is sent, while the server works.
	ArgsLater func() []any
	// Read takes the rows; nil drops them.
	Read func(pgx.Rows) error
	// Failed makes an error of one of the server's; nil: it is what is done, and then the server's.
	Failed func(error) error
	// Prepared makes it a prepared statement of the session, where those are allowed. It is for statements whose plan
	// is good for any arguments.
	Prepared bool
}

// Queries makes requests of queries.
func Queries(queries ...Query) []Request {
	return lists.Map(queries, func(q Query) Request { return q })
}

func (q Query) statements(types *pgtype.Map) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		values, err := q.encode(types)
		yield(statement{sql: q.SQL, values: values, prepared: q.Prepared, flush: true}, err)
	}
}

func (q Query) encode(types *pgtype.Map) ([][]byte, error) {
	if q.ArgsLater != nil {
		q.Args = q.ArgsLater()
	}
	values := make([][]byte, len(q.Args))
	for i, arg := range q.Args {
		known, ok := types.TypeForValue(arg)
		if !ok {
			return nil, fmt.Errorf("%s: there is no way to send a %T", q.Doing, arg)
		}
		var err error
		if values[i], err = types.Encode(known.OID, pgx.TextFormatCode, arg, []byte{}); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Doing, err)
		}
	}
	return values, nil
}

func (q Query) take(r *receiver) error {
	r.doing = q.Doing
	r.Tell(Progress{Doing: q.Doing})
	err := q.answer(r)
	switch {
	case err == nil:
		if q.Prepared {
			r.notePrepared(q.SQL)
		}
		return nil
	case q.Failed != nil:
		return q.Failed(err)
	}
	return fmt.Errorf("%s: %w", q.Doing, err)
}

func (q Query) answer(r *receiver) error {
	if q.Read == nil {
		return r.complete()
	}
	return q.Read(&rows{from: r})
}

// Into reads the one row of an answer into variables, by pointers to them.
func Into(fields ...any) func(pgx.Rows) error {
	return func(rows pgx.Rows) error { return Each(rows, fields, func() {}) }
}

// EachRow reads all rows, each into a struct that has their columns as its fields, as those of package gen do, and
// calls do with it.
func EachRow[R any](do func(R)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var row, empty R
		return Each(rows, FieldsOf(&row), func() {
			do(row)
			row = empty // whose lists are others next time
		})
	}
}

// Column reads the one column of an answer into a list.
func Column[T any](into *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	}
}

// FieldsOf gives pointers to the fields of a struct, for [Each].
func FieldsOf(row any) []any {
	value := reflect.ValueOf(row).Elem()
	fields := make([]any, value.NumField())
	for i := range fields {
		fields[i] = value.Field(i).Addr().Interface()
	}
	return fields
}

// Each reads all rows into the same variables, by pointers to them, and calls do after each.
func Each(rows pgx.Rows, fields []any, do func()) error {
	_, err := pgx.ForEachRow(rows, fields, func() error {
		do()
		return nil
	})
	return err
}
