package executor

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// effectIsTrue is the law that all that anybody can do more or less, by the server's own functions, is what the
// effect said beforehand, and no more. That a role that is new, or gone, can do what everyone can may be said or not.
func (l *lawRun) effectIsTrue() {
	said, asked := answers{}, answers{}
	note := func(sign string, groups []access.Group) {
		for _, g := range groups {
			for _, role := range g.Roles {
				for _, p := range g.Privileges {
					for _, o := range g.Objects {
						said[[4]string{sign + role, string(p), unquoted(o), g.Column}] = true
					}
				}
			}
		}
	}
	note("+", l.effect.Gains)
	note("-", l.effect.Losses)
	supers, after := l.before.supers(), l.after.supers()
	// A mark says that a role comes to be a superuser, or no longer is one: what it may do by that is not read for it.
	unread := func(a [4]string) bool { return supers[a[0]] != after[a[0]] }
	differ := func(sign string, of, other answers) {
		for a := range of {
			whole := [4]string{a[0], a[1], a[2]}
			everyones := (l.isMade(a[0]) || l.isGone(a[0])) && of[[4]string{"", a[1], a[2], a[3]}]
			if implied := a[3] != "" && of[whole] && !other[whole]; other[a] || implied || supers[a[0]] && after[a[0]] || unread(a) || everyones || l.isOwnedAlone(a[2]) || l.isOfAllData(a) || l.isOfTrigger(a) {
				continue
			}
			a[0] = sign + a[0]
			asked[a] = true
		}
	}
	differ("+", l.can[1].can, l.can[0].can)
	differ("-", l.can[0].can, l.can[1].can)
	var wrong []string
	for a := range said {
		plain := [4]string{a[0][1:], a[1], a[2], a[3]}
		everyones := l.isMade(plain[0]) && l.can[1].can[[4]string{"", a[1], a[2], a[3]}] || l.isGone(plain[0]) && l.can[0].can[[4]string{"", a[1], a[2], a[3]}]
		if !asked[a] && !everyones && !l.isOwnedAlone(plain[2]) && !unread(plain) && !l.isOfAllData(plain) && !l.isOfTrigger(plain) && l.isAsked(plain[2]) {
			wrong = append(wrong, fmt.Sprintf("the effect says, the server does not: %q", a))
		}
	}
	for a := range asked {
		if !said[a] {
			wrong = append(wrong, fmt.Sprintf("the server says, the effect does not: %q", a))
		}
	}
	slices.Sort(wrong)
	l.expect("effect", wrong)
}

// isOfAllData tells of a privilege on a catalog of the server's whether it comes or goes with pg_read_all_data,
// pg_write_all_data or pg_maintain: what they mean for what is not read is one mark of the effect.
func (l *lawRun) isOfAllData(a [4]string) bool {
	for _, role := range []string{"pg_read_all_data", "pg_write_all_data", "pg_maintain"} {
		key := [3]string{a[0], role, "USAGE"}
		if l.can[0].has[key] != l.can[1].has[key] && strings.Contains(a[2], " pg_catalog.") {
			return true
		}
	}
	return false
}

// isAsked tells whether the server was asked about an object: whether any role has anything on it, as superusers have.
func (l *lawRun) isAsked(object string) bool {
	for _, can := range l.can {
		for a := range can.can {
			if a[2] == object {
				return true
			}
		}
	}
	return false
}

// isOwnedAlone tells of a large object whether nobody but its owner has anything on it. Those are not read, as there
// may be a million.
func (l *lawRun) isOwnedAlone(object string) bool {
	return strings.HasPrefix(object, "LARGE OBJECT ") && !slices.ContainsFunc(slices.Concat(l.before.ofKind("acl"), l.after.ofKind("acl")), func(row fact) bool {
		return row[1] == object && row[3] != row[4]
	})
}

// isRowType tells whether an object is the row type of a table.
func (l *lawRun) isRowType(object string) bool {
	name, is := strings.CutPrefix(object, "TYPE ")
	return is && (l.before.owners()["TABLE "+name] != "" || l.after.owners()["TABLE "+name] != "")
}

// isOfTrigger tells of a privilege on a schema that was not there before whether an event trigger may have given it,
// which nobody can foresee.
func (l *lawRun) isOfTrigger(a [4]string) bool {
	_, isOld := l.before.owners()[a[2]]
	_, is := l.after.owners()["ROUTINE public.law()"]
	return is && !isOld && strings.HasPrefix(a[2], "SCHEMA ")
}

// isMade tells whether a role was not there before.
func (l *lawRun) isMade(role string) bool {
	return role != "" && l.before.role(role) == nil
}

// isGone tells whether a role is there no more.
func (l *lawRun) isGone(role string) bool { return role != "" && l.after.role(role) == nil }

// role gives the row of a role; nil: it is not there.
func (f facts) role(name string) fact {
	for _, row := range f.ofKind("role") {
		if row[1] == name {
			return row
		}
	}
	return nil
}

// supers are superusers.
func (f facts) supers() map[string]bool {
	out := map[string]bool{}
	for _, row := range f.ofKind("role") {
		if row[2] == "true" {
			out[row[1]] = true
		}
	}
	return out
}

// pairs are memberships of people with the options of all their rows.
type pairs map[[2]string]catalog.Options

func (f facts) pairs() pairs {
	out := pairs{}
	for _, row := range f.ofKind("membership") {
		if !isPgsrs(row[1]) && !isPgsrs(row[2]) && !isCreators(row) {
			out.add(row)
		}
	}
	return out
}

func (p pairs) add(row fact) {
	key := [2]string{row[1], row[2]}
	o := p[key]
	o.Admin, o.Inherit, o.Set = o.Admin || row[4] == "true", o.Inherit || row[5] == "true", o.Set || row[6] == "true"
	p[key] = o
}

// isCreators tells of a membership whether it looks like one that a server gives the creator of a role. Of these the
// effect says nothing.
func isCreators(row fact) bool {
	return row[3] == "postgres" && row[4] == "true" && row[5] == "false" && row[6] == "false"
}

func isPgsrs(role string) bool { return strings.HasPrefix(role, "_pgsr_") }

// membershipsAreTrue is the law that the memberships that the effect names make what pg_has_role says before what it
// says afterwards.
func (l *lawRun) membershipsAreTrue() {
	state := l.before.pairs()
	for _, m := range l.effect.Memberships {
		for _, member := range m.Members {
			key := [2]string{m.Role, member}
			if delete(state, key); m.After != nil {
				state[key] = *m.After
			}
		}
	}
	var wrong []string
	for key := range state { // with a role its memberships are gone
		if slices.Contains(l.effect.Dropped, key[0]) || slices.Contains(l.effect.Dropped, key[1]) {
			delete(state, key)
		}
	}
	for _, row := range l.after.ofKind("membership") {
		if isCreators(row) && !isPgsrs(row[1]) {
			state.add(row)
		}
	}
	for _, row := range l.after.ofKind("owner") {
		if row[1] == theDatabase.String() && l.major >= 14 {
			state[[2]string{"pg_database_owner", row[2]}] = catalog.Options{Inherit: l.major >= 16 || l.after.role(row[2])[3] == "true", Set: true}
		}
	}
	supers := l.after.supers()
	said := state.reach(l.major)
	for key := range l.can[1].has {
		if !said[key] && !supers[key[0]] && !isPgsrs(key[1]) {
			wrong = append(wrong, fmt.Sprintf("the server says, the effect does not lead to: %q", key))
		}
	}
	for key := range said {
		if !l.can[1].has[key] && !strings.HasPrefix(key[0], "pg_") {
			wrong = append(wrong, fmt.Sprintf("the effect leads to, the server does not say: %q", key))
		}
	}
	slices.Sort(wrong)
	l.expect("memberships", wrong)
}

// reach works out what pg_has_role says of memberships.
func (p pairs) reach(major int) map[[3]string]bool {
	above := map[string][]string{}
	members := map[string]bool{}
	for key := range p {
		above[key[1]] = append(above[key[1]], key[0])
		members[key[1]] = true
	}
	walk := func(start string, follow func(catalog.Options) bool) []string {
		seen := []string{start}
		for i := 0; i < len(seen); i++ {
			for _, role := range above[seen[i]] {
				if !slices.Contains(seen, role) && follow(p[[2]string{role, seen[i]}]) {
					seen = append(seen, role)
				}
			}
		}
		return seen
	}
	out := map[[3]string]bool{}
	for member := range members {
		note := func(way string, roles []string) {
			for _, role := range roles {
				if role != member {
					out[[3]string{member, role, way}] = true
				}
			}
		}
		all := walk(member, func(catalog.Options) bool { return true })
		note("MEMBER", all)
		note("USAGE", walk(member, func(o catalog.Options) bool { return o.Inherit }))
		if major >= 16 {
			note("SET", walk(member, func(o catalog.Options) bool { return o.Set }))
		}
		for _, through := range all {
			for _, role := range above[through] {
				if p[[2]string{role, through}].Admin {
					note("USAGE WITH ADMIN OPTION", []string{role})
				}
			}
		}
	}
	return out
}

// restIsTrue is the law that owners, logins and roles change as the effect says.
func (l *lawRun) restIsTrue() {
	var said, is []string
	for _, o := range l.effect.Ownerships {
		for _, object := range o.Objects {
			if name := unquoted(object); !l.isRowType(name) {
				said = append(said, fmt.Sprintf("%s: %q to %q", name, o.From, o.To))
			}
		}
	}
	was, now := l.before.owners(), l.after.owners()
	for object, owner := range now {
		if was[object] != owner && !l.isRowType(object) { // whose owner is its table's
			is = append(is, fmt.Sprintf("%s: %q to %q", object, was[object], owner))
		}
	}
	for what, roles := range map[string][]string{"can log in": l.effect.GainLogin, "can not log in": l.effect.LoseLogin, "is new": l.effect.Created, "is gone": l.effect.Dropped} {
		for _, role := range roles {
			said = append(said, fmt.Sprintf("%q %s", role, what))
		}
	}
	for _, a := range l.effect.Attributes {
		for _, word := range a.Gained {
			said = append(said, fmt.Sprintf("%q gains %s", a.Role, word))
		}
		for _, word := range a.Lost {
			said = append(said, fmt.Sprintf("%q loses %s", a.Role, word))
		}
	}
	is = append(is, l.attributesChanged()...)
	before, after := l.before.logins(), l.after.logins()
	for role, could := range before {
		if _, is2 := after[role]; !is2 {
			is = append(is, fmt.Sprintf("%q is gone", role))
			if could {
				is = append(is, fmt.Sprintf("%q can not log in", role))
			}
		}
	}
	for role, can := range after {
		could, known := before[role]
		if !known {
			is = append(is, fmt.Sprintf("%q is new", role))
		}
		if can && !could {
			is = append(is, fmt.Sprintf("%q can log in", role))
		}
		if !can && could {
			is = append(is, fmt.Sprintf("%q can not log in", role))
		}
	}
	slices.Sort(said)
	slices.Sort(is)
	l.expect("effect's rest", diffLines(said, is))
}

func (l *lawRun) attributesChanged() (is []string) {
	for _, row := range l.after.ofKind("role") {
		was := l.before.role(row[1])
		for i, attribute := range lawAttributes {
			before := attribute[1]
			if was != nil {
				before = was[i]
			}
			switch {
			case before == row[i] || i == 9 || isPgsrs(row[1]):
			case row[i] == "true":
				is = append(is, fmt.Sprintf("%q gains %s", row[1], attribute[0]))
			case was != nil: // a new role loses nothing
				is = append(is, fmt.Sprintf("%q loses %s", row[1], attribute[0]))
			}
		}
	}
	return is
}

// logins tells of people whether they may log in.
func (f facts) logins() map[string]bool {
	out := map[string]bool{}
	for _, row := range f.ofKind("role") {
		if !isPgsrs(row[1]) {
			out[row[1]] = row[6] == "true"
		}
	}
	return out
}
