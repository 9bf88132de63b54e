package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Add adds what the roles of an export have in another database, as its catalog has it: where a role has something
// there, it stands under in. The catalog has to show what [From] needs, but for passwords.
func (e *Export) Add(database spec.Database, c *catalog.Catalog, o Options) error {
	in := newExporter(c, o)
	in.other = &database
	for i := range e.Spec.Roles {
		if name := e.Spec.Roles[i].Name; c.Roles[name] != nil {
			in.roles = append(in.roles, name)
			in.exported[name] = true
		}
	}
	if in.findContents(); len(in.roles) == 0 {
		return nil
	}
	for again, err := true, error(nil); again; {
		in.begin()
		for _, name := range in.roles {
			in.spec.Roles = append(in.spec.Roles, spec.Role{Name: name, In: in.inDatabase(name)})
		}
		in.spec.Ignore = in.ignored()
		if again, err = in.compare(); err != nil {
			return fmt.Errorf("resolving what was exported of database %q: %w", database.Name, err)
		}
	}
	e.merge(in)
	return nil
}

// inDatabase gives what a role has in the other database; nothing, if that is nothing.
func (e *exporter) inDatabase(name string) []spec.InDatabase {
	in := databaseKey(e.other.Name)
	in.Grants, in.DirectGrants, in.Owns = e.grants(name), e.directGrants(name), e.owns(name)
	if !e.unsaid.settings[name] {
		in.Settings = settings(e.Roles[name], e.other.Name)
	}
	e.noteNotManaged(name)
	if len(in.Grants)+len(in.DirectGrants)+len(in.Owns)+len(in.Settings) == 0 {
		return nil
	}
	role := spec.Role{Name: name, In: []spec.InDatabase{in}}
	e.dropProblems(&role)
	return role.In
}

// databaseKey means one database. A name that would be read as a pattern is meant by the pattern that matches it alone.
func databaseKey(name string) spec.InDatabase {
	if read, _, _ := spec.ParseDatabases(name); read != name {
		matching, _ := spec.CompileWhole(regexp.QuoteMeta(name))
		return spec.InDatabase{Matching: matching}
	}
	return spec.InDatabase{Database: name}
}

// merge adds what was found in a database to what there is.
func (e *Export) merge(in *exporter) {
	where := fmt.Sprintf("In database %q: ", in.other.Name)
	for i := range e.Spec.Roles {
		role := &e.Spec.Roles[i]
		at := slices.IndexFunc(in.spec.Roles, func(r spec.Role) bool { return r.Name == role.Name })
		if at < 0 {
			continue
		}
		role.In = append(role.In, in.spec.Roles[at].In...)
		slices.SortFunc(role.In, func(a, b spec.InDatabase) int { return strings.Compare(a.Database, b.Database) })
		for _, note := range in.notes[role.Name] {
			e.OfRoles[role.Name] = append(e.OfRoles[role.Name], where+note)
		}
	}
	for _, ignored := range in.spec.Ignore {
		if !slices.ContainsFunc(e.Spec.Ignore, func(known spec.Ignored) bool { return known.Text == ignored.Text }) {
			e.Spec.Ignore = append(e.Spec.Ignore, ignored)
		}
	}
	for _, line := range byReason("Under ignore, with its members", in.unsaid.ignored) {
		e.Header = append(e.Header, where+line)
	}
	for _, difference := range in.differences {
		e.Differences = append(e.Differences, where+difference)
		e.Header = append(e.Header, where+"Not as it is: "+difference+".")
	}
}

// compared gives the part of the spec that is compared with the catalog.
func (e *exporter) compared() *spec.Spec {
	if e.other != nil {
		return e.spec.In(*e.other)
	}
	return e.spec.Here(spec.Database{Name: e.Server.Database})
}

// decides tells whether an object belongs to what is exported: what is of the cluster is no other database's.
func (e *exporter) decides(id catalog.ObjectID) bool { return e.other == nil || !id.Kind.Info().Shared }

// LeaveOut notes databases that can not be read, each with the reason.
func (e *Export) LeaveOut(reasons map[string]string) {
	if len(reasons) > 0 {
		e.Header = append(e.Header, byReason("Left out, of databases", reasons)...)
	}
}
