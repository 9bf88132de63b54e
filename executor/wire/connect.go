package wire

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Connect connects by a configuration. Its error says to what, as whom, and what came of each attempt.
func Connect(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if failed, is := errors.AsType[*pgconn.ConnectError](err); is {
		return nil, &connectError{failed}
	}
	return conn, err
}

// connectError says it in other words than pgx, which names a database and a role that it was not given, and first of
// all an attempt with TLS that the server refused.
type connectError struct{ failed *pgconn.ConnectError }

// Error says what was tried, and each thing that came of it once.
func (e *connectError) Error() string {
	text := "connecting"
	if name := e.failed.Config.Database; name != "" {
		text += fmt.Sprintf(" to database %q", name)
	}
	if name := e.failed.Config.User; name != "" {
		text += fmt.Sprintf(" as role %q", name)
	}
	all := attempts(e.failed.Unwrap().Error())
	if len(all) == 1 {
		return text + ": " + all[0]
	}
	return text + ":\n\t" + strings.Join(all, "\n\t")
}

// Unwrap gives what pgx says.
func (e *connectError) Unwrap() error { return e.failed }

// attempts gives what came of connecting, a line each: none twice, and no TLS that was refused where there was another
// attempt at the same address, without TLS (sslmode=prefer).
func attempts(said string) []string {
	const refused = "tls error: server refused TLS connection"
	lines := strings.Split(strings.TrimPrefix(said, "hostname resolving error: "), "\n")
	var kept []string
	for i, line := range lines {
		address, isRefused := strings.CutSuffix(line, refused)
		isTriedWithout := isRefused && slices.ContainsFunc(lines, func(other string) bool { return strings.HasPrefix(other, address) && other != line })
		if !isTriedWithout && !slices.Contains(lines[:i], line) {
			kept = append(kept, line)
		}
	}
	return kept
}
