package report

import (
	"cmp"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// people says what statements mean for the roles that people know, a line for each thing that some of them gain or
// lose. Privilege roles and what is had only for the moment are counted.
type people struct {
	lines []peopleLine
	// at are the places of lines by what they say.
	at     map[peopleKey]int
	counts map[script.Mark][numberOfSorts]int
	// memberships are those of which the effect says something, and grantedAnew counts others that are granted.
	memberships map[membership]bool
	grantedAnew int
}

type membership struct{ role, member string }

// peopleLine is something that is the same for each of some roles.
type peopleLine struct {
	peopleKey
	roles []string
}

type peopleKey struct {
	mark script.Mark
	sort sortOfLine
	text string
	// alone tells that it is about no role.
	alone bool
}

// sortOfLine is what a line is about. What weighs more comes first.
type sortOfLine int

const (
	ofRoles sortOfLine = iota
	ofLogins
	ofAttributes
	ofOwnerships
	ofMemberships
	ofGrantOptions
	ofPrivileges
	ofFutures
	ofSessions
	ofOthers
	numberOfSorts
)

// sortNouns are what lines are counted as.
var sortNouns = [numberOfSorts][2]string{
	ofRoles: {"role", "roles"}, ofLogins: {"login", "logins"}, ofAttributes: {"attribute", "attributes"}, ofOwnerships: {"ownership", "ownerships"},
	ofMemberships: {"membership", "memberships"}, ofGrantOptions: {"grant option", "grant options"}, ofPrivileges: {"privilege", "privileges"},
	ofFutures: {"default privilege", "default privileges"}, ofSessions: {"role's sessions", "roles' sessions"}, ofOthers: {"other thing", "other things"},
}

// speaksOfPeople tells whether a document can say what its statements mean for people, and is to say it.
func (d Document) speaksOfPeople() bool {
	return d.held() != nil && !d.Verbose && len(d.Statements) > 0
}

// held is what roles hold and are by themselves; nil: that is not known.
func (d Document) held() *access.Effect { return cmp.Or(d.heldInStep, d.Effect) }

// people works out what the statements mean.
func (d Document) people() *people {
	p := &people{at: map[peopleKey]int{}, counts: map[script.Mark][numberOfSorts]int{}, memberships: map[membership]bool{}}
	e := d.held()
	p.addAll(script.Takes, ofRoles, "dropped", e.Dropped)
	p.addAll(script.Gives, ofRoles, "new role", e.Created)
	p.addAll(script.Takes, ofLogins, "may no longer log in", e.LoseLogin)
	p.addAll(script.Gives, ofLogins, "may log in", e.GainLogin)
	for _, a := range e.Attributes {
		p.add(script.Takes, ofAttributes, joined(a.Lost), len(a.Lost), a.Role)
		p.add(script.Gives, ofAttributes, joined(a.Gained), len(a.Gained), a.Role)
	}
	p.addOwnerships(e.Ownerships)
	p.addMemberships(e.Memberships)
	p.addOptions(e.Options)
	for _, h := range e.Held {
		p.addHeld(h)
	}
	for _, f := range e.Futures {
		what := " on " + catalog.DisplayFuture(f.Future)
		p.add(script.Takes, ofFutures, joined(f.Lost)+what, len(f.Lost), f.Role)
		p.add(script.Gives, ofFutures, joined(f.Gained)+what, len(f.Gained), f.Role)
	}
	for _, s := range d.Statements {
		p.addStatement(s)
	}
	p.order()
	return p
}

// add adds a line for roles, of so many things for each; none if that is 0.
func (p *people) add(mark script.Mark, sort sortOfLine, text string, n int, roles ...string) {
	if n == 0 || len(roles) == 0 {
		return
	}
	counts := p.counts[mark]
	counts[sort] += n * len(roles)
	p.counts[mark] = counts
	p.line(peopleKey{mark: mark, sort: sort, text: text}, roles...)
}

func (p *people) addAll(mark script.Mark, sort sortOfLine, text string, roles []string) {
	p.add(mark, sort, text, 1, roles...)
}

func (p *people) line(key peopleKey, roles ...string) {
	at, isNew := lists.Place(p.at, key)
	if isNew {
		p.lines = append(p.lines, peopleLine{peopleKey: key})
	}
	p.lines[at].roles = append(p.lines[at].roles, roles...)
}

func (p *people) addOwnerships(all []access.OwnershipChange) {
	for _, o := range all {
		for _, group := range objectGroups(o.Objects) {
			from, to := " (from "+catalog.DisplayName(o.From)+")", " (to "+catalog.DisplayName(o.To)+")"
			if o.From == "" {
				from = " (new)"
			}
			if o.To == "" {
				to = " (dropped)"
			}
			if o.From != "" {
				p.add(script.Takes, ofOwnerships, "owner of "+group.text+to, group.n, o.From)
			}
			if o.To != "" {
				p.add(script.Gives, ofOwnerships, "owner of "+group.text+from, group.n, o.To)
			}
		}
	}
}

func (p *people) addHeld(h access.HeldChange) {
	mark, after := script.Gives, ""
	if h.Lost {
		mark = script.Takes
	}
	switch {
	case h.AfterSetRole && h.Lost:
		after = " (from now on only after SET ROLE)"
	case h.AfterSetRole:
		after = " (only after SET ROLE)"
	}
	if h.Unknown > 0 {
		what := "what " + script.Count(h.Unknown, "privilege role holds", "privilege roles hold") + " (nothing that is seen here)"
		if h.Attributes != "" {
			what = "what " + script.Count(h.Unknown, "role", "roles") + " with " + h.Attributes + " can do, named as privilege roles are"
		}
		p.add(mark, ofPrivileges, what, h.Unknown, h.Roles...)
		return
	}
	columns := ""
	if len(h.Columns) > 0 {
		columns = " (" + script.ShortList(h.Columns, catalog.DisplayName) + ")"
	}
	what := lists.Join(h.Privileges, func(privilege catalog.Privilege) string { return printable(privilege) + columns })
	for _, group := range objectGroups(h.Objects) {
		p.add(mark, ofPrivileges, what+" on "+group.text+after, group.n*len(h.Privileges)*max(1, len(h.Columns)), h.Roles...)
	}
}

func (p *people) addOptions(all []access.OptionChange) {
	for _, o := range all {
		mark, may := script.Gives, "may grant "
		if o.Lost {
			mark, may = script.Takes, "may no longer grant "
		}
		column := ""
		if o.Column != "" {
			column = " (" + catalog.DisplayName(o.Column) + ")"
		}
		for _, group := range objectGroups(o.Objects) {
			p.add(mark, ofGrantOptions, may+joined(o.Privileges)+column+" on "+group.text, group.n*len(o.Privileges), o.Role)
		}
	}
}

// addStatement adds what the effect does not say, or what is as it was for people.
func (p *people) addStatement(s script.Statement) {
	switch ch := s.Change.(type) {
	case catalog.GrantDefault:
		if ch.WithOption {
			p.add(script.Gives, ofFutures, "may grant "+joined(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future), len(ch.Privileges), ch.Grantees...)
		}
	case catalog.GrantRole:
		if !s.Section.IsTemporary() {
			p.addGrantedAnew(ch)
		}
	case catalog.RevokeDefault:
		if ch.OptionOnly {
			p.add(script.Takes, ofFutures, "may no longer grant "+joined(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future), len(ch.Privileges), ch.Grantees...)
		}
	}
	sort := ofOthers
	if _, ends := s.Change.(catalog.EndSessions); ends {
		sort = ofSessions
	}
	role, lines := script.Words(s)
	for _, line := range lines {
		if role == "" {
			p.line(peopleKey{mark: line.Mark, sort: sort, text: line.Text, alone: true})
			continue
		}
		p.add(line.Mark, sort, line.Text, 1, role)
	}
}

// order puts the lines in the order of roles, and of each in the order of what weighs more.
func (p *people) order() {
	for i := range p.lines {
		slices.Sort(p.lines[i].roles)
		p.lines[i].roles = slices.Compact(p.lines[i].roles)
	}
	slices.SortStableFunc(p.lines, func(a, b peopleLine) int {
		return cmp.Or(cmp.Compare(len(b.roles), 0)-cmp.Compare(len(a.roles), 0), slices.Compare(a.roles[:min(1, len(a.roles))], b.roles[:min(1, len(b.roles))]), cmp.Compare(a.sort, b.sort))
	})
}

// String writes a line: analysts: SELECT on 14 tables in sales.
func (l peopleLine) String() string {
	if l.alone {
		return l.text
	}
	return script.ShortList(l.roles, catalog.DisplayGrantee) + ": " + l.text
}
