package executor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/wire"
	"pgsr/planner/script"
)

// applicationName is what pg_stat_activity shows of us, unless the connection says otherwise.
const applicationName = "pgsr"

// Connect connects to a database: by a URL or a string of keywords and values, as libpq takes them, or, if that is
// empty, as libpq's environment says (PGHOST, PGSERVICE, PGOPTIONS, .pgpass and so on). What such a string leaves out
// comes from there, too.
//
// No error shows a password, and for that reason no error shows the string. A string from which a password could be
// read wrongly, because a character in it is not percent-encoded, is refused. Where no connection is to be had, the
// error unwraps to a [*pgconn.ConnectError]: [FailureOf] and [MayPass] tell whether that may pass.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
func Connect(ctx context.Context, databaseURL string) (*pgx.Conn, error) {
	if err := wire.GivenContext(ctx); err != nil {
		return nil, err
	}
	if hasStrayAt(databaseURL) {
		return nil, errors.New("the database URL has an @ where none is expected: " +
			"one in a user name, a password or a database name has to be written %40")
	}
	if strings.HasPrefix(databaseURL, "jdbc:") {
		return nil, errors.New("the database URL is one of JDBC: leave out jdbc:, as in postgresql://USER@HOST/DATABASE " +
			"(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING)")
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, configError(databaseURL, err)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = applicationName
	}
	config.RuntimeParams["client_encoding"] = script.UTF8 // for what the server says before it is asked anything
	config.ValidateConnect = validateWithSafeSearchPath(config.ValidateConnect)
	conn, err := wire.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := wire.KnownVersion(conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

// hasStrayAt tells whether a URL's password may end before it seems to: an @, / or ? in it ends it, and what follows
// would be taken for a host or a database, and then be shown in an error.
func hasStrayAt(databaseURL string) bool {
	_, rest, isURL := strings.Cut(databaseURL, "://")
	if !isURL {
		return false
	}
	address, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(address, "/")
	switch strings.Count(authority, "@") {
	case 0:
		return strings.Contains(path, "@") || strings.Contains(authority, ":") && strings.Contains(query, "@")
	case 1:
		return strings.Contains(path, "@")
	}
	return true
}

// configError says what is wrong with the connection string without showing any of it. What pgx says has the string
// in front, between backticks, and behind it, in parentheses, words that may be taken from it.
func configError(databaseURL string, err error) error {
	parse, is := errors.AsType[*pgconn.ParseConfigError](err)
	if !is {
		return fmt.Errorf("reading the database URL: %w", err)
	}
	message := parse.Error()
	message = message[strings.LastIndex(message, "`: ")+len("`: "):]
	message, _, _ = strings.Cut(message, " (")
	if file, is := errors.AsType[*fs.PathError](err); is {
		message += ": " + file.Error()
	} else if message == "failed to read service" {
		message += ": the file (PGSERVICEFILE, else ~/.pg_service.conf) has no section for the one that PGSERVICE or service= names"
	}
	if databaseURL == "" {
		return fmt.Errorf("reading the environment's connection settings (PGHOST and others): %s", message)
	}
	if !strings.Contains(databaseURL, "://") && !strings.Contains(databaseURL, "=") {
		return errors.New("the database URL is none: write postgres://USER@HOST:PORT/DATABASE, or words as in host=HOST port=PORT user=USER dbname=DATABASE")
	}
	return fmt.Errorf("reading the database URL: %s "+
		"(what is special in a URL, such as / ? # @ : %%, has to be percent-encoded in a password)", message)
}
