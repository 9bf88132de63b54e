package executor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// shrink cuts a case down while the same law does not hold, until nothing more can go or the time is up.
func (l *lawServer) shrink(c lawCase, actor, law string, end time.Time) (lawCase, string) {
	what := ""
	breaks := func(c lawCase) bool {
		if time.Now().After(end) {
			return false
		}
		r := l.holdOne(c, actor, law)
		i := slices.IndexFunc(r.broken, func(b brokenLaw) bool { return b.law == law })
		if i >= 0 {
			what = r.broken[i].what
		}
		return i >= 0
	}
	if plain := c.plain(); breaks(plain) {
		c = plain
	}
	for before := -1; before != c.size() && time.Now().Before(end); {
		before = c.size()
		if len(c.earlier) > 0 {
			without := c
			without.earlier, without.later = nil, nil
			without.statements = slices.Concat(c.statements, c.later)
			if breaks(without) {
				c = without
			}
		}
		c.spec = cut(c.spec, func(s lawSpec) bool { d := c; d.spec = s; return breaks(d) })
		c.statements = cut(c.statements, func(s []string) bool { d := c; d.statements = s; return breaks(d) })
		c.there = cut(c.there, func(s []string) bool { d := c; d.there = s; return breaks(d) })
		c.earlier = cut(c.earlier, func(s lawSpec) bool { d := c; d.earlier = s; return breaks(d) })
		c.later = cut(c.later, func(s []string) bool { d := c; d.later = s; return breaks(d) })
		for i := range c.spec {
			c.spec = c.spec.cutRole(i, func(s lawSpec) bool { d := c; d.spec = s; return breaks(d) })
		}
	}
	breaks(c)
	return c, what
}

// plain is the same with names that are easy to read.
func (c lawCase) plain() lawCase {
	w := newLawWorld(0, 18, "")
	names := map[string]string{}
	for i, role := range w.roles {
		names[role] = fmt.Sprintf("r%d", i)
	}
	for i, schema := range w.schemas {
		names[schema] = fmt.Sprintf("s%d", i)
	}
	for i, table := range w.tables {
		if names[table.Name] == "" {
			names[table.Name] = fmt.Sprintf("t%d", i)
		}
	}
	name := func(s string) string { return cmp.Or(names[s], s) }
	statements := func(from []string) []string {
		return texts(from, func(s string) string {
			for odd, plain := range names {
				s = strings.ReplaceAll(s, id(odd), plain)
			}
			return s
		})
	}
	specs := func(from lawSpec) lawSpec {
		out := slices.Clone(from)
		object := func(o lawObject) lawObject {
			return lawObject{o.kind, name(o.schema), name(o.name), statements([]string{o.arguments})[0]}
		}
		phrases := func(from []lawPhrase) []lawPhrase {
			out := slices.Clone(from)
			for i := range out {
				out[i] = out[i].named(name, object)
			}
			return out
		}
		for i, role := range from {
			out[i].name, out[i].reassignTo = name(role.name), name(role.reassignTo)
			out[i].memberOf = renamed(role.memberOf, func(m lawMembership) lawMembership { m.role = name(m.role); return m })
			out[i].owns, out[i].preserve = renamed(role.owns, object), renamed(role.preserve, name)
			out[i].grants, out[i].directGrants = phrases(role.grants), phrases(role.directGrants)
			out[i].futures = renamed(role.futures, func(f lawFuture) lawFuture {
				f.inSchema, f.creators, f.without = name(f.inSchema), renamed(f.creators, name), f.without.named(object)
				return f
			})
			if role.elsewhere != nil {
				other := *role.elsewhere
				other.name = name(other.name)
				out[i].elsewhere = &other
			}
			out[i].ignores = renamed(role.ignores, func(g lawIgnored) lawIgnored {
				return lawIgnored{name(g.role), g.members, g.objects.named(name, object)}
			})
		}
		return out
	}
	return lawCase{statements(c.statements), statements(c.there), specs(c.earlier), statements(c.later), specs(c.spec), c.trusts}
}

func renamed[T any](from []T, do func(T) T) []T {
	out := slices.Clone(from)
	for i := range out {
		out[i] = do(out[i])
	}
	return out
}

func (c lawCase) size() int {
	n := len(c.statements) + len(c.later) + len(c.there)
	for _, s := range []lawSpec{c.earlier, c.spec} {
		for _, r := range s {
			n += 1 + len(r.keys()) + len(r.memberOf) + len(r.grants) + len(r.directGrants) + len(r.owns) + len(r.preserve) + len(r.futures) + len(r.ignores)
		}
	}
	return n
}

// cut drops parts of a list, half of it first, while the rest will do.
func cut[S ~[]T, T any](list S, will func(S) bool) S {
	for size := (len(list) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(list); {
			rest := slices.Concat(list[:at], list[min(len(list), at+size):])
			if will(rest) {
				list = rest
			} else {
				at += size
			}
		}
		if size == 1 {
			break
		}
	}
	return list
}

// cutRole drops what one role of a spec has.
func (s lawSpec) cutRole(i int, will func(lawSpec) bool) lawSpec {
	with := func(change func(*lawRole)) lawSpec {
		other := slices.Clone(s)
		change(&other[i])
		return other
	}
	try := func(change func(*lawRole)) bool {
		other := with(change)
		if will(other) {
			s = other
			return true
		}
		return false
	}
	if s[i].comment != nil {
		try(func(r *lawRole) { r.comment = nil })
	}
	if s[i].settings != nil {
		try(func(r *lawRole) { r.settings = nil })
	}
	if s[i].here != nil {
		try(func(r *lawRole) { r.here = nil })
	}
	if s[i].members != nil {
		try(func(r *lawRole) { r.members = nil })
	}
	if s[i].attributes != nil {
		try(func(r *lawRole) { r.attributes = nil })
	}
	if s[i].login != nil {
		try(func(r *lawRole) { r.login = nil })
	}
	if s[i].decidesOwned {
		try(func(r *lawRole) { r.decidesOwned, r.owns = false, nil })
	}
	if s[i].elsewhere != nil {
		try(func(r *lawRole) { r.elsewhere = nil })
	}
	cut(s[i].memberOf, func(m []lawMembership) bool { return try(func(r *lawRole) { r.memberOf = m }) })
	cut(s[i].grants, func(p []lawPhrase) bool { return try(func(r *lawRole) { r.grants = p }) })
	cut(s[i].directGrants, func(p []lawPhrase) bool { return try(func(r *lawRole) { r.directGrants = p }) })
	cut(s[i].owns, func(o []lawObject) bool { return try(func(r *lawRole) { r.owns = o }) })
	cut(s[i].futures, func(f []lawFuture) bool { return try(func(r *lawRole) { r.futures = f }) })
	cut(s[i].ignores, func(g []lawIgnored) bool { return try(func(r *lawRole) { r.ignores = g }) })
	cut(s[i].preserve, func(p []string) bool { return try(func(r *lawRole) { r.preserve = p }) })
	return s
}
