package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// alterRoleSet: https://www.postgresql.org/docs/current/sql-alterrole.html
type alterRoleSet catalog.AlterRoleSet

// sql writes each element of a list for itself: a text with a comma is one element.
func (ch alterRoleSet) sql(writer) (string, error) {
	values := []string{ch.Value}
	if catalog.IsListSetting(ch.Name) {
		if values = catalog.ListElements(ch.Value); catalog.ListValue(values) != ch.Value {
			return "", fmt.Errorf("the value of %s is no list of elements in quotes: %s", catalog.Printable(ch.Name), catalog.Printable(ch.Value))
		}
	}
	return alterRoleIn(ch.Role, ch.Database) + " SET " + settingName(ch.Name) + " TO " + list(values, literal), nil
}

// alterRoleIn begins a statement about a setting.
func alterRoleIn(name, database string) string {
	sql := "ALTER ROLE " + role(name)
	if database != "" {
		sql += " IN DATABASE " + ident(database)
	}
	return sql
}

// settingName writes the name of a parameter. One that is longer than a name can be has several parts.
func settingName(name string) string {
	if len(name) <= maxName {
		return ident(name)
	}
	return settingOf(name, ident)
}

func (ch alterRoleSet) summary() string {
	return "set " + catalog.Printable(ch.Name) + " of role " + catalog.DisplayName(ch.Role) + displayIn(ch.Database) + " to " + displayValue(ch.Setting)
}

func displayIn(database string) string {
	if database == "" {
		return ""
	}
	return " in database " + catalog.DisplayName(database)
}

// displayValue writes a value for people: the elements of a list as names.
func displayValue(s catalog.Setting) string {
	if catalog.IsListSetting(s.Name) {
		return list(catalog.ListElements(s.Value), catalog.DisplayName)
	}
	return catalog.DisplayName(s.Value)
}

func (ch alterRoleSet) mark() Mark { return Changes }
func (ch alterRoleSet) names() []string {
	return append([]string{ch.Role, ch.Database}, strings.Split(ch.Name, ".")...)
}

// alterRoleReset: https://www.postgresql.org/docs/current/sql-alterrole.html
type alterRoleReset catalog.AlterRoleReset

func (ch alterRoleReset) sql(writer) (string, error) {
	return alterRoleIn(ch.Role, ch.Database) + " RESET " + settingName(ch.Name), nil
}

func (ch alterRoleReset) summary() string {
	return "reset " + catalog.Printable(ch.Name) + " of role " + catalog.DisplayName(ch.Role) + displayIn(ch.Database)
}

func (ch alterRoleReset) mark() Mark { return Changes }
func (ch alterRoleReset) names() []string {
	return append([]string{ch.Role, ch.Database}, strings.Split(ch.Name, ".")...)
}
