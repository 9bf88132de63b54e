package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// grant: https://www.postgresql.org/docs/current/sql-grant.html
type grant catalog.Grant

func (ch grant) sql(w writer) (string, error) {
	what, err := w.privilegesOn(ch.Privileges, ch.Column, ch.Object)
	if err != nil {
		return "", err
	}
	sql := "GRANT " + what + " TO " + list(ch.Grantees, grantee)
	if ch.WithOption {
		sql += " WITH GRANT OPTION"
	}
	return sql, nil
}

// knowsRoutine tells whether the server knows the word ROUTINE: before 11 there are FUNCTIONS, and no procedures.
// https://www.postgresql.org/docs/release/11.0/
func (w writer) knowsRoutine() bool {
	const since = 11
	major := w.server.Major()
	return major == 0 || major >= since
}

// privilegesOn writes SELECT, INSERT ON TABLE "s"."t", or with a column SELECT ("c"), INSERT ("c") ON TABLE "s"."t".
// A privilege is a bare word in SQL, so only those that package catalog lists for the kind of object, or for its
// columns, are written.
func (w writer) privilegesOn(privileges []catalog.Privilege, column string, id catalog.ObjectID) (string, error) {
	if err := checkArguments(id); err != nil {
		return "", err
	}
	on, fitting := id, id.Kind.Info().Privileges
	if column != "" {
		fitting = id.Kind.Info().ColumnPrivileges
		on.Kind = catalog.Table // GRANT names a sequence so if columns are meant
	}
	words := make([]string, len(privileges))
	for i, p := range privileges {
		if !slices.Contains(fitting, p) {
			return "", fmt.Errorf("unknown privilege %q on %s", p, id)
		}
		words[i] = string(p)
		if column != "" {
			words[i] += " (" + ident(column) + ")"
		}
	}
	if on.Kind == catalog.Routine && !w.knowsRoutine() {
		return strings.Join(words, ", ") + " ON FUNCTION " + qualified(on), nil
	}
	named, err := object(on)
	return strings.Join(words, ", ") + " ON " + named, err
}

func (ch grant) summary() string {
	text := "grant " + displayPrivilegesOn(ch.Privileges, ch.Column, ch.Object) + " to " + ShortList(ch.Grantees, DisplayGrantee)
	if ch.WithOption {
		text += ", with grant option"
	}
	return text
}

func displayPrivilegesOn(privileges []catalog.Privilege, column string, id catalog.ObjectID) string {
	return displayPrivileges(privileges) + " on " + DisplayColumn(column) + DisplayObject(id)
}

func (ch grant) mark() Mark { return Gives }

func (ch grant) names() []string {
	return slices.Concat(namesOf(ch.Object), []string{ch.Column, ch.Grantor}, ch.Grantees)
}
