package executor

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
)

// unreadableError is that something cannot be read which is not in the spec. Roles belong to the cluster, and their
// names have the encoding of the database in which they were made.
type unreadableError struct {
	encoding string
	// roles are those whose names cannot be read, by OID and bytes; empty: that is not known.
	roles []string
	err   error
}

func (e *unreadableError) Error() string {
	if len(e.roles) == 0 {
		return fmt.Sprintf("a name or a comment that was made in a database of another encoding cannot be read in this one, which has %s: connect to the other: %v", e.encoding, e.err)
	}
	return fmt.Sprintf("the name of %s was made in a database of another encoding, and cannot be read in this one, which has %s: "+
		"connect to a database of that encoding, and rename or drop the role there: %v", lists.First(e.roles, resolve.FewNames, len(e.roles)), e.encoding, e.err)
}

func (e *unreadableError) Unwrap() error { return e.err }

// isUntranslatable tells whether a text could not be brought from one encoding into another: untranslatable_character
// and character_not_in_repertoire. https://www.postgresql.org/docs/current/errcodes-appendix.html
func isUntranslatable(err error) bool {
	return slices.Contains([]string{"22P05", "22021"}, wire.SQLState(err))
}

// unreadable explains why something cannot be read, and asks whose name that may be.
func unreadable(ctx context.Context, conn *pgx.Conn, err error) error {
	if !isUntranslatable(err) || errors.As(err, new(*unreadableError)) || errors.As(err, new(*DatabaseError)) {
		return err
	}
	explained := &unreadableError{encoding: conn.PgConn().ParameterStatus("server_encoding"), err: err}
	if explained.encoding == script.UTF8 && wire.Usable(ctx, conn) == nil {
		explained.roles = unreadableRoles(ctx, conn)
	}
	return explained
}

// unreadableRoles names the roles whose names are not UTF-8; none, if that cannot be asked.
func unreadableRoles(ctx context.Context, conn *pgx.Conn) []string {
	var roles []string
	failed := wire.Session{Conn: conn}.Read(ctx, wire.Query{
		Doing: "looking for names that cannot be read", SQL: gen.NamesInBytes, Read: wire.EachRow(func(row gen.NamesInBytesRow) {
			if name, err := hex.DecodeString(row.Name); err == nil && !utf8.Valid(name) {
				roles = append(roles, fmt.Sprintf("role %d (%q)", row.Oid, name))
			}
		}),
	})
	if failed != nil {
		return nil
	}
	return roles
}
