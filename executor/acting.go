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

// A role that may do nothing but connect can plan for the one that is to apply: [Options.As]. All that is asked of a
// server as whom the session acts takes that role as an argument, since SET ROLE is for its members.

// acting is as whom something is planned, and what is not seen of what that role would see.
type acting struct {
	catalog.As
	// reader is the role that connects.
	reader string
	// hidesSystem tells whether the role could see which cluster it is, and the reader does not.
	hidesSystem bool
}

// lookUpActing finds out as whom is planned.
func (o Options) lookUpActing(ctx context.Context, conn *pgx.Conn) (acting, error) {
	if o.As == "" {
		return acting{}, nil
	}
	return lookUpActing(ctx, o.session(conn), o.As)
}

// lookUpActing finds out as whom a role would act that connected to the same database; as the session does for its own
// name, or none.
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

// readActing gives nil where there is no such role.
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

// noSuchRole adds the nearest that there are to what says that there is none of that name.
func noSuchRole(ctx context.Context, s wire.Session, role string, missing error) error {
	names, err := readRoleNames(ctx, s)
	if err != nil {
		return errors.Join(missing, err)
	}
	return fmt.Errorf("%w%s", missing, spec.DidYouMean(role, names))
}

// readRoleNames gives the names of all roles but our own.
func readRoleNames(ctx context.Context, s wire.Session) ([]string, error) {
	names := []string{}
	err := s.Read(ctx, wire.Query{Doing: "reading the names of roles", SQL: gen.RoleNames, Read: wire.Column(&names)})
	return slices.DeleteFunc(names, catalog.IsOwnRole), err
}

// warnOfUnseen says what a plan was made without, because the role that connects does not see it: once, not in each
// database.
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

// mayChange refuses to change something in the name of another role than connects, or on a server that takes no
// changes.
func (o Options) mayChange(conn *pgx.Conn) error {
	if o.As != "" {
		return &ArgumentError{Argument: "Options.As", Problem: fmt.Sprintf("is role %q: nothing is changed in the name of a role by one that is not it: connect as that role", o.As)}
	}
	if o.Prefetch.IsOpen(conn) { // in a transaction that is ours
		return wire.Primary(conn)
	}
	return wire.MayChange(conn)
}
