package script

import (
	"fmt"
	"unicode/utf8"

	"pgsr/planner/catalog"
)

// text is a change as it is written. Each type of change has a file of its own, change_*.go, that holds all of it.
type text interface {
	// sql writes the statement. The error says why it cannot be written safely.
	sql(w writer) (string, error)
	// summary says it in words.
	summary() string
	// mark says whether it gives, takes or changes something.
	mark() Mark
	// names lists the names of roles, schemas, objects and columns in it.
	names() []string
}

func textOf(change catalog.Change) text {
	switch ch := change.(type) {
	case catalog.CreateRole:
		return createRole(ch)
	case catalog.DropRole:
		return dropRole(ch)
	case catalog.AlterRole:
		return alterRole(ch)
	case catalog.AlterRoleSet:
		return alterRoleSet(ch)
	case catalog.AlterRoleReset:
		return alterRoleReset(ch)
	case catalog.CommentOnRole:
		return commentOnRole(ch)
	case catalog.GrantRole:
		return grantRole(ch)
	case catalog.RevokeRole:
		return revokeRole(ch)
	case catalog.CreateSchema:
		return createSchema(ch)
	case catalog.DropSchema:
		return dropSchema(ch)
	case catalog.SetOwner:
		return setOwner(ch)
	case catalog.Grant:
		return grant(ch)
	case catalog.Revoke:
		return revoke(ch)
	case catalog.GrantDefault:
		return grantDefault(ch)
	case catalog.RevokeDefault:
		return revokeDefault(ch)
	case catalog.AlterPolicy:
		return alterPolicy(ch)
	case catalog.EndSessions:
		return endSessions(ch)
	case catalog.DropOwned:
		return dropOwned(ch)
	}
	panic(fmt.Sprintf("unknown change %T", change))
}

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
	_, err := textOf(change).sql(writer{server: server, masked: true})
	return err
}

// writer knows what a statement's text depends on besides the change.
type writer struct {
	server catalog.Server
	masked bool
	// variables are those of psql that stand for passwords, by role.
	variables map[string]string
}

// statement writes a change. Where that fails, it gives a text that says why and that every server refuses.
func (w writer) statement(change catalog.Change) string {
	sql, err := textOf(change).sql(w)
	if err != nil {
		return "REFUSED " + identifiers.quote(err.Error())
	}
	return sql
}

// Summary says a change in words, on one line, for people: grant SELECT on TABLE sales.orders to alice. It is never SQL
// and never shows a password.
func Summary(change catalog.Change) string { return textOf(change).summary() }

// Mark says whether a change gives, takes or changes something.
type Mark rune

// The marks, as a diff has them.
const (
	Gives   Mark = '+'
	Takes   Mark = '-'
	Changes Mark = '~'
)

// Mark gives that of the change. A password that is only set again neither gives nor takes a login, nor does a
// precaution.
func (s Statement) Mark() Mark {
	if s.Refresh || s.IsPrecaution() {
		return Changes
	}
	return textOf(s.Change).mark()
}

// CheckNames gives an error for a name that JSON cannot hold, or that a server would truncate to another name.
func CheckNames(s Statement) error {
	for _, name := range append(textOf(s.Change).names(), s.As) {
		switch {
		case !utf8.ValidString(name):
			return fmt.Errorf("the name %s is not in UTF-8, which JSON can not hold", catalog.DisplayName(name))
		case len(name) > maxName:
			return fmt.Errorf("the name %s has %d bytes: a server may cut it to its first %d, which is another name", catalog.DisplayName(name), len(name), maxName)
		}
	}
	return nil
}
