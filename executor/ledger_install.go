package executor

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/schema"
)

// ledgerLock is the key of the advisory lock under which one session at a time installs: "pgsr" in ASCII, and 1. It is not the key of
// [Apply]: the two do not get into each other's way.
const ledgerLock = 0x70677372_00000001

// InstallLedger makes the ledger in the connection's database, or brings the one that is there up to date, and returns its version
// before and after: 0 before where there was none, and the same twice when there was nothing to do. Any number may do so at a time.
//
// The connection must not be in a transaction. The ledger will belong to its current user. The error names the GRANT that is missing
// when that one may not create it.
func InstallLedger(ctx context.Context, conn *pgx.Conn) (from, to int64, err error) {
	if err := mayChange(conn); err != nil {
		return 0, 0, err
	}
	// The lock is a transaction's, for one of a session would be lost in a pooler. Read committed: what is asked after the lock was waited for
	// must see what the one who had it did.
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if err := gen.New(tx).LockLedger(ctx, ledgerLock); err != nil {
			return fmt.Errorf("waiting for the ledger's lock: %w", err)
		}
		state, err := ledgerState(ctx, tx)
		if err != nil {
			return err
		}
		if err := mayInstall(state); err != nil {
			return err
		}
		db := openAs(conn, state.Role)
		defer db.Close()
		from, to, err = migrate(ctx, db, state.SchemaExists)
		return err
	})
	return from, to, err
}

// mayInstall returns an error, naming the GRANT that is missing, where goose would fail in the midst of its work, after three tries.
func mayInstall(state gen.LedgerStateRow) error {
	remedy := ""
	switch {
	case state.Installed:
		// A migration that is still missing fails by itself if it may not be run: only the table's owner may change it.
		return nil
	case !state.SchemaExists && !state.MayCreateSchema:
		remedy = grantTo(state.Role, catalog.Create, catalog.ObjectID{Kind: catalog.Database, Name: state.Database})
	case state.SchemaExists && !(state.MayCreateTable && state.MayUseSchema):
		remedy = grantTo(state.Role, catalog.Usage, ledgerSchema) + "; " + grantTo(state.Role, catalog.Create, ledgerSchema)
	default:
		return nil
	}
	return fmt.Errorf("role %q may not create the ledger in database %q: it needs %s", state.Role, state.Database, remedy)
}

// openAs gives what goose can work with: another connection of the same configuration, on which the current user is the same role.
func openAs(conn *pgx.Conn, role string) *sql.DB {
	return stdlib.OpenDB(*conn.Config(), stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := gen.New(c).ActAs(ctx, role)
		return err
	}))
}

// migrate runs the migrations that are missing, under the lock.
func migrate(ctx context.Context, db *sql.DB, schemaExists bool) (from, to int64, err error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, schema.Migrations,
		goose.WithTableName(schema.VersionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the ledger's migrations: %w", err)
	}
	if !schemaExists {
		if _, err := db.ExecContext(ctx, schema.Create); err != nil {
			return 0, 0, fmt.Errorf("creating the ledger's schema: %w", err)
		}
	}
	if from, _, err = provider.GetVersions(ctx); err != nil {
		return 0, 0, fmt.Errorf("reading the ledger's version: %w", err)
	}
	if _, err = provider.Up(ctx); err != nil {
		return from, from, fmt.Errorf("installing the ledger: %w", err)
	}
	if to, err = provider.GetDBVersion(ctx); err != nil {
		return from, from, fmt.Errorf("reading the ledger's version: %w", err)
	}
	return from, to, nil
}
