// Package export says what a spec would say of a catalog: what package resolve does, backwards ([From]).
//
// It promises that the spec means the catalog as it is: resolved, it gives the same catalog again. What no spec can say
// is left out, or alone, and is named in notes. The same catalog gives the same spec.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Options say what is to be exported.
type Options struct {
	// Roles are those to export; none: all but the server's own, pgsr's, and those that the connecting role can not
	// decide over.
	Roles []string
	// NotManaged is what roles have of kinds that pgsr does not know, as the server describes it, by role.
	NotManaged map[string][]string
	// AllDatabases tells that other databases are added: see [Export.Add].
	AllDatabases bool
}

// Export is a spec of what there is, with what there is to say about it. Notes are plain texts with names as they are:
// whoever writes them has to see to characters that end a line.
type Export struct {
	Spec *spec.Spec
	// Header are notes on all of it, OfRoles those on single roles, by name.
	Header  []string
	OfRoles map[string][]string
	// Differences say what the spec would change all the same, because no spec can say that it is to stay.
	Differences []string
}

// From gives a spec of the roles of a catalog, which has to show all of them, with all that they have, their settings,
// and their passwords where these can be read. The error names roles that no spec can be about.
func From(c *catalog.Catalog, o Options) (*Export, error) {
	e := newExporter(c, o)
	if err := e.chooseRoles(); err != nil {
		return nil, err
	}
	e.findContents()
	for {
		e.begin()
		for _, name := range e.roles {
			e.spec.Roles = append(e.spec.Roles, e.role(name))
		}
		e.spec.Ignore = e.ignored()
		again, err := e.compare()
		if err != nil {
			return nil, fmt.Errorf("resolving the spec that was exported: %w", err)
		}
		if !again {
			break
		}
	}
	return &Export{Spec: e.spec, Header: e.header(), OfRoles: e.notes, Differences: e.differences}, nil
}

// exporter carries the state of one export.
type exporter struct {
	*catalog.Catalog
	options Options
	actor   *access.Actor
	names   catalog.RoleNames
	// roles are the names of those that are exported, in order; leftOut says why others are not.
	roles   []string
	leftOut map[string]string
	// exported tells which roles are; memberOf are the roles of which each is a member, in order.
	exported map[string]bool
	memberOf map[string][]string
	// contents are the objects of each kind in each schema that ALL ... IN SCHEMA stands for.
	contents map[place][]catalog.ObjectID
	// holdings, owned and futures are what each exported role has.
	holdings map[string]*holdings
	owned    map[string][]*catalog.Object
	futures  map[string]futures
	// unknown are privileges that only a later version has than those that are known, by role.
	unknown map[string][]string
	// unsaid is what a spec can not say, as comparing has shown: it is left alone.
	unsaid unsaid
	// other is the database that is added to those of an export; nil: it is the connected one.
	other *spec.Database

	spec        *spec.Spec
	notes       map[string][]string
	differences []string
}

func newExporter(c *catalog.Catalog, o Options) *exporter {
	return &exporter{
		Catalog: c, options: o, actor: access.NewActor(c), names: catalog.RoleNamesOf(c.Server.DatabaseOID),
		leftOut: map[string]string{}, exported: map[string]bool{}, memberOf: map[string][]string{},
		contents: map[place][]catalog.ObjectID{}, holdings: map[string]*holdings{}, owned: map[string][]*catalog.Object{},
		futures: map[string]futures{}, unknown: map[string][]string{}, unsaid: unsaid{settings: map[string]bool{}, owns: map[string]bool{}, ignored: map[string]string{}},
	}
}

// begin starts with an empty spec.
func (e *exporter) begin() {
	e.spec = &spec.Spec{Database: e.Server.Database, Roles: []spec.Role{}}
	e.notes, e.differences = map[string][]string{}, nil
	e.roles = slices.DeleteFunc(e.roles, func(name string) bool { return e.leftOut[name] != "" })
	for name := range e.leftOut {
		delete(e.exported, name)
	}
}

func (e *exporter) note(role, format string, args ...any) {
	e.notes[role] = append(e.notes[role], fmt.Sprintf(format, args...))
}

// chooseRoles settles which roles are exported.
func (e *exporter) chooseRoles() error {
	if len(e.options.Roles) > 0 {
		return e.chooseNamed()
	}
	for _, name := range slices.Sorted(maps.Keys(e.Roles)) {
		switch {
		case catalog.IsReserved(name) || catalog.IsOwnRole(name):
		case name == e.Server.Bootstrap:
			e.leftOut[name] = "the cluster's first superuser has every right whatever is granted"
		case roleProblem(name) != "":
			e.leftOut[name] = roleProblem(name)
		case e.actor.MayCreateRoles() && !e.actor.MayAlter(name):
			e.leftOut[name] = fmt.Sprintf("what the connecting role %q may not alter it can not decide over", e.actor.Name)
		default:
			e.roles = append(e.roles, name)
			e.exported[name] = true
		}
	}
	return nil
}

// chooseNamed takes the roles that are asked for.
func (e *exporter) chooseNamed() error {
	var problems []string
	for _, name := range e.options.Roles {
		switch {
		case e.exported[name]:
		case name == e.Server.Bootstrap:
			problems = append(problems, fmt.Sprintf("role %q is the cluster's first superuser: it has every right whatever is granted, so a spec can not decide over it", name))
		case roleProblem(name) != "":
			problems = append(problems, roleProblem(name))
		case e.Roles[name] == nil:
			problems = append(problems, e.missing(name))
		default:
			e.roles = append(e.roles, name)
			e.exported[name] = true
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "\n"))
	}
	slices.Sort(e.roles)
	return nil
}

// missing says that a role does not exist, with the names that come nearest.
func (e *exporter) missing(name string) string {
	return fmt.Sprintf("role %q does not exist", name) + spec.DidYouMean(name, slices.Sorted(maps.Keys(e.Roles)))
}

// roleProblem says why a spec can not be about a role of a name; empty if it can.
func roleProblem(name string) string {
	problem := ""
	spec.Check(&spec.Spec{Roles: []spec.Role{{Name: name}}}, func(p spec.Problem) { problem = p.Message })
	return problem
}
