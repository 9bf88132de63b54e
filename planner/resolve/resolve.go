// Package resolve says what a spec means for a catalog: the catalog that there is to be ([Resolve]).
//
// It promises that what a spec leaves implicit is made explicit here and nowhere else: patterns are expanded, privilege
// roles are found or named, and what is missing is listed.
package resolve

import (
	"fmt"
	"strconv"
	"time"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Means is what [Resolve] needs beside a spec and a catalog.
type Means struct {
	// Names gives eight hexadecimal digits, other ones each time, for the names of new privilege roles.
	Names func() string
	// Verifier gives what to store for a role's declared password: the current verifier, if it is one of that password,
	// else a new one. It may be nil if no role of the spec has a password.
	Verifier func(role string, declared spec.Password, current catalog.Verifier) (catalog.Verifier, error)
	// ReassignTo gets what roles own and their lists of what they own leave out; empty: the connecting role.
	ReassignTo string
	// TrustCode lets what runs with its owner's rights go to a role that can do more than the old owner, if that role
	// is named: by ReassignTo, or in owns.
	TrustCode bool
}

// Resolution is what a spec means for one catalog.
type Resolution struct {
	// Desired is the current catalog with everything as the spec says.
	Desired *catalog.Catalog
	// Scope holds the names of the roles that the spec decides over.
	Scope map[string]bool
	// Missing is what the spec names and does not exist. Desired is without objects that are missing, and has a role
	// of which others are to be members only if the spec says [spec.WarnOfMissing].
	Missing []Missing
	// Warnings say what people should know of the state that the spec leads to.
	Warnings []string
}

// Resolve works out what the spec means for a catalog. The catalog must show at least [Scope] and is left as it is.
// The error is a [spec.Errors] with every contradiction between the spec and the catalog: an object with two owners,
// say, or a circle of memberships.
func Resolve(s *spec.Spec, current *catalog.Catalog, means Means) (*Resolution, error) {
	r := newResolver(s, current, means)
	r.refuseUnmanageable()
	r.createRoles()
	r.decideOwners()
	r.missPreserved()
	r.collectPrivileges()
	r.decidePrivileges()
	r.decideMemberships()
	r.decideLogins()
	r.refuseUntrustedCode()
	r.refuseLockout()
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	return &Resolution{Desired: r.desired, Scope: r.scopeSet(), Missing: r.missing, Warnings: r.warnings()}, nil
}

// resolver carries the state of one Resolve.
type resolver struct {
	spec    *spec.Spec
	means   Means
	current *catalog.Catalog
	desired *catalog.Catalog
	actor   *access.Actor
	// scope gives the place in spec.Roles of each role that the spec decides over.
	scope map[string]int
	// expanded holds, once asked for, what lies in schemas, what of that matches, and the slots of that.
	expanded     map[contentsKey][]catalog.ObjectID
	contentSlots map[contentSlotsKey][]*slot
	// slots give the first slot of each object on which something is declared.
	slots *byObject[*slot]
	// creators are the administrator roles that create privilege roles, by the name of these; loads is how many roles
	// each has.
	creators map[string]string
	loads    map[string]int
	// diverted are those who get a privilege role other than the one there is.
	diverted []diversion
	// database is the OID of the connected one, in decimal digits.
	database string
	// kept is room for what a role keeps of its members: see keepMembers.
	kept []catalog.Membership
	// groups and here are worked out when first asked for: see groupsOf and grantedHere.
	groups  map[string][]string
	here    map[string]bool
	missing []Missing
	// missed is the place of each in missing.
	missed map[missingKey]int
	// moved are the objects that get another owner, and after is what is reached then; nil before it is asked for.
	moved []moved
	after *access.Reach
	// keeps is what the role keeps that is to have what is taken away.
	keeps []catalog.ObjectID
	// givers are those who can give away what a member has ADMIN OPTION on, and givenAway which privilege roles each of
	// them can: see noteAdmin.
	givers, givenAway map[string][]string
	// held is worked out when first asked for: see heldBy.
	held map[string][]catalog.ObjectID
	// mixed says what can not be preserved alone.
	mixed  []string
	errors spec.Errors
}

func newResolver(s *spec.Spec, current *catalog.Catalog, means Means) *resolver {
	r := &resolver{
		spec: s, means: means, current: current, desired: current.Clone(), actor: access.NewActor(current),
		scope: make(map[string]int, len(s.Roles)), contentSlots: map[contentSlotsKey][]*slot{},
		slots: newByObject[*slot](), creators: map[string]string{},
		database: strconv.FormatUint(uint64(current.Server.DatabaseOID), 10),
	}
	for i, role := range s.Roles {
		name := role.Name
		if known := current.Roles[name]; known != nil {
			name = known.Name // which the members of roles share, so that it is found without comparing its letters
		}
		r.scope[name] = i
	}
	return r
}

func (r *resolver) inScope(role string) bool {
	_, in := r.scope[role]
	return in
}

func (r *resolver) scopeSet() map[string]bool {
	out := make(map[string]bool, len(r.scope))
	for name := range r.scope {
		out[name] = true
	}
	return out
}

func (r *resolver) fail(at spec.Position, format string, args ...interface{}) {
	r.errors = append(r.errors, &spec.Error{At: at, Message: fmt.Sprintf(format, args...)})
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
		r.createRole(role.Name)
		if role.Comment != nil && r.desired.Roles[role.Name].Comment != *role.Comment {
			catalog.CommentOnRole{Name: role.Name, Comment: *role.Comment}.Apply(r.desired)
		}
	}
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for at, group := range role.MemberOf {
			if r.current.Roles[group] == nil && !r.inScope(group) {
				r.lacksGroup(role, at)
			}
		}
	}
}

// lacksGroup does what is to be done about a role that only member_of names.
func (r *resolver) lacksGroup(role *spec.Role, at int) {
	group := role.MemberOf[at]
	if isPredefined(group) {
		r.fail(role.At, "role %q is to be a member of %q, which this server does not have and which can not be created: names that begin with pg_ are PostgreSQL's", role.Name, group)
		return
	}
	r.missGroup(role, at)
	if r.spec.Missing == spec.WarnOfMissing {
		r.createRole(group)
	}
}

func (r *resolver) createRole(name string) {
	if r.desired.Roles[name] == nil {
		catalog.CreateRole{Name: name}.Apply(r.desired)
	}
}

// decideLogins sets who can log in, how, and until when.
func (r *resolver) decideLogins() {
	for _, role := range r.spec.Roles {
		now := r.desired.Roles[role.Name]
		change := catalog.AlterRole{Name: role.Name}
		if role.Login == nil {
			if now.Attributes.Login || now.Verifier != "" && now.Verifier != catalog.NoPassword {
				no := false
				change.Login, change.Verifier = &no, catalog.NoPassword
			}
		} else {
			yes := true
			change.Login, change.SetValidUntil = &yes, role.Login.ValidUntil != nil || role.Login.NoEnd
			change.ValidUntil = asKept(role.Login.ValidUntil)
			change.Verifier = r.verifier(role, now.Verifier)
		}
		if alters(change, now) {
			change.Apply(r.desired)
		}
	}
}

// alters tells whether a statement changes anything about a role: one that it does not is not copied.
func alters(change catalog.AlterRole, now *catalog.Role) bool {
	return change.Login != nil && *change.Login != now.Attributes.Login ||
		change.Verifier != "" && change.Verifier != now.Verifier ||
		change.SetValidUntil && !sameMoment(change.ValidUntil, now.ValidUntil)
}

func sameMoment(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// asKept gives a moment as the server keeps it: in microseconds.
func asKept(moment *time.Time) *time.Time {
	if moment == nil {
		return nil
	}
	kept := moment.Round(time.Microsecond)
	return &kept
}

// verifier gives what to store as the role's password; nothing when none is declared.
func (r *resolver) verifier(role spec.Role, current catalog.Verifier) catalog.Verifier {
	if role.Login.Password.IsZero() {
		return ""
	}
	verifier, err := r.means.Verifier(role.Name, role.Login.Password, current)
	if err != nil {
		r.fail(role.At, "password of role %q: %v", role.Name, err)
	}
	return verifier
}
