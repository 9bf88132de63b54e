package ledger

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// State is what there is of the ledger in a database, and what the current user may do with it.
type State gen.LedgerStateRow

// CheckMayRecord returns an error, naming the GRANTs that are missing, where there is a ledger that the current user
// may not write to, or should not.
func (s State) CheckMayRecord() error {
	if !s.Installed {
		return nil
	}
	if err := s.Trusted(); err != nil {
		return err
	}
	if err := s.upToDate(); err != nil {
		return err
	}
	return s.allowed("write", catalog.Insert, s.MayWrite)
}

// upToDate returns an error where the ledger was installed by an older pgsr.
func (s State) upToDate() error {
	if !s.UpToDate {
		return fmt.Errorf("the ledger of database %q is that of an older pgsr: run `pgsr ledger install`", s.Database)
	}
	return nil
}

// Look finds out what there is of the ledger, what may be done with it, and whether it can be trusted, also
// where it belongs to one of owners.
func Look(state *State, owners []string) wire.Query { return LookAs(state, owners, catalog.As{}) }

// LookAs does what [Look] does for another role than connects.
func LookAs(state *State, owners []string, as catalog.As) wire.Query {
	return wire.Query{Doing: "looking for the ledger", SQL: gen.LedgerState, Args: []any{wire.OrNull(as.CurrentUser), wire.OrNull(as.SessionUser), wire.Names(owners)}, Prepared: true, Read: func(rows pgx.Rows) error {
		row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.LedgerStateRow])
		*state = State(row)
		return err
	}}
}

// The objects that the ledger consists of.
var (
	schemaID = catalog.ObjectID{Kind: catalog.Schema, Name: "pgsr"}
	tableID  = catalog.ObjectID{Kind: catalog.Table, Schema: "pgsr", Name: "ledger"}
)

// allowed returns an error unless the current user may do with the ledger what it wants to do: it needs the privilege
// on the table, and USAGE on its schema.
func (s State) allowed(act string, privilege catalog.Privilege, has bool) error {
	var grants []string
	if !s.MayUseSchema {
		grants = append(grants, script.GrantTo(s.Role, catalog.Usage, schemaID))
	}
	if !has {
		grants = append(grants, script.GrantTo(s.Role, privilege, tableID))
	}
	if len(grants) == 0 {
		return nil
	}
	return fmt.Errorf("role %q may not %s the ledger of database %q: it needs %s",
		s.Role, act, s.Database, strings.Join(grants, "; "))
}

// checkMayBeRead returns an error unless there is a ledger that the current user may read, and that can be believed.
func (s State) checkMayBeRead() error {
	if !s.Installed {
		return fmt.Errorf("database %q: %w", s.Database, ErrNotInstalled)
	}
	if err := s.Trusted(); err != nil {
		return err
	}
	if err := s.upToDate(); err != nil {
		return err
	}
	return s.allowed("read", catalog.Select, s.MayRead)
}

// Hold keeps everyone from making code of his own run with what is written to the ledger, which a role with TRIGGER on
// it can. After it, the ledger has to be looked at once more.
var Hold = wire.Query{Doing: "locking the ledger", SQL: gen.HoldLedger}
