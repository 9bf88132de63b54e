package executor

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// Explain says what a role can do, and why: with all objects of the connected database and all databases, those in
// pg_catalog and information_schema left out unless they were granted to a role that it reaches; or, if a target is
// given, with the one object that it names: see [resolve.Named]. It changes nothing and takes no lock. Errors: a
// [*MissingError] for a role or an object that does not exist, and those of the connection.
func Explain(ctx context.Context, conn *pgx.Conn, role string, on *spec.Target) (*access.Explanation, error) {
	if err := wire.Usable(ctx, conn); err != nil {
		return nil, err
	}
	if role == "" {
		return nil, &ArgumentError{Argument: "the role", Problem: "is empty"}
	}
	scope := catalog.Scope{Everything: true}
	if on != nil {
		if err := checkTarget(on); err != nil {
			return nil, err
		}
		scope = resolve.ScopeOfTarget(on)
	}
	scope.Roles, scope.Holders = []string{role}, true
	c, err := inspectNamed(ctx, conn, scope)
	if err != nil {
		return nil, err
	}
	if c.Roles[role] == nil {
		missing := &MissingError{[]Missing{{Role: role}}, fmt.Sprintf("role %q does not exist", role)}
		return nil, noSuchRole(ctx, wire.Session{Conn: conn}, role, missing)
	}
	if on == nil {
		return access.Explain(c, role, nil), nil
	}
	object, err := resolve.Named(on, c)
	if err != nil {
		return nil, notFound(ctx, conn, err)
	}
	return access.Explain(c, role, &object.ID), nil
}

// Who says which roles have some privileges on the one object that a target names (see [resolve.Named]), or on its
// columns, or could come to have them, and why: by role, PUBLIC first, which stands for all. The object of the question
// is taken from the target. It changes nothing and takes no lock. Errors: an [*ArgumentError] for a question without
// privileges, a [*MissingError] for an object or a column that does not exist, and those of the connection.
func Who(ctx context.Context, conn *pgx.Conn, on *spec.Target, q access.Question) ([]access.Access, error) {
	if err := wire.Usable(ctx, conn); err != nil {
		return nil, err
	}
	if err := checkTarget(on); err != nil {
		return nil, err
	}
	if len(q.Privileges) == 0 {
		return nil, &ArgumentError{Argument: "the question", Problem: "names no privilege"}
	}
	scope := resolve.ScopeOfTarget(on)
	scope.Holders = true
	if len(q.Columns) > 0 {
		scope.Columns = on.Objects
	}
	c, err := inspectNamed(ctx, conn, scope)
	if err != nil {
		return nil, err
	}
	object, err := resolve.Named(on, c)
	if err != nil {
		return nil, notFound(ctx, conn, err)
	}
	q.Object = object.ID
	for _, column := range q.Columns {
		if !slices.Contains(object.AllColumns, column) {
			return nil, &MissingError{[]Missing{{Object: q.Object, Column: column}}, fmt.Sprintf("%s has no column %s", q.Object, catalog.QuoteIfNeeded(column))}
		}
	}
	return access.Who(c, q), nil
}

// inspectNamed does what [inspect.Catalog] does for names that the database may not be able to hold.
func inspectNamed(ctx context.Context, conn *pgx.Conn, scope catalog.Scope) (*catalog.Catalog, error) {
	c, err := inspect.Catalog(ctx, conn, scope)
	if !isUntranslatable(err) {
		return c, err
	}
	if refused := checkTexts(ctx, wire.Session{Conn: conn}, namesOfScope(scope), nil); refused != nil {
		return nil, refused
	}
	return nil, unreadable(ctx, conn, err)
}
