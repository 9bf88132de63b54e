package access

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Losses are what roles and PUBLIC no longer have after a change. What they have in another way instead is no loss: a
// privilege by a privilege role and not directly, say, or a membership by way of another role.
type Losses struct {
	// Privileges counts them one by one, for each role, object and privilege, on columns too. GrantOptions and
	// DefaultPrivileges are counted likewise.
	Privileges, GrantOptions, DefaultPrivileges int
	// Memberships counts pairs of roles. An option that is lost is one, too.
	Memberships int
	// Ownerships counts objects whose owner no longer has the rights of an owner.
	Ownerships int
	// Logins counts roles that can not log in any more, or not by their passwords.
	Logins int
	// Attributes counts those that let a role do more.
	Attributes int
	// Lines say what they are, those that are alike together.
	Lines []string
}

// Count gives how many there are in all.
func (l Losses) Count() int {
	return l.Privileges + l.GrantOptions + l.DefaultPrivileges + l.Memberships + l.Ownerships + l.Logins + l.Attributes
}

// With gives both together. What is said before the lines of the others tells them apart.
func (l Losses) With(others Losses, before string) Losses {
	lines := slices.Concat(l.Lines, lists.Map(others.Lines, func(line string) string { return before + line }))
	return Losses{
		Privileges: l.Privileges + others.Privileges, GrantOptions: l.GrantOptions + others.GrantOptions, DefaultPrivileges: l.DefaultPrivileges + others.DefaultPrivileges,
		Memberships: l.Memberships + others.Memberships, Ownerships: l.Ownerships + others.Ownerships, Logins: l.Logins + others.Logins,
		Attributes: l.Attributes + others.Attributes, Lines: lines,
	}
}

// LossesOf compares two states of a catalog, which must show what [Compare] needs.
func LossesOf(before, after *catalog.Catalog) Losses {
	e := Compare(before, after)
	f := lossFinder{before: before, after: after, reach: NewReach(after)}
	f.privileges(e)
	f.memberships(e)
	f.ownerships(e)
	f.logins(e)
	for _, a := range e.Attributes {
		lost := slices.DeleteFunc(slices.Clone(a.Lost), func(word catalog.AttributeWord) bool { return word == catalog.Inherit })
		for _, word := range lost { // without INHERIT memberships pass on less, before 16, which counts as that
			f.note(&f.Attributes, 1, "%s: %s", catalog.DisplayGrantee(a.Role), word)
		}
	}
	return f.Losses
}

// LossesIn compares as [LossesOf] does, of a database beside the connected one: see [CompareIn].
func LossesIn(before, after *catalog.Catalog) Losses {
	e := CompareIn(before, after)
	f := lossFinder{before: before, after: after, reach: NewReach(after)}
	f.privileges(e)
	f.ownerships(e)
	return f.Losses
}

type lossFinder struct {
	Losses
	before, after *catalog.Catalog
	reach         *Reach
}

// note counts and says what is lost.
func (f *lossFinder) note(counter *int, count int, format string, args ...any) {
	*counter += count
	f.Lines = append(f.Lines, fmt.Sprintf(format, args...))
}

func (f *lossFinder) privileges(e *Effect) {
	for _, g := range e.Losses {
		f.note(&f.Privileges, g.Count(), "%s: %s on %s%s", subjects(g.Roles), catalog.JoinPrivileges(g.Privileges), catalog.DisplayColumn(g.Column), someObjects(g.Objects))
	}
	for _, o := range e.Options {
		if o.Lost {
			f.note(&f.GrantOptions, len(o.Privileges)*len(o.Objects), "%s: the grant option for %s on %s%s", catalog.DisplayGrantee(o.Role), catalog.JoinPrivileges(o.Privileges), catalog.DisplayColumn(o.Column), someObjects(o.Objects))
		}
	}
	for _, c := range e.Futures {
		if len(c.Lost) > 0 {
			f.note(&f.DefaultPrivileges, len(c.Lost), "%s: %s on %s", catalog.DisplayGrantee(c.Role), catalog.JoinPrivileges(c.Lost), catalog.DisplayFuture(c.Future))
		}
	}
}

// memberships notes memberships that are gone, or have less, unless others give the same.
func (f *lossFinder) memberships(e *Effect) {
	for _, m := range e.Memberships {
		if m.Before == nil {
			continue
		}
		lost := lists.Filter(m.Members, func(member string) bool { return !f.keeps(member, m.Role, *m.Before) })
		if len(lost) > 0 {
			f.note(&f.Memberships, len(lost), "%s: membership in role %s", subjects(lost), catalog.DisplayName(m.Role))
		}
	}
}

// keeps tells whether a role can do by memberships what it could by one.
func (f *lossFinder) keeps(member, role string, had catalog.Options) bool {
	return (f.reach.IsMember(member, role) || f.after.IsSuperuser(member)) && (!had.Inherit || f.reach.HasPrivilegesOf(member, role)) &&
		(!had.Set || f.reach.CanSetRole(member, role)) && (!had.Admin || f.reach.HasAdmin(member, role))
}

func (f *lossFinder) ownerships(e *Effect) {
	for _, o := range e.Ownerships {
		if o.From != "" && (o.To == "" || !f.reach.HasPrivilegesOf(o.From, o.To)) {
			f.note(&f.Ownerships, len(o.Objects), "%s: ownership of %s", catalog.DisplayGrantee(o.From), someObjects(o.Objects))
		}
	}
}

// logins notes logins that are gone, and those whose password has ended.
func (f *lossFinder) logins(e *Effect) {
	for _, role := range e.LoseLogin {
		f.note(&f.Logins, 1, "%s: login", catalog.DisplayGrantee(role))
	}
	for _, role := range endedLogins(f.before, f.after) {
		f.note(&f.Logins, 1, "%s: login by a password, which is to have ended", catalog.DisplayGrantee(role))
	}
}

// subjects names the first few roles and counts the rest.
func subjects(roles []string) string {
	const most = 3
	return lists.First(lists.Map(roles[:min(len(roles), most)], catalog.DisplayGrantee), most, len(roles))
}
