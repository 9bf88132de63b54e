package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"maps"

	"github.com/jackc/pgx/v5"
)

// preparedStatements are those of a session that are ours: parsed, analyzed and planned once. For a small scope that
// takes the server ten times as long as running them.
// https://www.postgresql.org/docs/current/sql-prepare.html
//
// Like pgx's own, they are only used where [pgx.ConnConfig] says so: who connects through a pooler that gives each
// transaction another session turns them off, or is found to. A session may lose them, by DISCARD ALL for one.
type preparedStatements struct {
	allowed bool
	// session is the process ID of the session that has them; 0: none has so far.
	session int32
	// names has, by text, those that the session is known to have.
	names map[string]string
}

// preparedKey is where a connection has its [preparedStatements].
const preparedKey = "pgsr.prepared"

// preparedOn gives the prepared statements of a connection.
func preparedOn(conn *pgx.Conn) *preparedStatements {
	data := conn.PgConn().CustomData()
	p, known := data[preparedKey].(*preparedStatements)
	if !known {
		config := conn.Config()
		p = &preparedStatements{
			allowed: config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement && config.StatementCacheCapacity > 0,
			names:   map[string]string{},
		}
		data[preparedKey] = p
	}
	return p
}

// Prepares tells whether a session keeps what [Query.Prepared] asks it to.
func Prepares(conn *pgx.Conn) bool { return preparedOn(conn).allowed }

// naming gives statements the names under which the session has them, or is to prepare them. Meanwhile others may note
// what the session was found to have.
func (p *preparedStatements) naming(statements iter.Seq2[statement, error]) iter.Seq2[statement, error] {
	if !p.allowed {
		return statements
	}
	names := maps.Clone(p.names)
	return func(yield func(statement, error) bool) {
		for s, err := range statements {
			if s.prepared {
				if s.name = names[s.sql]; s.name == "" {
					s.name, s.prepare = preparedName(s.sql), true
					names[s.sql] = s.name
				}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// preparedName makes a name from the text, so that it never stands for another statement, whoever uses the session.
func preparedName(sql string) string {
	digest := sha256.Sum256([]byte(sql))
	return "pgsr_" + hex.EncodeToString(digest[:16])
}

// notePrepared notes that the session has answered a prepared statement, and so has it.
func (r *receiver) notePrepared(sql string) {
	r.known = true
	if r.prepared.allowed && r.prepared.names[sql] == "" {
		r.prepared.names[sql] = preparedName(sql)
	}
}

// errOtherSession says that a pooler has given a transaction another session than the one before.
var errOtherSession = errors.New("a pooler has given the connection another session")

// readSession reads which session a transaction is in, before anything else is read in it.
func (p *preparedStatements) readSession(rows pgx.Rows) error {
	session, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (pid int32, err error) {
		columns := make([]any, len(row.FieldDescriptions()))
		for i := range columns {
			columns[i] = new(string)
		}
		columns[len(columns)-1] = &pid
		err = row.Scan(columns...)
		return pid, err
	})
	if err == nil && p.session != 0 && p.session != session {
		return errOtherSession
	}
	p.session = session
	return err
}

// leave notes that each transaction may be in another session.
func (p *preparedStatements) leave() {
	p.forget()
	p.allowed, p.session = false, 0
}

// forget notes that the session may have none any more.
func (p *preparedStatements) forget() { clear(p.names) }

// IsForgotten tells whether the session does not have a prepared statement that it had: invalid_sql_statement_name.
func IsForgotten(err error) bool { return SQLState(err) == "26000" }
