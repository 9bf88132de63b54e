package executor

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/export"
)

// Exported is what [Export] gives: a spec, what there is to say about it, and where it was read.
type Exported struct {
	*export.Export
	Server catalog.Server
}

// Export gives the spec of what there is in the connected database: of some roles, or without names of all but the
// server's own, pgsr's, and those that the connecting role can not decide over. A [Plan] of it is empty. It changes
// nothing and takes no lock. Errors: roles that no spec can be about, and those of the connection.
func Export(ctx context.Context, conn *pgx.Conn, roles []string) (*Exported, error) {
	session, all := wire.Session{Conn: conn}, []string{}
	var name string
	err := session.Read(ctx, wire.Query{Doing: "reading the names of roles", SQL: gen.RoleNames, Read: func(rows pgx.Rows) error {
		return wire.Each(rows, []any{&name}, func() { all = append(all, name) })
	}})
	if err != nil {
		return nil, notExported(conn, err)
	}
	all = slices.DeleteFunc(all, catalog.IsOwnRole)
	options := export.Options{Roles: roles, NotManaged: map[string][]string{}}
	scope := catalog.Scope{Roles: all, Everyone: true, SettingsOf: all, Passwords: true}
	c, err := inspect.Snapshot(ctx, session, scope, new(inspect.Extent), wire.Query{
		Doing: "reading what is not managed", SQL: gen.NotManaged, Args: []any{wire.Names(all), inspect.Managed()}, Read: func(rows pgx.Rows) error {
			var role, object string
			return wire.Each(rows, []any{&role, &object}, func() { options.NotManaged[role] = append(options.NotManaged[role], object) })
		},
	})
	if err != nil {
		return nil, notExported(conn, err)
	}
	exported, err := export.From(c, options)
	if err != nil {
		return nil, err
	}
	return &Exported{Export: exported, Server: c.Server}, nil
}

// notExported explains an error where a name can not be read in this database.
func notExported(conn *pgx.Conn, err error) error {
	if isUntranslatable(err) {
		return unreadable(conn, err)
	}
	return err
}
