package export

import (
	"iter"
	"slices"

	"pgsr/planner/catalog"
)

// privileges is a set of those that a kind of objects has: each by its place in [catalog.KindInfo.Privileges], as a
// bit.
type privileges uint32

// setOf gives the set of one privilege; the empty set if the kind has no such privilege.
func setOf(kind catalog.Kind, privilege catalog.Privilege) privileges {
	if at := slices.Index(kind.Info().Privileges, privilege); at >= 0 {
		return setAt(at)
	}
	return 0
}

// setAt gives the set of the privilege at a place.
func setAt(place int) privileges { return 1 << place }

func (p privileges) isEmpty() bool { return p == 0 }

// has tells whether some of other privileges are in the set.
func (p privileges) has(other privileges) bool { return p&other != 0 }

// each gives the privileges of the set with their places, in the order of the kind.
func (p privileges) each(kind catalog.Kind) iter.Seq2[int, catalog.Privilege] {
	return func(yield func(int, catalog.Privilege) bool) {
		for place, privilege := range kind.Info().Privileges {
			if p.has(setAt(place)) && !yield(place, privilege) {
				return
			}
		}
	}
}

// grantLevel is how somebody has a privilege: plainly, or WITH GRANT OPTION, which is more.
type grantLevel int

const (
	plain grantLevel = iota
	withOption
	levels
)

// byLevel are privileges by how somebody has them.
type byLevel [levels]privileges

// add adds privileges. Those WITH GRANT OPTION are had plainly, too.
func (l *byLevel) add(set privileges, isGrantable bool) {
	l[plain] |= set
	if isGrantable {
		l[withOption] |= set
	}
}

// say takes out what a phrase of a level gives: who has the grant option has the privilege.
func (l *byLevel) say(level grantLevel, set privileges) {
	l[level] &^= set
	l[plain] &^= set
}
