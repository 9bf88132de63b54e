package spec

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/lists"
)

// Database is one of the cluster.
type Database struct {
	Name                          string
	AllowsConnections, IsTemplate bool
}

// NamesDatabases tells whether a spec says anything of databases by their names: only then it matters which there are.
func (s *Spec) NamesDatabases() bool {
	s = s.orNone()
	return len(s.Public.In) > 0 || slices.ContainsFunc(s.Roles, func(r Role) bool { return len(r.In) > 0 })
}

// Here gives what a spec says of the cluster and the connected database.
func (s *Spec) Here(connected Database) *Spec {
	s = s.orNone()
	out := *s
	out.Public.In = nil
	out.Roles = slices.Clone(s.Roles)
	for i := range out.Roles {
		role := &out.Roles[i]
		if in := s.Roles[i].in(connected); in != nil {
			role.In = []InDatabase{{Database: connected.Name, Settings: in.Settings, At: in.At}}
		} else {
			role.In = nil
		}
	}
	return &out
}

// In gives what a spec says of another database, and of nothing else: logins, attributes, comments, and memberships in
// roles that hold nothing there are not decided. Roles that are to be absent lose what they have there. Each role's own
// part must be there at most once: see [Spec.Others].
func (s *Spec) In(other Database) *Spec {
	s = s.orNone()
	out := &Spec{Local: true, LockKey: s.LockKey, Missing: s.Missing, Mode: s.Mode, Ignore: s.Ignore, leftOut: s.leftOut}
	for i := range s.Public.In {
		if in := &s.Public.In[i]; in.which().means(other) {
			out.Public = Public{Grants: in.Grants, Revokes: in.Revokes}
		}
	}
	for i := range s.Roles {
		role := &s.Roles[i]
		if role.IsAbsent() {
			out.Roles = append(out.Roles, *role)
			continue
		}
		in := role.in(other)
		if in == nil {
			continue
		}
		local := Role{
			Name: role.Name, At: in.At, Grants: in.Grants, DirectGrants: in.DirectGrants, Owns: in.Owns,
			PreserveInSchemas: in.PreserveInSchemas, PreservedAt: in.PreservedAt,
		}
		if in.Settings != nil {
			local.In = []InDatabase{{Database: other.Name, Settings: in.Settings, At: in.At}}
		}
		out.Roles = append(out.Roles, local)
	}
	return out
}

// in gives what a role is to have in a database; nil if nothing is said of it.
func (r *Role) in(d Database) *InDatabase {
	for i := range r.In {
		if r.In[i].which().means(d) {
			return &r.In[i]
		}
	}
	return nil
}

// Others gives, in order, the databases beside the connected one that a spec is about, of all that there are. Warnings
// say what is missing where the spec only warns of that. The error is an [Errors] with all that is missing else, and
// with each database that one role means twice, or that can not be connected to.
func (s *Spec) Others(connected string, there []Database) (others []Database, warnings []string, err error) {
	if s == nil {
		return nil, nil, Errors{{Message: noSpec.Error()}}
	}
	o := otherDatabases{connected: connected, there: there, found: map[string]Database{}, warns: s.Missing == WarnOfMissing}
	public := lists.Map(s.Public.In, func(in PublicInDatabase) which { return in.which() })
	o.add("PUBLIC", public, func(int) bool { return false })
	for i := range s.Roles {
		role := &s.Roles[i]
		all := lists.Map(role.In, func(in InDatabase) which { return in.which() })
		o.add(fmt.Sprintf("role %q", Shorten(role.Name)), all, func(at int) bool { return role.In[at].IsSettingsAlone() })
	}
	if len(o.errors) > 0 {
		return nil, nil, o.errors
	}
	inOrder := slices.Sorted(maps.Keys(o.found))
	return lists.Map(inOrder, func(name string) Database { return o.found[name] }), o.warnings, nil
}

// otherDatabases gathers those that a spec is about.
type otherDatabases struct {
	connected string
	there     []Database
	warns     bool
	found     map[string]Database
	warnings  []string
	errors    Errors
}

// add adds the databases that someone is to have something in.
func (o *otherDatabases) add(who string, all []which, settingsAlone func(int) bool) {
	by := map[string]which{}
	for i, w := range all {
		isThere := false
		for _, d := range o.there {
			if !w.means(d) {
				continue
			}
			isThere = true
			before, twice := by[d.Name]
			by[d.Name] = w
			switch {
			case twice:
				o.fail(w, "%s means the database %q twice: by %s and by %s", who, d.Name, before, w)
			case d.Name == o.connected && !settingsAlone(i):
				o.fail(w, "%s means the connected database %q: what %s has there stands directly under it, not under in, which takes settings alone of it", w, d.Name, who)
			case !d.AllowsConnections:
				o.fail(w, "the database %q does not allow connections: ALTER DATABASE ... ALLOW_CONNECTIONS true (DROP DATABASE where one was interrupted), or take it out", d.Name)
			case d.Name != o.connected:
				o.found[d.Name] = d
			}
		}
		if !isThere {
			o.missing(who, w)
		}
	}
}

func (o *otherDatabases) fail(w which, format string, args ...any) {
	o.errors = append(o.errors, &Error{At: w.at, Message: fmt.Sprintf(format, args...)})
}

// missing notes a database that is not there, with the nearest names.
func (o *otherDatabases) missing(who string, w which) {
	text := fmt.Sprintf("%s is to have something in the database %s, which does not exist", who, w)
	if w.matching != nil {
		text = fmt.Sprintf("%s: the pattern %s matches no database that allows connections and is no template", who, w)
	} else {
		text += DidYouMean(w.name, lists.Map(o.there, func(d Database) string { return d.Name }))
	}
	if !o.warns {
		o.fail(w, "%s", text)
	} else {
		o.warnings = append(o.warnings, w.at.Before(text))
	}
}
