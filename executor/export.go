package executor

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
	"pgsr/planner/export"
	"pgsr/planner/spec"
)

// Exported is what [Export] gives: a spec, what there is to say about it, and where it was read.
type Exported struct {
	*export.Export
	Server catalog.Server
}

// ExportOptions say what is exported.
type ExportOptions struct {
	// Roles are those to export; none: all but the server's own, pgsr's, and those that the connecting role can not
	// decide over.
	Roles []string
	// AllDatabases exports what they have in other databases, too, of which Parallel are read at a time; 0:
	// [DefaultParallel].
	AllDatabases bool
	Parallel     int
	// As is the role for which is exported, where that is another one than connects; empty: the one that connects.
	As string
}

// Export gives the spec of what there is in the connected database, and in others if that is asked for. A [Plan] of it
// is empty. It changes nothing and takes no lock. Errors: roles that no spec can be about, those of the connection, and
// a [DatabaseError] for what goes wrong in another database.
func Export(ctx context.Context, conn *pgx.Conn, o ExportOptions) (*Exported, error) {
	if err := wire.Usable(ctx, conn); err != nil {
		return nil, err
	}
	if o.Parallel < 0 {
		return nil, &ArgumentError{Argument: "ExportOptions.Parallel", Problem: "is less than nothing: give 0 for the default"}
	}
	all, err := readRoleNames(ctx, wire.Session{Conn: conn})
	if err != nil {
		return nil, unreadable(ctx, conn, err)
	}
	found, err := readToExport(ctx, conn, all, true, o.As)
	if err != nil {
		return nil, err
	}
	exported, err := export.From(found.catalog, export.Options{Roles: o.Roles, NotManaged: found.notManaged, AllDatabases: o.AllDatabases})
	if err == nil && o.AllDatabases {
		err = addDatabases(ctx, conn, exported, found, o)
	}
	if err != nil {
		return nil, err
	}
	return &Exported{Export: exported, Server: found.catalog.Server}, nil
}

// toExport is what is read of a database, to export it.
type toExport struct {
	catalog    *catalog.Catalog
	notManaged map[string][]string
}

func readToExport(ctx context.Context, conn *pgx.Conn, roles []string, passwords bool, role string) (*toExport, error) {
	acting, err := lookUpActing(ctx, wire.Session{Conn: conn}, role)
	if err != nil {
		return nil, err
	}
	found := &toExport{notManaged: map[string][]string{}}
	scope := catalog.Scope{Roles: roles, Everyone: true, SettingsOf: roles, Passwords: passwords, As: acting.As}
	found.catalog, err = inspect.Snapshot(ctx, wire.Session{Conn: conn}, scope, new(inspect.Reading), askNotManaged(roles, found.notManaged))
	return found, unreadable(ctx, conn, err)
}

// addDatabases adds what the exported roles have in all other databases. Those that do not let us in are left out.
func addDatabases(ctx context.Context, conn *pgx.Conn, to *export.Export, connected *toExport, o ExportOptions) error {
	here, all, err := readDatabases(ctx, wire.Session{Conn: conn})
	if err != nil {
		return err
	}
	leftOut, others := map[string]string{}, []spec.Database{}
	for _, d := range all {
		switch {
		case d.Name == here.Name || d.Name == "template0":
		case !d.AllowsConnections:
			leftOut[d.Name] = "it does not allow connections"
		default:
			others = append(others, d)
		}
	}
	found, failed := readOthers(ctx, conn, others, to.Spec.RoleNames(), o)
	var problems []error
	for i, d := range others {
		switch {
		case isNotLetIn(failed[i]):
			leftOut[d.Name] = "the connecting role may not connect to it"
		case failed[i] != nil:
			problems = append(problems, &DatabaseError{Database: d.Name, Err: failed[i]})
		default:
			found[i].withoutShared(connected)
			if err := to.Add(d, found[i].catalog, export.Options{NotManaged: found[i].notManaged}); err != nil {
				problems = append(problems, err)
			}
		}
	}
	to.LeaveOut(leftOut)
	return errors.Join(problems...)
}

// withoutShared takes out what is of the cluster, and is named with the connected database.
func (f *toExport) withoutShared(connected *toExport) {
	for role, objects := range f.notManaged {
		f.notManaged[role] = slices.DeleteFunc(objects, func(object string) bool { return slices.Contains(connected.notManaged[role], object) })
	}
}

// readOthers reads other databases, some at a time.
func readOthers(ctx context.Context, conn *pgx.Conn, databases []spec.Database, roles []string, o ExportOptions) ([]*toExport, []error) {
	found := make([]*toExport, len(databases))
	return found, inParallel(o.Parallel, databases, func(i int, d spec.Database) error {
		other, err := wire.ReconnectWith(ctx, conn, func(config *pgx.ConnConfig) { config.Database = d.Name })
		if err == nil {
			found[i], err = readToExport(ctx, other, roles, false, o.As)
			other.Close(context.WithoutCancel(ctx))
		}
		return err
	})
}

// isNotLetIn tells whether a server refused a connection for want of the right to it: by CONNECT, or pg_hba.conf.
func isNotLetIn(err error) bool {
	return slices.Contains([]string{"42501", "28000"}, wire.SQLState(err)) && errors.As(err, new(*pgconn.ConnectError))
}
