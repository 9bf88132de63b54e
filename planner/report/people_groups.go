package report

import (
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// objectGroup is objects of one kind in one schema, in words: 14 tables in sales: orders, returns and 12 more.
type objectGroup struct {
	text string
	n    int
}

// objectGroups brings objects together, which come in order.
func objectGroups(objects []catalog.ObjectID) []objectGroup {
	var out []objectGroup
	for len(objects) > 0 {
		first, n := objects[0], 1
		for n < len(objects) && objects[n].Kind == first.Kind && objects[n].Schema == first.Schema {
			n++
		}
		out = append(out, objectGroup{groupText(objects[:n]), n})
		objects = objects[n:]
	}
	return out
}

func groupText(objects []catalog.ObjectID) string {
	first := objects[0]
	if len(objects) == 1 {
		return catalog.DisplayObject(first)
	}
	plural := first.Kind.Info().Plural
	if plural == "" {
		plural = catalog.Printable(string(first.Kind)) + "s"
	}
	text := script.Number(len(objects)) + " " + strings.ToLower(plural)
	if first.Schema != "" {
		text += " in " + catalog.DisplayName(first.Schema)
	}
	return text + ": " + script.ShortTexts(lists.Map(objects, catalog.DisplayUnqualified))
}

// addMemberships adds what each member gains and loses, the roles that it is a member of in the same way together.
func (p *people) addMemberships(all []access.MembershipChange) {
	type key struct {
		member, before, after string
		mark                  script.Mark
	}
	roles := map[key][]string{}
	var keys []key
	add := func(member string, mark script.Mark, before, after, role string) {
		k := key{member, before, after, mark}
		if roles[k] == nil {
			keys = append(keys, k)
		}
		roles[k] = append(roles[k], role)
	}
	for _, m := range all {
		for _, member := range m.Members {
			p.memberships[membership{m.Role, member}] = true
			switch {
			case m.Before == nil:
				add(member, script.Gives, "member of ", script.DisplayOptions(m.After), m.Role)
			case m.After == nil:
				add(member, script.Takes, "member of ", "", m.Role)
			default:
				for _, o := range differentOptions(*m.Before, *m.After) {
					add(member, o.Mark, o.Text, "", m.Role)
				}
			}
		}
	}
	for _, k := range keys {
		slices.Sort(roles[k])
		p.add(k.mark, ofMemberships, k.before+script.ShortList(roles[k], catalog.DisplayName)+k.after, len(roles[k]), k.member)
	}
}

// addGrantedAnew counts memberships that there were before, by other grantors. One with ADMIN OPTION alone that a
// superuser gives looks as if PostgreSQL had given it to the role's creator, and is none of the effect: that is told
// here.
func (p *people) addGrantedAnew(ch catalog.GrantRole) {
	for _, role := range ch.Roles {
		for _, member := range ch.Members {
			switch {
			case catalog.IsOwnRole(role) || catalog.IsOwnRole(member) || p.memberships[membership{role, member}]:
			case ch.Options != nil && *ch.Options == catalog.Options{Admin: true}:
				p.add(script.Gives, ofMemberships, "member of "+catalog.DisplayName(role)+script.DisplayOptions(ch.Options), 1, member)
			default:
				p.grantedAnew++
			}
		}
	}
}

// differentOptions says what a member may do and what no longer.
func differentOptions(before, after catalog.Options) []script.MarkedText {
	var out []script.MarkedText
	for _, o := range []struct {
		was, is     bool
		gains, lost string
	}{
		{before.Admin, after.Admin, "may grant membership in ", "may no longer grant membership in "},
		{before.Inherit, after.Inherit, "inherits from ", "no longer inherits from "},
		{before.Set, after.Set, "may SET ROLE to ", "may no longer SET ROLE to "},
	} {
		switch {
		case o.is && !o.was:
			out = append(out, script.MarkedText{Mark: script.Gives, Text: o.gains})
		case o.was && !o.is:
			out = append(out, script.MarkedText{Mark: script.Takes, Text: o.lost})
		}
	}
	return out
}
