package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// hinted puts a sentence in front of a connection error that says what to do. IsNamed tells that the flags or the
// environment name the server.
func hinted(err error, isNamed bool) error {
	if hint := connectionHint(err, isNamed); hint != "" {
		return fmt.Errorf("%s: %w", hint, err)
	}
	return err
}

// connectionHint says what to do about an error of connecting; empty where the error says it all.
func connectionHint(err error, isNamed bool) string {
	if server, is := errors.AsType[*pgconn.PgError](err); is {
		return serverHint(server, refusesTLS(err))
	}
	switch {
	case errors.As(err, new(*net.DNSError)):
		return "the host's name is not known: look for a slip in --database-url, PGSR_DATABASE_URL or PGHOST"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return "the server's certificate is not trusted: name the one that signed it by sslrootcert=FILE (sslmode says how much is checked)"
	case refusesTLS(err):
		return "the server has no TLS: turn it on there, or, in a network that you trust, connect with sslmode=prefer"
	case !isUnanswered(err):
		return ""
	case !isNamed:
		return "no server answers, and none was named: say where it is by --database-url, PGSR_DATABASE_URL or PGHOST " +
			"(pgsr demo shows all of it on a PostgreSQL of its own)"
	}
	return "no server answers there: see that it runs, listens at that address, and that host and port are right"
}

// refusesTLS tells whether the server was asked for TLS and has none.
func refusesTLS(err error) bool {
	failed, is := errors.AsType[*pgconn.ConnectError](err)
	return is && strings.Contains(failed.Error(), "refused TLS")
}

// isUnanswered tells whether there was nobody at the address.
func isUnanswered(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// serverHint says what to do about a server's refusal. RefusesTLS tells that the server refused TLS before.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func serverHint(err *pgconn.PgError, refusesTLS bool) string {
	switch err.Code {
	case "28P01":
		return "the server does not take the password, or got none: it comes from the URL, else PGPASSWORD, else the password file (~/.pgpass)"
	case "28000":
		if isUnencrypted(err) && !refusesTLS {
			return "the server may want TLS: connect with sslmode=require"
		}
		return "the server lets nobody in that way: see that there is such a role, that it may log in (LOGIN), and that pg_hba.conf lets it in from this address to this database"
	case "42704", "42601", "22023": // it has not begun to run statements
		return "the server does not take a setting that comes with the connection: look for a slip in PGOPTIONS, and behind the ? of the URL"
	case "3D000":
		return "there is no such database: name another one in the URL, or by PGDATABASE (psql -l lists them)"
	case "53300":
		return connectionsHint(err.Routine)
	case "08P01":
		return poolerHint(err.Message)
	case "57P03":
		return "the server does not take connections yet: try again in a moment"
	}
	return ""
}

// isUnencrypted tells whether pg_hba.conf refuses a connection that has no encryption. The server may speak any
// language (lc_messages): in each it names the encryption by these letters, and the routine is not translated.
func isUnencrypted(err *pgconn.PgError) bool {
	return err.Routine == "ClientAuthentication" && !strings.Contains(err.Message, "SSL") && !strings.Contains(err.Message, "GSS")
}

// connectionsHint says what to do where a limit of connections is reached, by the server's routine for whose it is.
func connectionsHint(routine string) string {
	whose := map[string]string{"InitializeSessionUserId": "role", "CheckMyDatabase": "database"}[routine]
	if whose == "" {
		return "the server has no connection left: try again later"
	}
	return "the " + whose + " has no connection left: try again later, or see to its CONNECTION LIMIT"
}

// poolerHint says what to do about what PgBouncer answers.
func poolerHint(message string) string {
	switch {
	case strings.Contains(message, "unsupported startup parameter"):
		return "the pooler does not take these PGOPTIONS: leave them out, or connect directly (--lock-timeout and --statement-timeout work through it)"
	case strings.Contains(message, "no such database"):
		return "the pooler knows no such database: add it to [databases] in its configuration, or connect directly"
	case strings.Contains(message, "authentication failed"), strings.Contains(message, "no such user"):
		return "the pooler does not let this login in: see to its auth_file or auth_query, and to the password"
	case strings.Contains(message, "server down"), strings.Contains(message, "server_login"):
		return "the pooler does not reach the server: see that the server runs, and what the pooler's log says"
	}
	return ""
}

// idleHint says what helps where the server has ended the session of someone who had not answered yet
// (idle_session_timeout); empty for other errors.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-SESSION-TIMEOUT
func idleHint(err error) string {
	if server, is := errors.AsType[*pgconn.PgError](err); !is || server.Code != "57P05" {
		return ""
	}
	return `, and answer sooner, or connect with PGOPTIONS="-c idle_session_timeout=0"`
}

// timeoutHint names the setting that limits statements, if one took too long; empty for other errors. What was canceled
// has the same code: a server of another language may mean that.
func timeoutHint(err error) string {
	server, is := errors.AsType[*pgconn.PgError](err)
	if !is || server.Code != "57014" {
		return ""
	}
	const whose = "that of --statement-timeout, else statement_timeout of PGOPTIONS, the role, the database or the server"
	switch {
	case strings.Contains(server.Message, "statement timeout"):
		return "\nthe timeout is " + whose
	case !strings.Contains(server.Message, "canceling statement"):
		return "\nif that was a timeout, it is " + whose
	}
	return ""
}
