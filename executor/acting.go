package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// [Options.As] lets a role that may only connect plan for the role that is to apply the plan. SET ROLE is for members,
// so each question whose answer depends on the current role takes that role as an argument.

// acting is the role that something is planned for, and what the reader does not see that this role would see.
type acting struct {
	catalog.As
	// reader is the role that connects.
	reader string
	// hidesSystem tells whether only the role, and not the reader, may ask which cluster this is.
	hidesSystem bool
}

// lookUpActing looks up the role of [Options.As]. Without one the session plans for itself.
func (o Options) lookUpActing(ctx context.Context, conn *pgx.Conn) (acting, error) {
	if o.As == "" {
		return acting{}, nil
	}
	return lookUpActing(ctx, o.session(conn), o.As)
}

// lookUpActing finds out which roles would be current and session user if a role connected to the same database. It
// gives the zero value for the session's own role, or for none.
func lookUpActing(ctx context.Context, s wire.Session, role string) (acting, error) {
	if role == "" {
		return acting{}, nil
	}
	failed := func(err error) (acting, error) { return acting{}, fmt.Errorf("planning as role %q: %w", role, err) }
	found, err := readActing(ctx, s, role)
	switch {
	case err != nil:
		return failed(err)
	case found == nil:
		return failed(noSuchRole(ctx, s, role, errors.New("it does not exist")))
	case found.Login == found.Reader && found.Actor == found.ReadingAs:
		return acting{}, nil
	case found.ByDatabase && found.Login != found.Actor:
		return failed(wire.ActsByDatabase(found.Login, found.Actor))
	case !found.MayConnect:
		return failed(fmt.Errorf("it may not connect to database %q, so that it could not apply a plan there: %s",
			found.Database, script.GrantTo(found.Login, catalog.Connect, catalog.ObjectID{Kind: catalog.Database, Name: found.Database})))
	case found.HidesSelfGrant:
		return failed(fmt.Errorf("role %q has a setting createrole_self_grant of its own, which hides the one that is in force for %q: %s",
			found.Reader, role, script.SQL(catalog.AlterRoleReset{SettingOf: catalog.SettingOf{Role: found.Reader, Name: "createrole_self_grant"}}, catalog.Server{})))
	}
	as := catalog.As{CurrentUser: found.Actor, SessionUser: found.Login, SelfGrant: inspect.SelfGrant(found.SelfGrant)}
	return acting{As: as, reader: found.Reader, hidesSystem: found.HidesSystem}, nil
}

// readActing gives nil if there is no such role.
func readActing(ctx context.Context, s wire.Session, role string) (*gen.ActingRow, error) {
	if !wire.CanExist(role) {
		return nil, nil
	}
	var found *gen.ActingRow
	err := s.Read(ctx, wire.Query{Doing: "reading as whom it would act", SQL: gen.Acting, Args: []any{role}, Read: wire.EachRow(func(row gen.ActingRow) { found = &row })})
	if isUntranslatable(err) { // so no role that is named in this database has the name
		return nil, nil
	}
	return found, err
}

// noSuchRole adds the nearest names of roles to an error that says that a role does not exist.
func noSuchRole(ctx context.Context, s wire.Session, role string, missing error) error {
	names, err := readRoleNames(ctx, s)
	if err != nil {
		return errors.Join(missing, err)
	}
	return fmt.Errorf("%w%s", missing, spec.DidYouMean(role, names))
}

// readRoleNames gives the names of all roles except pgsr's own.
func readRoleNames(ctx context.Context, s wire.Session) ([]string, error) {
	names := []string{}
	err := s.Read(ctx, wire.Query{Doing: "reading the names of roles", SQL: gen.RoleNames, Read: wire.Column(&names)})
	return slices.DeleteFunc(names, catalog.IsOwnRole), err
}

// warnOfUnseen warns of what the reader could not read for a plan. It does so once, not in each database.
func (op *operation) warnOfUnseen(plan *planner.Plan, as acting) {
	if as.IsSession() || op.planning != nil && op.planning.spec.Local {
		return
	}
	warn := func(format string, args ...any) {
		plan.Warnings = append(slices.Clip(plan.Warnings), fmt.Sprintf(format, args...))
	}
	if as.hidesSystem {
		function := catalog.ObjectID{Kind: catalog.Routine, Schema: "pg_catalog", Name: "pg_control_system", Arguments: "()"}
		allow := catalog.Grant{Privileges: []catalog.Privilege{catalog.Execute}, Object: function, Grantees: []string{as.reader}}
		warn("the plan does not say which cluster it is for, which role %q may not ask: %s", as.reader, script.SQL(allow, plan.Server))
	}
	if op.planning != nil && op.options.Passwords != script.PasswordsOmitted && op.options.Passwords != script.PasswordVariables && slices.ContainsFunc(op.planning.spec.Roles, setsPassword) {
		warn("stored passwords are not read for another role than connects, so that the spec's are not compared with them: a plan sets them again, unless --passwords omit leaves them out")
	}
}

func setsPassword(r spec.Role) bool { return r.Login != nil && !r.Login.Password.IsZero() }

// checkMayChange refuses to change anything for another role than the one that connects, or on a server that takes no
// changes.
func (o Options) checkMayChange(conn *pgx.Conn) error {
	if o.As != "" {
		return &ArgumentError{Argument: "Options.As", Problem: fmt.Sprintf("is role %q: nothing is changed in the name of a role by one that is not it: connect as that role", o.As)}
	}
	if o.Prefetch.IsOpen(conn) { // in a transaction that is ours
		return wire.CheckPrimary(conn)
	}
	return wire.CheckMayChange(conn)
}
