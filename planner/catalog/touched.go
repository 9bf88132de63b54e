package catalog

import "slices"

// Touched is what a change's statement names of a catalog: what it relies on, and what it writes.
type Touched struct {
	// Roles are those that it alters or drops, and those that come to own something or whose privileges it changes.
	// PUBLIC is none of them.
	Roles []string
	// Granted are the roles that it creates, or whose memberships it changes, and Members those who get or lose each.
	Granted, Members []string
	Objects          []ObjectID
	// Memberships are those that go with a role; one that lacks the role or the member stands for all others.
	Memberships []MembershipOf
	// Settings are those that it sets or resets, or that go with a role; one without a name stands for all others.
	Settings []SettingOf
	// Policies are those that it changes.
	Policies []PolicyID
	// Given are those of the objects that get another owner.
	Given []ObjectID
	// Futures are the default privileges that it changes.
	Futures []Future
}

// MembershipOf is a membership without grantor and options.
type MembershipOf struct{ Role, Member string }

// rolesAmong leaves PUBLIC out of grantees.
func rolesAmong(grantees []string) []string {
	if !slices.Contains(grantees, Public) {
		return grantees
	}
	return slices.DeleteFunc(slices.Clone(grantees), func(name string) bool { return name == Public })
}
