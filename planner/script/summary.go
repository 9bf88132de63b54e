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
		return "drop role " + DisplayName(ch.Name)
	case catalog.AlterRole:
		return "alter role " + DisplayName(ch.Name) + ": " + alterations(ch)
	case catalog.CommentOnRole:
		return summaryOfComment(ch)
	case catalog.GrantRole:
		return "grant " + displayRoles(ch.Roles) + " to " + ShortList(ch.Members, DisplayName) + DisplayOptions(ch.Options)
	case catalog.RevokeRole:
		return summaryOfRevokeRole(ch)
	case catalog.CreateSchema:
		return "create schema " + DisplayName(ch.Name) + ", owned by " + DisplayName(ch.Owner)
	case catalog.DropSchema:
		return "drop schema " + DisplayName(ch.Name)
	case catalog.SetOwner:
		return "change the owner of " + displayOwnable(ch) + " to " + DisplayName(ch.Owner)
	case catalog.Grant:
		return summaryOfGrant(ch)
	case catalog.Revoke:
		return summaryOfRevoke(ch)
	}
	return fmt.Sprintf("unknown change %T", change)
}

func summaryOfCreateRole(ch catalog.CreateRole) string {
	text := "create role " + DisplayName(ch.Name) + holding(ch.Holds)
	if ch.CreateRole {
		text += " to create and grant privilege roles"
	}
	if with := alterations(ch.With); with != "" {
		text += ": " + with
	}
	if len(ch.Members) > 0 {
		text += ", and grant it to " + ShortList(ch.Members, DisplayName)
	}
	return text
}

// holding says what a privilege role is made for.
func holding(held *catalog.Held) string {
	if held == nil {
		return ""
	}
	return " to hold " + displayPrivileges([]catalog.Privilege{held.Privilege}) + " on " + DisplayObject(held.Object)
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
		return "remove the comment on role " + DisplayName(ch.Name)
	}
	return "comment on role " + DisplayName(ch.Name) + ": " + Printable(ch.Comment)
}

func displayRoles(names []string) string {
	if len(names) == 1 {
		return "role " + DisplayName(names[0])
	}
	return "roles " + ShortList(names, DisplayName)
}

func summaryOfRevokeRole(ch catalog.RevokeRole) string {
	text := "revoke "
	if ch.AdminOnly {
		text = "revoke admin option for "
	}
	text += displayRoles(ch.Roles) + " from " + ShortList(ch.Members, DisplayName)
	if ch.GrantedBy {
		text += ", granted by " + DisplayName(ch.Grantor)
	}
	return text + andDependents(ch.Cascade)
}

func summaryOfGrant(ch catalog.Grant) string {
	text := "grant " + displayPrivileges(ch.Privileges) + " on " + DisplayColumn(ch.Column) + DisplayObject(ch.Object) + " to " + ShortList(ch.Grantees, DisplayGrantee)
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
	return text + displayPrivileges(ch.Privileges) + " on " + DisplayColumn(ch.Column) + DisplayObject(ch.Object) + " from " + ShortList(ch.Grantees, DisplayGrantee) + andDependents(ch.Cascade)
}

func andDependents(yes bool) string {
	if yes {
		return ", and what was granted on by that"
	}
	return ""
}
