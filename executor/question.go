package executor

import (
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// question is a statement and what is done with its answer.
type question struct {
	// what is done, for an error: "reading roles".
	what string
	sql  string
	// args are sent as text, whose type the server takes from the statement.
	args []any
	// argsLater gives args that take long to work out: only when all before is sent, so that the server is busy
	// meanwhile.
	argsLater func() []any
	// read takes the rows; nil drops them.
	read func(pgx.Rows) error
	// failed makes an error of one of the server's; nil: it is what is done, and then the server's.
	failed func(error) error
	// kept says that the session is to keep the statement, if it may keep any: its plan is good for whatever it is
	// asked about. See [kept].
	kept bool
}

// asking makes requests of questions.
func asking(questions ...question) []request {
	all := make([]request, len(questions))
	for i, q := range questions {
		all[i] = q
	}
	return all
}

func (q question) statements(types *pgtype.Map) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		args := q.args
		if q.argsLater != nil {
			args = q.argsLater()
		}
		values, err := q.encode(types, args)
		yield(statement{sql: q.sql, values: values, kept: q.kept, flush: true}, err)
	}
}

func (q question) encode(types *pgtype.Map, args []any) ([][]byte, error) {
	values := make([][]byte, len(args))
	for i, arg := range args {
		known, ok := types.TypeForValue(arg)
		if !ok {
			return nil, fmt.Errorf("%s: there is no way to send a %T", q.what, arg)
		}
		var err error
		if values[i], err = types.Encode(known.OID, pgx.TextFormatCode, arg, []byte{}); err != nil {
			return nil, fmt.Errorf("%s: %w", q.what, err)
		}
	}
	return values, nil
}

func (q question) take(a *inbox) error {
	a.tell(Progress{Doing: q.what})
	err := q.answer(a)
	switch {
	case err == nil:
		if q.kept {
			a.keeps(q.sql)
		}
		return nil
	case q.failed != nil:
		return q.failed(err)
	}
	return fmt.Errorf("%s: %w", q.what, err)
}

func (q question) answer(a *inbox) error {
	if q.read == nil {
		_, err := a.complete()
		return err
	}
	return q.read(&rows{from: a})
}

// into reads the one row that a question has into variables, by pointers to them.
func into(fields ...any) func(pgx.Rows) error {
	return func(rows pgx.Rows) error { return each(rows, fields, func() {}) }
}

// each reads all rows into one variable, through pointers to its fields, and calls do after each.
func each(rows pgx.Rows, fields []any, do func()) error {
	_, err := pgx.ForEachRow(rows, fields, func() error {
		do()
		return nil
	})
	return err
}
