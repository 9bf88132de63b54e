// Package resolve says what a spec means for a catalog: the catalog that there is to be ([Resolve]).
//
// It promises that what a spec leaves implicit is made explicit here and nowhere else: patterns are expanded, privilege
// roles are found or named, and what is missing is listed.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package resolve

import (
	"maps"
	"slices"
	"sync"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Means is what [Resolve] needs beside a spec and a catalog.
type Means struct {
	// Taken are names of existing roles that the catalog may not show. No new role gets one of them.
	Taken map[string]bool
	// Verifier gives what to store for a role's declared password: the current verifier, if it is one of that password, or
	// a new one. It may be nil if no role of the spec has a password.
	Verifier func(role string, declared spec.Password, current catalog.Verifier) (catalog.Verifier, error)
	// ReassignTo is the role that gets objects which their owner's key owns leaves out; empty: the connecting role.
	ReassignTo string
	// TrustCode allows objects that run code with their owner's rights to go to a role that can do more than the old
	// owner. That role has to be named: by ReassignTo, or by owns.
	TrustCode bool
	// Reached are the other databases in which the spec is resolved, each by itself: see [spec.Spec.In].
	Reached map[string]bool
	// Later does to a catalog what is done to what all databases share when this one is done; nil: nothing.
	Later func(*catalog.Catalog)
	// Advised writes the statements that messages recommend. It may be nil if no role of the spec is absent.
	Advised Advised
	// AllowLockout warns of what the connecting role would lose and needs to do its work, instead of refusing it.
	AllowLockout bool
}

// Advised writes statements that a person may run. Only package script writes SQL, and this package may not import it.
type Advised interface {
	// DropPolicy drops a policy of a table.
	DropPolicy(policy catalog.PolicyID) string
	// GiveAway changes the owner of an object of a system catalog; empty: there is no known statement for that catalog.
	GiveAway(catalog, name, owner string) string
	// ReassignOwned gives to a role all that another one owns in a database.
	ReassignOwned(from, to string) string
}

// Resolution is what a spec means for one catalog.
type Resolution struct {
	// Desired is the catalog as the spec wants it.
	Desired *catalog.Catalog
	// Missing is what the spec names and does not exist. Desired has no missing objects. It has a missing role of
	// member_of only if the spec says [spec.WarnOfMissing].
	Missing []Missing
	// Skipped is what IF EXISTS passes over because it does not exist.
	Skipped []Missing
	// Ends is what the spec gives until a moment that is still to come, the next first.
	Ends []End
	// Left is what mode sync would take and mode add leaves ([spec.ModeAdd]).
	Left []catalog.Left
	// Warnings say what people should know of the state that the spec leads to.
	Warnings []string
	// ByDefault tells, by role, which privileges on existing objects stay because of a FUTURE phrase alone.
	ByDefault func() map[string][]string
	// DeclaredAt gives where the spec asks for a statement that makes a part of Desired: the first phrase or key. Where it
	// does so by what it leaves out, that is where the role stands. Zero: the spec was built in Go, or does not name it.
	DeclaredAt func(catalog.Change) spec.Position
}

// Resolve works out what the spec means for a catalog. The catalog must show at least [Scope] and is left as it is.
// The error is a [spec.Errors] with every contradiction between the spec and the catalog: an object with two owners,
// say, or a cycle of memberships. Then the resolution says what is missing and nothing else.
//
// Which roles FOR ANY CREATOR stands for is known only when all is resolved, and the result may depend on it, though
// that is rare. If they turn out to be others than assumed, all is resolved once more.
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
		return &Resolution{}, r.errors
	}
	r.refuseUnmanageable()
	r.refuseAbsent()
	r.refuseIgnoredRoles()
	r.createRoles()
	r.decideAttributes()
	r.decideSettings()
	r.decideOwners()
	r.dropLeavers()
	r.noteMissingPreserved()
	r.collectDeclarations()
	r.decidePrivileges()
	r.decideMemberships()
	r.decideDefaultPrivileges()
	r.decideLogins()
	r.applyModeAdd()
	r.noteTriggerAdditions()
	r.refuseCycles()
	r.refuseUntrustedCode()
	if len(r.missing.all) == 0 || s.Missing == spec.WarnOfMissing { // else nothing is planned, and less may have been read
		r.refuseLockout()
	}
	if len(r.errors) > 0 {
		slices.SortStableFunc(r.errors, func(a, b *spec.Error) int { return comparePositions(a.At, b.At) })
		return &Resolution{Missing: r.missing.inOrder()}, r.errors
	}
	return &Resolution{Desired: r.desired, Missing: r.missing.inOrder(), Skipped: r.skipped.inOrder(), Ends: r.ends(), Left: r.sortedLeft(), Warnings: r.warnings(), ByDefault: r.heldByDefault, DeclaredAt: r.declaredAt}, nil
}

// resolver carries the state of one Resolve. What belongs to one part of it is a type in the file of that part.
type resolver struct {
	// spec has no absent roles; whole has them. Leavers are those of them that exist.
	spec, whole *spec.Spec
	leavers     map[string]leaver
	// scope gives the index in spec.Roles of each role that the spec decides over.
	scope   map[string]int
	ignored *ignored
	means   Means
	names   catalog.RoleNames
	// anyCreator are the roles that FOR ANY CREATOR is assumed to stand for: see [Resolve].
	anyCreator creators

	*currentIndex
	desired *catalog.Catalog
	actor   *access.Actor
	declarations
	targets
	memberships
	// ownerChanges are the objects that get another owner.
	ownerChanges []ownerChange
	findings

	// These are worked out when they are first asked for. ActorAfter is the actor with the memberships that are to be.
	actorAfter func() *access.Actor
	reachAfter func() *access.Reach
	atTheEnd   func() *catalog.Catalog
}

func newResolver(whole *spec.Spec, current *catalog.Catalog, means Means) *resolver {
	s, leavers := splitSpec(whole, current, means)
	r := &resolver{
		spec: s, whole: whole, leavers: leavers, scope: scopeOf(s, current), ignored: ignoredBy(s), means: means,
		names: catalog.RoleNamesOf(current.Server.DatabaseOID), currentIndex: newCurrentIndex(current), desired: current.Clone(),
		actor: access.NewActor(current), declarations: newDeclarations(), targets: newTargets(), memberships: newMemberships(),
	}
	r.actorAfter = sync.OnceValue(func() *access.Actor { return access.NewActor(r.desired) })
	r.atTheEnd = sync.OnceValue(r.desiredLater)
	r.reachAfter = sync.OnceValue(func() *access.Reach { return access.NewReach(r.atTheEnd()) })
	return r
}

func scopeOf(s *spec.Spec, current *catalog.Catalog) map[string]int {
	scope := make(map[string]int, len(s.Roles))
	for i, role := range s.Roles {
		name := role.Name
		if known := current.Roles[name]; known != nil {
			name = known.Name // which the members of roles share, so that it is found without comparing its letters
		}
		scope[name] = i
	}
	return scope
}

// desiredLater gives the desired catalog after the changes that are made later to what all databases share.
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

// refuseDatabase refuses another database than the one that the spec is for.
func (r *resolver) refuseDatabase() {
	if wanted, is := r.spec.Database, r.current.Server.Database; wanted != "" && wanted != is {
		r.fail(r.spec.DatabaseAt, "the spec is for database %q, but the connection is to database %q: nothing was done", wanted, is)
	}
}

// refuseUnmanageable refuses a spec that names the bootstrap superuser. It has every right whatever is granted.
func (r *resolver) refuseUnmanageable() {
	for _, role := range r.spec.Roles {
		if role.Name == r.current.Server.Bootstrap {
			r.fail(role.At, "role %q is the cluster's first superuser: it has every right whatever is granted, so a spec can not decide over it", role.Name)
		}
	}
}

// createRoles creates the missing roles of the spec, and those of member_of that noteMissingGroup allows.
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
				r.noteMissing(Missing{At: placeOf(role, member.At), Role: role.Name, Member: member.Role}, member.IfExists, noHint)
			}
		}
	}
}

func (r *resolver) createRole(name string) {
	if r.desired.Roles[name] == nil {
		catalog.CreateRole{Name: name}.Apply(r.desired)
	}
}
