package catalogtest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Differences writes what is only in the one catalog and what is only in the other, in the words that [Read] takes, a
// line each.
func Differences(current, desired *catalog.Catalog) []string {
	return differing(linesOf(current), linesOf(desired))
}

// linesOf leaves out what an owner has by itself.
func linesOf(c *catalog.Catalog) []string {
	var out []string
	for _, role := range c.Roles {
		out = append(out, roleLine(role))
		for _, s := range role.Settings {
			out = append(out, "setting "+word(s.Name)+" of "+word(role.Name)+option(s.Database != "", "in "+word(s.Database))+" is "+word(s.Value))
		}
	}
	for role, rows := range c.Members {
		for _, m := range rows {
			line := fmt.Sprintf("member %s of %s by %s", word(m.Member), word(role), word(m.Grantor))
			out = append(out, line+option(m.Admin, "admin")+option(!m.Inherit, "noinherit")+option(!m.Set, "noset"))
		}
	}
	for id, object := range c.Objects {
		out = append(out, fmt.Sprintf("%s owned by %s", objectWords(id), word(object.Owner)))
		out = append(out, aclLines(object, object.ACL, "")...)
		for column, acl := range object.Columns {
			out = append(out, aclLines(object, acl, " ("+word(column)+")")...)
		}
	}
	return append(out, futureLines(c)...)
}

func roleLine(role *catalog.Role) string {
	has := role.Attributes
	line := "role " + word(role.Name) + option(has.Superuser, "SUPERUSER") + option(has.CreateRole, "CREATEROLE") + option(has.CreateDB, "CREATEDB") +
		option(has.Login, "LOGIN") + option(!has.Inherit, "NOINHERIT") + option(has.Replication, "REPLICATION") + option(has.BypassRLS, "BYPASSRLS")
	if has.ConnectionLimit != catalog.NoConnectionLimit {
		line += fmt.Sprintf(" limit %d", has.ConnectionLimit)
	}
	if role.Verifier != "" && role.Verifier != catalog.NoPassword {
		line += " password " + string(role.Verifier)
	}
	if role.ValidUntil != nil {
		line += " until " + role.ValidUntil.Format(time.DateOnly)
	}
	line += option(role.Comment != "", "comment "+word(role.Comment))
	if role.Holds != nil {
		line += " holds " + string(role.Holds.Privilege)
		if role.Holds.Column != "" {
			line += " (" + word(role.Holds.Column) + ")"
		}
		line += " on " + objectWords(role.Holds.Object)
	}
	return line
}

func aclLines(object *catalog.Object, acl catalog.ACL, column string) []string {
	var out []string
	for _, item := range acl {
		if item.Grantee != object.Owner {
			grantee := cmp.Or(word(item.Grantee), public)
			line := fmt.Sprintf("grant %s%s on %s to %s by %s", item.Privilege, column, objectWords(object.ID), grantee, word(item.Grantor))
			out = append(out, line+option(item.Grantable, "grantable"))
		}
	}
	return out
}

func objectWords(id catalog.ObjectID) string {
	text := strings.ToLower(string(id.Kind)) + " "
	if id.Schema != "" {
		text += word(id.Schema) + "."
	}
	return text + word(id.Name) + strings.ReplaceAll(id.Arguments, ", ", ",")
}

func option(is bool, word string) string {
	if is {
		return " " + word
	}
	return ""
}
