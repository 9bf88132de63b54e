package executor

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"maps"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// kept are the statements that a session keeps, parsed, analyzed and planned: for a small scope that takes the server
// ten times as long as running them. A statement that is not kept is planned each time anew.
// https://www.postgresql.org/docs/current/sql-prepare.html
//
// Like pgx's own, they are only kept where [pgx.ConnConfig] says so, which those change whose pooler gives each
// transaction another session. Others may make the session forget them, with DISCARD ALL for one.
type kept struct {
	// on tells whether any are.
	on bool
	// names are those of the statements, by their texts, of those that the session is known to have.
	names map[string]string
}

// keptKey is where a connection has its kept statements.
const keptKey = "pgsr.kept"

// keptOn gives the statements that are kept on a connection.
func keptOn(conn *pgx.Conn) *kept {
	data := conn.PgConn().CustomData()
	k, known := data[keptKey].(*kept)
	if !known {
		config := conn.Config()
		k = &kept{on: config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement && config.StatementCacheCapacity > 0, names: map[string]string{}}
		data[keptKey] = k
	}
	return k
}

// naming names those of some statements that are to be kept, and notes which the session does not have yet. Meanwhile
// others may note what it is found to have.
func (k *kept) naming(statements iter.Seq2[statement, error]) iter.Seq2[statement, error] {
	if k == nil || !k.on {
		return statements
	}
	names := maps.Clone(k.names)
	return func(yield func(statement, error) bool) {
		for s, err := range statements {
			if s.kept {
				if s.name = names[s.sql]; s.name == "" {
					s.name, s.prepare = keptName(s.sql), true
					names[s.sql] = s.name
				}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// keptName makes the name from the text, so that it never stands for another one, whoever else uses the session.
func keptName(sql string) string {
	digest := sha256.Sum256([]byte(sql))
	return "pgsr_" + hex.EncodeToString(digest[:16])
}

// keeps notes that the session has answered a statement that it is to keep.
func (a *inbox) keeps(sql string) {
	a.known = true
	if a.kept != nil && a.kept.on && a.kept.names[sql] == "" {
		a.kept.names[sql] = keptName(sql)
	}
}

// forget notes that the session may have none any more.
func (k *kept) forget() { clear(k.names) }

// isForgotten tells whether the session does not have a statement that it had: invalid_sql_statement_name.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func isForgotten(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == "26000"
}
