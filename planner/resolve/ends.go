package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// End is something that a spec gives until a moment, which has not come.
type End struct {
	// At is where it is declared, Role who has it, and What it is, as the spec has it.
	At         spec.Position
	Role, What string
	Until      time.Time
	// IsNew tells that the catalog is without it, or without a part of it: a plan gives it.
	IsNew bool
}

// String says what ends when.
func (e End) String() string {
	return e.At.Before(fmt.Sprintf("role %q: %s (ends %s)", e.Role, e.What, e.Until.UTC().Format(time.RFC3339Nano)))
}

// Within gives those that end within a time after a moment, the next first.
func Within(ends []End, moment time.Time, within time.Duration) []End {
	return slices.DeleteFunc(slices.Clone(ends), func(e End) bool { return e.Until.After(moment.Add(within)) })
}

// hasEnded tells whether a moment has come by the server's clock: what ends then is as if it were not written.
func (r *resolver) hasEnded(until *time.Time) bool {
	return until != nil && !until.After(r.current.Moment)
}

// ending is what is known of something that ends before the desired catalog is complete.
type ending struct {
	End
	// isNew tells, when it is, whether the current one is without it.
	isNew func() bool
}

// noteEnd notes that something ends.
func (r *resolver) noteEnd(e End, isNew func() bool) { r.endings = append(r.endings, ending{e, isNew}) }

// noteEndOfFuture notes that default privileges end, unless a phrase that lasts longer gives them as well.
func (r *resolver) noteEndOfFuture(grant *spec.Grant, f catalog.Future, item futureItem, before *futureClaim) {
	if grant.Until == nil || before != nil && (before.withOption() || !grant.WithOption) {
		return
	}
	r.noteEnd(End{At: grant.At, Role: item.grantee, What: grant.Text, Until: *grant.Until}, func() bool {
		acl := r.current.FutureACL(f)
		return !acl.Has(item.grantee, item.privilege) || grant.WithOption && !acl.HasOption(item.grantee, item.privilege)
	})
}

// ends gives what ends, each phrase once, the next first.
func (r *resolver) ends() []End {
	var out []End
	place := map[End]int{}
	for _, e := range r.endings {
		at, isNew := lists.Place(place, e.End)
		if isNew {
			out = append(out, e.End)
		}
		out[at].IsNew = out[at].IsNew || e.isNew()
	}
	slices.SortStableFunc(out, func(a, b End) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Role, b.Role)) })
	return out
}

// currentMembers gives the members that a role has, with the options of all their rows, but for what its creator has as
// such. Each role is looked through once.
func (r *resolver) currentMembers(role string) map[string]catalog.Options {
	if _, known := r.membersNow[role]; !known {
		r.membersNow[role] = catalog.OptionsByMember(r.current.Members[role], r.current.IsCreators)
	}
	return r.membersNow[role]
}
