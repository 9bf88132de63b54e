package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// Summary says a change in words, on one line, for people: grant SELECT on TABLE sales.orders to alice. It is never SQL
// and never shows a password.
func Summary(change catalog.Change) string {
	switch ch := change.(type) {
	case catalog.CreateRole:
		return summaryOfCreateRole(ch)
	case catalog.DropRole:
		return "drop role " + shown(ch.Name)
	case catalog.AlterRole:
		return "alter role " + shown(ch.Name) + ": " + alterations(ch)
	case catalog.CommentOnRole:
		return summaryOfComment(ch)
	case catalog.GrantRole:
		return "grant " + rolesShown(ch.Roles) + " to " + several(ch.Members, shown) + withOptions(ch.Options)
	case catalog.RevokeRole:
		return summaryOfRevokeRole(ch)
	case catalog.CreateSchema:
		return "create schema " + shown(ch.Name) + ", owned by " + shown(ch.Owner)
	case catalog.DropSchema:
		return "drop schema " + shown(ch.Name)
	case catalog.SetOwner:
		return "change the owner of " + shownOwnable(ch) + " to " + shown(ch.Owner)
	case catalog.Grant:
		return summaryOfGrant(ch)
	case catalog.Revoke:
		return summaryOfRevoke(ch)
	}
	return fmt.Sprintf("unknown change %T", change)
}

func summaryOfCreateRole(ch catalog.CreateRole) string {
	text := "create role " + shown(ch.Name) + holding(ch.Holds)
	if ch.CreateRole {
		text += " to create and grant privilege roles"
	}
	if with := alterations(ch.With); with != "" {
		text += ": " + with
	}
	if len(ch.Members) > 0 {
		text += ", and grant it to " + several(ch.Members, shown)
	}
	return text
}

// holding says what a privilege role is made for.
func holding(held *catalog.Held) string {
	if held == nil {
		return ""
	}
	return " to hold " + shownPrivileges([]catalog.Privilege{held.Privilege}) + " on " + shownObject(held.Object)
}

func alterations(ch catalog.AlterRole) string {
	var out []string
	if ch.Login != nil && *ch.Login {
		out = append(out, "may log in")
	} else if ch.Login != nil {
		out = append(out, "may not log in")
	}
	if ch.Verifier == catalog.NoPassword {
		out = append(out, "no password")
	} else if ch.Verifier != "" {
		out = append(out, "set the password")
	}
	if ch.SetValidUntil && ch.ValidUntil == nil {
		out = append(out, "password without end")
	} else if ch.SetValidUntil {
		out = append(out, "password until "+timestamp(ch.ValidUntil))
	}
	return strings.Join(out, ", ")
}

func summaryOfComment(ch catalog.CommentOnRole) string {
	if ch.Comment == "" {
		return "remove the comment on role " + shown(ch.Name)
	}
	return "comment on role " + shown(ch.Name) + ": " + visible(ch.Comment)
}

func rolesShown(names []string) string {
	if len(names) == 1 {
		return "role " + shown(names[0])
	}
	return "roles " + several(names, shown)
}

func withOptions(o *catalog.Options) string {
	if o == nil {
		return ""
	}
	var out string
	if o.Admin {
		out += ", with admin option"
	}
	if !o.Inherit {
		out += ", without inherit"
	}
	if !o.Set {
		out += ", without set"
	}
	return out
}

func summaryOfRevokeRole(ch catalog.RevokeRole) string {
	text := "revoke "
	if ch.AdminOnly {
		text = "revoke admin option for "
	}
	text += rolesShown(ch.Roles) + " from " + several(ch.Members, shown)
	if ch.GrantedBy {
		text += ", granted by " + shown(ch.Grantor)
	}
	return text + andDependents(ch.Cascade)
}

func summaryOfGrant(ch catalog.Grant) string {
	text := "grant " + shownPrivileges(ch.Privileges) + " on " + shownColumn(ch.Column) + shownObject(ch.Object) + " to " + several(ch.Grantees, shownGrantee)
	if ch.WithOption {
		text += ", with grant option"
	}
	return text
}

func summaryOfRevoke(ch catalog.Revoke) string {
	text := "revoke "
	if ch.OptionOnly {
		text += "grant option for "
	}
	return text + shownPrivileges(ch.Privileges) + " on " + shownColumn(ch.Column) + shownObject(ch.Object) + " from " + several(ch.Grantees, shownGrantee) + andDependents(ch.Cascade)
}

func shownColumn(column string) string {
	if column == "" {
		return ""
	}
	return "column " + shown(column) + " of "
}

func andDependents(yes bool) string {
	if yes {
		return ", and what was granted on by that"
	}
	return ""
}
