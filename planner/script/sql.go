package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// SQL writes the statement that makes a change on the given server, on one line, without a semicolon. It holds the
// verifier of a password: see [Masked].
//
// What cannot be written safely (a privilege or a kind that package catalog does not know, a password that is not
// hashed) gives a text that says so and that every server refuses as a syntax error.
func SQL(change catalog.Change, server catalog.Server) string {
	return writer{server: server}.statement(change)
}

// Masked writes the statement with the verifier of a password hidden: for messages, logs and the ledger. Such a
// statement cannot be run by mistake, it is a syntax error.
func Masked(change catalog.Change, server catalog.Server) string {
	return writer{server: server, masked: true}.statement(change)
}

// CheckSQL tells why there is no statement that makes a change; nil: there is one.
func CheckSQL(change catalog.Change, server catalog.Server) error {
	_, err := writer{server: server, masked: true}.write(change)
	return err
}

// writer knows what a statement's text depends on besides the change.
type writer struct {
	server catalog.Server
	masked bool
	// variables are those of psql that stand for passwords, by role.
	variables map[string]string
}

func (w writer) statement(change catalog.Change) string {
	sql, err := w.write(change)
	if err != nil {
		return refused(err)
	}
	return sql
}

// refused gives a text that no server takes for a statement, and that says why there is none.
func refused(why error) string {
	return "REFUSED " + identifiers.quote(why.Error())
}

func (w writer) write(change catalog.Change) (string, error) {
	switch ch := change.(type) {
	case catalog.CreateRole:
		return w.createRole(ch)
	case catalog.DropRole:
		return "DROP ROLE " + role(ch.Name), nil
	case catalog.AlterRole:
		return w.alterRole(ch)
	case catalog.SetAttribute:
		return setAttribute(ch)
	case catalog.CommentOnRole:
		return commentOnRole(ch), nil
	case catalog.GrantRole:
		return w.grantRole(ch), nil
	case catalog.RevokeRole:
		return revokeRole(ch), nil
	case catalog.CreateSchema:
		return "CREATE SCHEMA " + ident(ch.Name) + " AUTHORIZATION " + role(ch.Owner), nil
	case catalog.DropSchema:
		return "DROP SCHEMA " + ident(ch.Name) + " RESTRICT", nil
	case catalog.SetOwner:
		return setOwner(ch)
	case catalog.Grant:
		return grant(ch)
	case catalog.Revoke:
		return revoke(ch)
	}
	return "", fmt.Errorf("unknown change %T", change)
}
