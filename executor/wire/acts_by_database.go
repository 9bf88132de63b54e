package wire

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
)

// AsWhom asks as whom the session acts, and refuses what [ActsByDatabase] does.
func AsWhom(found *gen.SessionRow) Query {
	return Query{Doing: "reading as whom the session acts", SQL: gen.Session, Read: func(rows pgx.Rows) error {
		err := EachRow(func(row gen.SessionRow) { *found = row })(rows)
		if err == nil && found.ByDatabase {
			err = ActsByDatabase(found.SessionUserName, found.CurrentUserName)
		}
		return err
	}}
}

// ActsByDatabase refuses to act as the role that a setting of the database names, where a superuser connects. Whoever
// owns the database makes that setting, and would be given ADMIN OPTION on what is created.
// https://www.postgresql.org/docs/current/sql-alterdatabase.html
func ActsByDatabase(login, acting string) error {
	return &RefusedError{ForServer, fmt.Errorf("a setting of this database, which its owner can make (ALTER DATABASE ... SET role), has the superuser %q act as role %q here: "+
		`connect with PGOPTIONS="-c role=none" to act as %[1]q, or connect as %[2]q`, login, acting)}
}
