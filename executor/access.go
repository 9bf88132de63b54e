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
)

// Explain says what a role can do, and why: with all objects of the connected database and all databases, those in
// pg_catalog and information_schema left out unless they were granted to a role that it reaches; or, if an object is
// given, with that. It changes nothing and takes no lock.
func Explain(ctx context.Context, conn *pgx.Conn, role string, object *catalog.ObjectID) (*access.Explanation, error) {
	scope := catalog.Scope{Roles: []string{role}, Everything: object == nil, Holders: true}
	if object != nil {
		scope.Objects = []catalog.ObjectID{*object}
	}
	c, err := inspectNamed(ctx, conn, scope)
	if err != nil {
		return nil, err
	}
	if c.Roles[role] == nil {
		return nil, fmt.Errorf("role %q does not exist", role)
	}
	if object != nil && c.Objects[*object] == nil {
		return nil, missing(*object, c)
	}
	return access.Explain(c, role, object), nil
}

// Who says which roles have some privileges on an object, or on its columns, or could come to have them, and why: by
// role, PUBLIC first, which stands for all. It changes nothing and takes no lock.
func Who(ctx context.Context, conn *pgx.Conn, q access.Question) ([]access.Access, error) {
	scope := catalog.Scope{Objects: []catalog.ObjectID{q.Object}, Holders: true}
	if len(q.Columns) > 0 {
		scope.Columns = scope.Objects
	}
	c, err := inspectNamed(ctx, conn, scope)
	if err != nil {
		return nil, err
	}
	object := c.Objects[q.Object]
	if object == nil {
		return nil, missing(q.Object, c)
	}
	for _, column := range q.Columns {
		if !slices.Contains(object.AllColumns, column) {
			return nil, fmt.Errorf("%s has no column %q", q.Object, column)
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
	return nil, unreadable(conn, err)
}

func missing(object catalog.ObjectID, c *catalog.Catalog) error {
	return fmt.Errorf("%s does not exist in database %q", object, c.Server.Database)
}
