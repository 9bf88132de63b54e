package wire

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
)

// oldestServer is the first major version that all our queries are for.
const oldestServer = 10

// KnownVersion refuses a server that is too old. It says its version unasked, before anything could fail on it, and a
// pooler says it on its behalf.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC
func KnownVersion(conn *pgx.Conn) error {
	return mayServe(conn.PgConn().ParameterStatus("server_version"))
}

// mayServe takes for new enough what it cannot read.
func mayServe(version string) error {
	digits := strings.IndexFunc(version+".", func(r rune) bool { return !unicode.IsDigit(r) })
	if major, err := strconv.Atoi(version[:digits]); err == nil && major < oldestServer {
		return fmt.Errorf("the server is PostgreSQL %s: pgsr works with %d and later", version, oldestServer)
	}
	return nil
}
