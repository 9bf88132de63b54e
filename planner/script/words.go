package script

import (
	"fmt"
	"unicode/utf8"

	"pgsr/planner/catalog"
)

// Words says what a statement does to one role, a line each with its mark, as far as the effect does not say it:
// privileges, memberships, ownership and attributes are left out. Role is empty if the statement is about no single
// role. Other statements have no lines.
func Words(s Statement) (role string, lines []MarkedText) {
	switch ch := s.Change.(type) {
	case catalog.CreateRole:
		return ch.Name, append(loginWords(ch.With, false), inheritWords(ch.With)...)
	case catalog.AlterRole:
		return ch.Name, loginWords(ch, s.Refresh)
	case catalog.AlterRoleSet:
		return ch.Role, []MarkedText{{Changes, "setting " + catalog.Printable(ch.Name) + displayIn(ch.Database) + " is " + shortened(displayValue(ch.Setting))}}
	case catalog.AlterRoleReset:
		return ch.Role, []MarkedText{{Changes, "setting " + catalog.Printable(ch.Name) + displayIn(ch.Database) + " is reset"}}
	case catalog.CommentOnRole:
		if ch.Comment == "" {
			return ch.Name, []MarkedText{{Changes, "comment removed"}}
		}
		return ch.Name, []MarkedText{{Changes, "comment: " + shortened(catalog.Printable(ch.Comment))}}
	case catalog.EndSessions:
		return ch.Role, []MarkedText{{Takes, "sessions are ended"}}
	case catalog.DropOwned:
		return ch.Role, []MarkedText{{Takes, "what extensions have granted it"}}
	case catalog.AlterPolicy:
		return "", []MarkedText{{s.Mark(), Summary(ch)}}
	}
	return "", nil
}

// MarkedText is a text that says what is given, taken or changed.
type MarkedText struct {
	Mark Mark
	Text string
}

// loginWords says what becomes of password, end and connection limit.
func loginWords(ch catalog.AlterRole, again bool) []MarkedText {
	var out []MarkedText
	switch {
	case again:
		out = append(out, MarkedText{Changes, "password set again: whether it is another one can not be read"})
	case ch.Verifier == catalog.NoPassword:
		out = append(out, MarkedText{Takes, "password removed"})
	case ch.Verifier != "":
		out = append(out, MarkedText{Changes, "password set"})
	}
	if ch.SetValidUntil && ch.ValidUntil == nil {
		out = append(out, MarkedText{Changes, "password without end"})
	} else if ch.SetValidUntil {
		out = append(out, MarkedText{Changes, "password until " + timestamp(ch.ValidUntil)})
	}
	if limit := ch.Attributes.ConnectionLimit; limit != nil && *limit == catalog.NoConnectionLimit {
		out = append(out, MarkedText{Changes, "no connection limit"})
	} else if limit != nil {
		out = append(out, MarkedText{Changes, fmt.Sprintf("connection limit %d", *limit)})
	}
	return out
}

// inheritWords says that a new role is NOINHERIT, which takes nothing from it, so that the effect says nothing of it.
func inheritWords(with catalog.AlterRole) []MarkedText {
	if inherit := with.Attributes.Inherit; inherit != nil && !*inherit {
		return []MarkedText{{Changes, "NOINHERIT"}}
	}
	return nil
}

// shortened cuts a text that is too long to be read.
func shortened(text string) string {
	const most = 120
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
