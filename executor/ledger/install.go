package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/schema"
)

// installLock is the key of the advisory lock under which one session at a time installs: "pgsr" in ASCII, and 1. It
// is not the key under which plans run: the two do not get into each other's way.
const installLock = 0x70677372_00000001

// Install makes the ledger in the connection's database, or brings the one that is there up to date, and
// returns its version before and after: 0 before where there was none, and the same twice when there was nothing to
// do. Any number may do so at a time. All of it is one transaction. Owners are roles that what is there may belong
// to, beside the connecting role and the one that made the cluster.
//
// The connection must not be in a transaction. The ledger will belong to its current user. The errors are an
// [*UntrustedError] where what is there is someone else's, and one that names the GRANT that is missing when
// the current user may not create it.
func Install(ctx context.Context, conn *pgx.Conn, owners ...string) (from, to int64, err error) {
	if err := wire.CheckMayChange(conn); err != nil {
		return 0, 0, err
	}
	tx := &wire.Transaction{Session: wire.Session{Conn: conn}}
	if from, to, err = installIn(ctx, tx, owners); err != nil {
		_ = wire.Rollback(conn) // whose error says nothing that the first one did not
		return 0, 0, err
	}
	return from, to, nil
}

// installIn does everything from BEGIN to COMMIT. What is asked after the lock was waited for sees what the one who
// had it did: each statement has a snapshot of its own.
func installIn(ctx context.Context, tx *wire.Transaction, owners []string) (from, to int64, err error) {
	var state State
	tx.Queue(wire.Begin(tx.Conn, script.ReadWrite)...)
	if err := tx.RoundTrip(ctx, wire.Lock(installLock, new(time.Time)), wire.AsWhom(new(gen.SessionRow)), Look(&state, owners)); err != nil {
		return 0, 0, err
	}
	if err := state.checkMayInstall(); err != nil {
		return 0, 0, err
	}
	if !state.SchemaExists {
		tx.Queue(wire.Query{Doing: "creating the ledger's schema", SQL: schema.Create})
	}
	if err := tx.RoundTrip(ctx, tx.Identify()...); err != nil {
		return 0, 0, err
	}
	if from, to, err = state.migrate(ctx, tx.Conn); err != nil {
		return 0, 0, err
	}
	return from, to, tx.Commit(ctx)
}

// checkMayInstall returns an error, naming the GRANT that is missing, where goose would fail in the midst of its
// work, and where what is there is not trusted.
func (s State) checkMayInstall() error {
	if err := s.Trusted(); err != nil {
		return err
	}
	remedy := ""
	switch {
	case s.Installed:
		// A migration that is still missing fails by itself if it may not be run: only the table's owner may change it.
		return nil
	case !s.SchemaExists && !s.MayCreateSchema:
		remedy = script.GrantTo(s.Role, catalog.Create, catalog.ObjectID{Kind: catalog.Database, Name: s.Database})
	case s.SchemaExists && !(s.MayCreateTable && s.MayUseSchema):
		remedy = script.GrantTo(s.Role, catalog.Usage, schemaID) + "; " + script.GrantTo(s.Role, catalog.Create, schemaID)
	default:
		return nil
	}
	return fmt.Errorf("role %q may not create the ledger in database %q: it needs %s", s.Role, s.Database, remedy)
}

// checkWhole returns an error where one of the ledger's two tables is gone, and the other one would keep it from being
// made again.
func (s State) checkWhole(version int64) error {
	what := ""
	switch {
	case !s.Installed && version > 0:
		what = fmt.Sprintf("the table pgsr.ledger is gone, and %s says that version %d is installed", schema.VersionTable, version)
	case s.Installed && version == 0:
		what = fmt.Sprintf("the table pgsr.ledger is there, and %s does not say of which version it is", schema.VersionTable)
	default:
		return nil
	}
	return fmt.Errorf("the ledger of database %q is not whole: %s; what helps: %s", s.Database, what, startAnew)
}

// migrate runs the migrations that are missing, in the transaction that the connection is in.
func (s State) migrate(ctx context.Context, conn *pgx.Conn) (from, to int64, err error) {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	db := sql.OpenDB(&oneSession{conn: conn, giveUp: giveUp})
	defer db.Close()
	from, to, err = s.migrateOn(ctx, db)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("installing the ledger: %w", cause)
	}
	return from, to, err
}

func (s State) migrateOn(ctx context.Context, db *sql.DB) (from, to int64, err error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, schema.Migrations,
		goose.WithTableName(schema.VersionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the ledger's migrations: %w", err)
	}
	if from, _, err = provider.GetVersions(ctx); err != nil {
		return 0, 0, fmt.Errorf("reading the ledger's version: %w", err)
	}
	if err := s.checkWhole(from); err != nil {
		return from, from, err
	}
	if _, err = provider.Up(ctx); err != nil {
		return from, from, fmt.Errorf("installing the ledger: %w", err)
	}
	if to, err = provider.GetDBVersion(ctx); err != nil {
		return from, from, fmt.Errorf("reading the ledger's version: %w", err)
	}
	return from, to, nil
}
