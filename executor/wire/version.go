package wire

import (
	"fmt"
	"math"
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
	return checkVersion(conn.PgConn().ParameterStatus("server_version"))
}

// Major gives the major version of a server, as it says it unasked. One that cannot be read counts as new.
func Major(conn *pgx.Conn) int { return majorOf(conn.PgConn().ParameterStatus("server_version")) }

func majorOf(version string) int {
	digits := strings.IndexFunc(version+".", func(r rune) bool { return !unicode.IsDigit(r) })
	major, err := strconv.Atoi(version[:digits])
	if err != nil {
		return math.MaxInt
	}
	return major
}

func checkVersion(version string) error {
	if majorOf(version) < oldestServer {
		return &RefusedError{ForServer, fmt.Errorf("the server is PostgreSQL %s: pgsr works with %d and later", version, oldestServer)}
	}
	return nil
}
