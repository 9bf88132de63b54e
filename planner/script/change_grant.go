package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// grant: https://www.postgresql.org/docs/current/sql-grant.html
type grant catalog.Grant

func (ch grant) sql(w writer) (string, error) {
	if err := checkColumns(ch.Column, ch.Also); err != nil {
		return "", err
	}
	what, err := w.privilegesOn(ch.Privileges, catalog.Grant(ch).OnColumns(), ch.Object)
	if err != nil {
		return "", err
	}
	sql := "GRANT " + what + " TO " + list(ch.Grantees, grantee)
	if ch.WithOption {
		sql += " WITH GRANT OPTION"
	}
	return sql, nil
}

// checkColumns refuses what would be left out of a statement.
func checkColumns(column string, also []catalog.ColumnPrivileges) error {
	for _, c := range also {
		if column == "" || c.Column == "" || len(c.Privileges) == 0 {
			return errors.New("a statement names more columns, and not which, or not the privileges on each")
		}
	}
	return nil
}

// knowsRoutine tells whether the server knows the word ROUTINE: before 11 there are FUNCTIONS, and no procedures.
// https://www.postgresql.org/docs/release/11.0/
func (w writer) knowsRoutine() bool {
	const since = 11
	major := w.server.Major()
	return major == 0 || major >= since
}

// privilegesOn writes SELECT, INSERT ON TABLE "s"."t", with columns SELECT ("c", "d"), INSERT ("c") ON TABLE "s"."t".
// A privilege is a bare word in SQL, so only those that package catalog lists for the kind of object, or for its
// columns, are written.
func (w writer) privilegesOn(privileges []catalog.Privilege, columns []catalog.ColumnPrivileges, id catalog.ObjectID) (string, error) {
	if err := checkArguments(id); err != nil {
		return "", err
	}
	on, fitting := id, id.Kind.Info().Privileges
	if len(columns) > 0 {
		fitting = id.Kind.Info().ColumnPrivileges
		on.Kind = catalog.Table // GRANT names a sequence so if columns are meant
		privileges = privilegesOf(columns)
	}
	words := make([]string, len(privileges))
	for i, p := range privileges {
		if !slices.Contains(fitting, p) {
			return "", fmt.Errorf("unknown privilege %q on %s", p, id)
		}
		words[i] = string(p)
		if len(columns) > 0 {
			words[i] += " (" + list(columnsWith(columns, p), ident) + ")"
		}
	}
	if on.Kind == catalog.Routine && !w.knowsRoutine() {
		return strings.Join(words, ", ") + " ON FUNCTION " + qualified(on), nil
	}
	named, err := object(on)
	return strings.Join(words, ", ") + " ON " + named, err
}

func (ch grant) summary() string {
	text := "grant " + displayPrivilegesOn(ch.Privileges, catalog.Grant(ch).OnColumns(), ch.Object) + " to " + ShortList(ch.Grantees, catalog.DisplayGrantee)
	if ch.WithOption {
		text += ", with grant option"
	}
	return text
}

// columnOf gives the column of what a privilege role holds.
func columnOf(h *catalog.Held) []catalog.ColumnPrivileges {
	return catalog.Grant{Privileges: []catalog.Privilege{h.Privilege}, Column: h.Column}.OnColumns()
}

// privilegesOf gives those that are there on any of the columns, in order.
func privilegesOf(columns []catalog.ColumnPrivileges) []catalog.Privilege {
	var out []catalog.Privilege
	for _, c := range columns {
		out = lists.AppendNew(out, c.Privileges...)
	}
	return out
}

func columnsWith(columns []catalog.ColumnPrivileges, p catalog.Privilege) []string {
	return namesOfColumns(lists.Filter(columns, func(c catalog.ColumnPrivileges) bool { return slices.Contains(c.Privileges, p) }))
}

func namesOfColumns(columns []catalog.ColumnPrivileges) []string {
	return lists.Map(columns, func(c catalog.ColumnPrivileges) string { return c.Column })
}

// displayPrivilegesOn writes SELECT on TABLE s.t, with a column SELECT on column c of TABLE s.t, and with several
// SELECT (a, b), UPDATE (c) on columns of TABLE s.t.
func displayPrivilegesOn(privileges []catalog.Privilege, columns []catalog.ColumnPrivileges, id catalog.ObjectID) string {
	switch len(columns) {
	case 0:
		return displayPrivileges(privileges) + " on " + catalog.DisplayObject(id)
	case 1:
		return displayPrivileges(privileges) + " on " + catalog.DisplayColumn(columns[0].Column) + catalog.DisplayObject(id)
	}
	return lists.Join(privilegesOf(columns), func(p catalog.Privilege) string {
		return displayPrivileges([]catalog.Privilege{p}) + " (" + ShortList(columnsWith(columns, p), catalog.DisplayName) + ")"
	}) + " on columns of " + catalog.DisplayObject(id)
}

func (ch grant) mark() Mark { return Gives }

func (ch grant) names() []string {
	return slices.Concat(namesOf(ch.Object), namesOfColumns(catalog.Grant(ch).OnColumns()), []string{ch.Grantor}, ch.Grantees)
}
