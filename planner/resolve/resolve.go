// Package resolve says what a spec means for a catalog: the catalog that there is to be ([Resolve]).
//
// It promises that what a spec leaves implicit is made explicit here and nowhere else: patterns are expanded, privilege
// roles are found or named, and what is missing is listed.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Means is what [Resolve] needs beside a spec and a catalog.
type Means struct {
	// Taken are names of roles that there are and that the catalog may not show: no new role gets one of them.
	Taken map[string]bool
	// Verifier gives what to store for a role's declared password: the current verifier, if it is one of that password,
	// else a new one. It may be nil if no role of the spec has a password.
	Verifier func(role string, declared spec.Password, current catalog.Verifier) (catalog.Verifier, error)
	// ReassignTo gets what roles own and their lists of what they own leave out; empty: the connecting role.
	ReassignTo string
	// TrustCode lets what runs with its owner's rights go to a role that can do more than the old owner, if that role
	// is named: by ReassignTo, or in owns.
	TrustCode bool
	// Reached are the other databases in which the spec is resolved as well, by itself: see [spec.Spec.In].
	Reached map[string]bool
	// Later does to a catalog what is done to what all databases share when this one is done; nil: nothing.
	Later func(*catalog.Catalog)
	// Advised writes the statements that messages recommend. It may be nil if no role of the spec is absent.
	Advised Advised
	// AllowLockout warns of what the connecting role would lose and needs to do its work, instead of refusing it.
	AllowLockout bool
}

// Advised writes statements that a person may run: SQL is written in package script alone, which is not for this one.
type Advised interface {
	// DropPolicy drops a policy of a table.
	DropPolicy(policy catalog.PolicyID) string
	// GiveAway gives an object to another owner, by the catalog that it is in; empty: its words are not known.
	GiveAway(catalog, name, owner string) string
	// ReassignOwned gives to a role all that another one owns in a database.
	ReassignOwned(from, to string) string
}

// Resolution is what a spec means for one catalog.
type Resolution struct {
	// Desired is the current catalog with everything as the spec says.
	Desired *catalog.Catalog
	// Missing is what the spec names and does not exist. Desired is without objects that are missing, and has a role
	// of which others are to be members only if the spec says [spec.WarnOfMissing].
	Missing []Missing
	// Skipped is what IF EXISTS passes over because it does not exist.
	Skipped []Missing
	// Ends is what the spec gives until a moment, the next first. What has ended is not among it.
	Ends []End
	// Left is what the spec takes, and is left because it only adds ([spec.ModeAdd]).
	Left []Left
	// Warnings say what people should know of the state that the spec leads to.
	Warnings []string
	// ByDefault tells, by role, what it keeps on objects that are there for a FUTURE phrase alone.
	ByDefault func() map[string][]string
}

// Resolve works out what the spec means for a catalog. The catalog must show at least [Scope] and is left as it is.
// The error is a [spec.Errors] with every contradiction between the spec and the catalog: an object with two owners,
// say, or a cycle of memberships.
//
// Who FOR ANY CREATOR stands for is known when all is resolved, and what is resolved depends on it, though hardly ever:
// it is resolved once more where that turns out to be someone else.
func Resolve(s *spec.Spec, current *catalog.Catalog, means Means) (*Resolution, error) {
	for known := (creators)(nil); ; {
		r := newResolver(s, current, means)
		r.anyCreator = known
		resolution, err := r.resolve()
		found := r.findCreators()
		if err != nil || maps.EqualFunc(known, found, slices.Equal[[]string]) {
			return resolution, err
		}
		known = found
	}
}

func (r *resolver) resolve() (*Resolution, error) {
	s := r.spec
	if r.refuseDatabase(); len(r.errors) > 0 {
		return nil, r.errors
	}
	r.refuseUnmanageable()
	r.refuseAbsent()
	r.refuseIgnoredRoles()
	r.createRoles()
	r.decideAttributes()
	r.decideSettings()
	r.decideOwners()
	r.leave()
	r.noteMissingPreserved()
	r.collectDeclarations()
	r.decidePrivileges()
	r.decideMemberships()
	r.decideDefaultPrivileges()
	r.decideLogins()
	r.leaveWhatThereIs()
	r.noteAdded()
	r.refuseCycles()
	r.refuseUntrustedCode()
	if len(r.missing.all) == 0 || s.Missing == spec.WarnOfMissing { // else nothing is planned, and less may have been read
		r.refuseLockout()
	}
	if len(r.errors) > 0 {
		slices.SortStableFunc(r.errors, func(a, b *spec.Error) int { return comparePositions(a.At, b.At) })
		return nil, r.errors
	}
	return &Resolution{Desired: r.desired, Missing: r.missing.inOrder(), Skipped: r.skipped.inOrder(), Ends: r.ends(), Left: r.sortedLeft(), Warnings: r.warnings(), ByDefault: r.heldByDefault}, nil
}

// resolver carries the state of one Resolve.
type resolver struct {
	spec             *spec.Spec
	means            Means
	current, desired *catalog.Catalog
	actor            *access.Actor
	actorAfter       *access.Actor // with the memberships that are to be; nil: not asked for yet
	// leavers are the roles that are there and are to be absent. The spec is without all that are to be absent, and
	// whole with them.
	whole   *spec.Spec
	leavers map[string]leaver
	// scope gives the place in spec.Roles of each role that the spec decides over.
	scope map[string]int
	names catalog.RoleNames

	// declared holds the first declaration of each object, declaredContents those that were looked up for contents.
	declared         map[catalog.ObjectID]*declaration
	declaredContents map[privilegeOnContents][]*declaration
	// matching holds what patterns match, once that was worked out.
	matching map[contentsKey]contents
	// excepted are the names that phrases leave out.
	excepted map[exceptedName]exceptionUse
	// ignored is what is left alone; nil: nothing.
	ignored *ignored
	futures futures
	// futureRevokes is what everyone is to lose of them.
	futureRevokes map[futurePrivilege]bool
	// publicLoses tells whether everyone loses something on an object.
	publicLoses bool
	// anyCreator is who FOR ANY CREATOR stands for.
	anyCreator creators
	// ownerChanges are the objects that get another owner, unclaimed those that are kept by who is to have what is
	// taken away.
	ownerChanges []ownerChange
	unclaimed    []catalog.ObjectID
	// creators are the administrator roles that create privilege roles, by the name of these. Administered is how many
	// each of those that have room has; nil before it is asked for.
	creators     map[string]string
	administered map[string]int
	costlyGrants []costlyGrant
	// asked are what the spec says of options, by granted role.
	asked map[string]askedOptions

	missing, skipped missingOnce
	// givers are those who can give away what a member has ADMIN OPTION on, and givenAway which privilege roles each of
	// them can.
	givers, givenAway map[string][]string
	// membersNow are those of some roles, as currentMembers gives them.
	membersNow map[string]map[string]catalog.Options
	endings    []ending
	// keptTogether says which memberships are kept for more than what is to be preserved.
	keptTogether []string
	left         []Left
	// lockouts are what the connecting role loses and is allowed to.
	lockouts []string
	errors   spec.Errors

	// These are worked out when they are first asked for.
	contentsOfSchemas func() map[contentsKey][]catalog.ObjectID
	routines          func() map[catalog.ObjectID][]catalog.ObjectID
	withSomethingHere func() map[string]bool
	withMore          func() map[string]string
	heldTogether      func() map[string][]catalog.ObjectID
	reachAfter        func() *access.Reach
	atTheEnd          func() *catalog.Catalog
}

func newResolver(s *spec.Spec, current *catalog.Catalog, means Means) *resolver {
	whole := s
	s, leavers := splitSpec(s, current, means)
	r := &resolver{
		whole: whole, spec: s, leavers: leavers, means: means, current: current, desired: current.Clone(), actor: access.NewActor(current),
		scope: make(map[string]int, len(s.Roles)), names: catalog.RoleNamesOf(current.Server.DatabaseOID),
		declared: map[catalog.ObjectID]*declaration{}, declaredContents: map[privilegeOnContents][]*declaration{},
		matching: map[contentsKey]contents{}, excepted: map[exceptedName]exceptionUse{}, ignored: ignoredBy(s),
		futures: futures{}, futureRevokes: map[futurePrivilege]bool{}, creators: map[string]string{},
		asked: map[string]askedOptions{}, givers: map[string][]string{}, givenAway: map[string][]string{}, membersNow: map[string]map[string]catalog.Options{},
	}
	r.contentsOfSchemas = sync.OnceValue(r.listContents)
	r.routines = sync.OnceValue(r.listRoutines)
	r.withSomethingHere = sync.OnceValue(r.listWithSomethingHere)
	r.withMore = sync.OnceValue(r.listWithMore)
	r.heldTogether = sync.OnceValue(r.listHeldTogether)
	r.atTheEnd = sync.OnceValue(r.desiredLater)
	r.reachAfter = sync.OnceValue(func() *access.Reach { return access.NewReach(r.atTheEnd()) })
	for i, role := range s.Roles {
		name := role.Name
		if known := current.Roles[name]; known != nil {
			name = known.Name // which the members of roles share, so that it is found without comparing its letters
		}
		r.scope[name] = i
	}
	return r
}

// desiredLater gives the desired catalog as it is when what all databases share is as the spec says.
func (r *resolver) desiredLater() *catalog.Catalog {
	if r.means.Later == nil {
		return r.desired
	}
	out := r.desired.Clone()
	r.means.Later(out)
	return out
}

func (r *resolver) inScope(role string) bool {
	_, in := r.scope[role]
	return in
}

func (r *resolver) fail(at spec.Position, format string, args ...any) {
	problem := spec.Error{At: at, Message: fmt.Sprintf(format, args...)}
	if !slices.ContainsFunc(r.errors, func(other *spec.Error) bool { return *other == problem }) {
		r.errors = append(r.errors, &problem)
	}
}

// refuseDatabase refuses another database than the one that the spec is for.
func (r *resolver) refuseDatabase() {
	if wanted, is := r.spec.Database, r.current.Server.Database; wanted != "" && wanted != is {
		r.fail(r.spec.DatabaseAt, "the spec is for database %q, but the connection is to database %q: nothing was done", wanted, is)
	}
}

// refuseUnmanageable refuses what no statement could bring about: the bootstrap superuser has every right, granted or
// not.
func (r *resolver) refuseUnmanageable() {
	for _, role := range r.spec.Roles {
		if role.Name == r.current.Server.Bootstrap {
			r.fail(role.At, "role %q is the cluster's first superuser: it has every right whatever is granted, so a spec can not decide over it", role.Name)
		}
	}
}

// createRoles adds the roles that do not exist: those of the spec, and those that are only named in member_of,
// unless that is refused.
func (r *resolver) createRoles() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		if r.spec.Local && r.current.Roles[role.Name] == nil {
			r.fail(role.At, "role %q is gone, which is to have something in database %q: run it again", role.Name, r.current.Server.Database)
		}
		r.createRole(role.Name)
		if role.Comment != nil && r.desired.Roles[role.Name].Comment != *role.Comment {
			catalog.CommentOnRole{Name: role.Name, Comment: *role.Comment}.Apply(r.desired)
		}
	}
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for _, group := range role.MemberOf {
			if r.current.Roles[group.Role] == nil && !r.inScope(group.Role) && !r.hasEnded(group.Until) {
				r.noteMissingGroup(role, group)
			}
		}
		for _, member := range role.Members {
			if r.current.Roles[member.Role] == nil && r.isOutside(member.Role) {
				r.noteMissingMember(role, member)
			}
		}
	}
}

func (r *resolver) createRole(name string) {
	if r.desired.Roles[name] == nil {
		catalog.CreateRole{Name: name}.Apply(r.desired)
	}
}

// isReserved tells whether a name is one that PostgreSQL keeps for its own roles and schemas.
// https://www.postgresql.org/docs/current/predefined-roles.html
func isReserved(name string) bool { return strings.HasPrefix(name, "pg_") }
