package wire

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows are those of one answer. They are what pgx's functions that read rows take.
type rows struct {
	from    *receiver
	columns []pgconn.FieldDescription
	// values are those of the current row, until the next is read.
	values [][]byte
	// plans say how to read each column into what is given for it, which is the same for each row.
	plans []pgtype.ScanPlan
	tag   pgconn.CommandTag
	err   error
	ended bool
}

var _ pgx.Rows = (*rows)(nil)

// Next goes to the next row, if there is one.
func (r *rows) Next() bool {
	for !r.ended {
		message, err := r.from.next()
		if err != nil {
			r.err, r.ended = err, true
			return false
		}
		switch m := message.(type) {
		case *pgproto3.RowDescription:
			r.describe(m)
		case *pgproto3.DataRow:
			r.values = m.Values
			return true
		case *pgproto3.CommandComplete:
			r.tag, r.ended = pgconn.NewCommandTag(string(m.CommandTag)), true
		}
	}
	return false
}

func (r *rows) describe(m *pgproto3.RowDescription) {
	r.columns = make([]pgconn.FieldDescription, 0, len(m.Fields))
	for _, f := range m.Fields {
		r.columns = append(r.columns, pgconn.FieldDescription{
			Name: string(f.Name), TableOID: f.TableOID, TableAttributeNumber: f.TableAttributeNumber, DataTypeOID: f.DataTypeOID,
			DataTypeSize: f.DataTypeSize, TypeModifier: f.TypeModifier, Format: f.Format,
		})
	}
}

// Scan reads the current row into variables, by pointers to them.
func (r *rows) Scan(fields ...any) error {
	if len(fields) != len(r.columns) {
		return fmt.Errorf("a row has %d columns, not %d", len(r.columns), len(fields))
	}
	if r.plans == nil {
		r.plans = make([]pgtype.ScanPlan, 0, len(fields))
		for i, c := range r.columns {
			r.plans = append(r.plans, r.TypeMap().PlanScan(c.DataTypeOID, c.Format, fields[i]))
		}
	}
	for i, plan := range r.plans {
		if err := plan.Scan(r.values[i], fields[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i].Name, err)
		}
	}
	return nil
}

// Values is what nobody asks for: what a column holds is known.
func (r *rows) Values() ([]any, error) { return nil, errors.ErrUnsupported }

// Close reads what is left.
func (r *rows) Close() {
	for r.Next() {
		continue
	}
}

// Err tells what went wrong.
func (r *rows) Err() error { return r.err }

// CommandTag is known when all rows are read.
func (r *rows) CommandTag() pgconn.CommandTag { return r.tag }

// FieldDescriptions tells the columns.
func (r *rows) FieldDescriptions() []pgconn.FieldDescription { return r.columns }

// RawValues gives the current row as the server sent it.
func (r *rows) RawValues() [][]byte { return r.values }

// Conn is the connection, which is busy until all rows are read.
func (r *rows) Conn() *pgx.Conn { return r.from.Conn }

// TypeMap says how values are read.
func (r *rows) TypeMap() *pgtype.Map { return r.from.Conn.TypeMap() }
