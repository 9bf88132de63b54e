package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Future says that a target is also, or only, objects that do not exist yet. It is ALTER DEFAULT PRIVILEGES:
// https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
type Future struct {
	// Schemas are those in which they will be; none: anywhere in the database.
	Schemas []string
	// Creators are the roles who will make them. AnyCreator stands for all who may.
	Creators   []string
	AnyCreator bool
}

// future reads what follows FUTURE: TABLES [IN SCHEMA name, ...] FOR ROLE name, ....
func (p *PhraseReader) future(first lexeme) (Target, bool) {
	if !p.mayHaveFuture(first) || !p.futurePlurals() {
		return Target{}, false
	}
	target := Target{Kind: p.kinds[0].info.Kind, Future: &Future{}}
	if l := p.peek(0); l.is("IN") {
		for _, kind := range p.kinds {
			if !kind.info.Kind.Future().Info().InSchema {
				return target, p.fail(l, "%s", inNoSchema(kind.info.Kind.Future()))
			}
		}
		place := Target{Kind: target.Kind}
		if !p.inSchemas(&place) {
			return target, false
		}
		if place.Except != nil {
			return target, p.fail(l, "FUTURE takes no EXCEPT: default privileges know no names; with ALL AND FUTURE the next run takes what is excepted")
		}
		target.Future.Schemas, target.IfExists = place.Schemas, place.IfExists
	}
	return target, p.creators(target.Future)
}

// allAndFuture reads what follows ALL AND FUTURE: TABLES IN SCHEMA name, ... FOR ROLE name, ....
func (p *PhraseReader) allAndFuture(first lexeme) (Target, bool) {
	if !p.mayHaveFuture(first) {
		return Target{}, false
	}
	target, ok := p.allInSchema()
	if !ok {
		return target, false
	}
	target.Future = &Future{Schemas: target.Schemas}
	for _, kind := range p.kinds {
		if kind.word != "" {
			return target, p.fail(first, "%s", notAllOfKind(kind.info.Kind))
		}
	}
	return target, p.creators(target.Future)
}

// mayHaveFuture refuses FUTURE where nothing is granted, and on columns.
func (p *PhraseReader) mayHaveFuture(first lexeme) bool {
	for _, w := range p.words {
		if w.columns != nil {
			return p.fail(w.lexeme, noFutureColumns)
		}
	}
	return !p.owning || p.fail(first, noFutureOwner)
}

const noFutureOwner = "FUTURE is for direct_grants and public: who makes an object owns it"

// https://www.postgresql.org/docs/current/lo-implementation.html
const everyoneMakesThem = "everyone can make large objects: write FOR ROLE and the roles that are meant"

const noFutureColumns = "there are no default privileges on columns: grant them on the objects"

// futurePlurals reads the words for kinds of objects that have default privileges, and notes the kinds.
func (p *PhraseReader) futurePlurals() bool {
	for {
		first := p.peek(0)
		kind := p.takeFuturePlural()
		if kind == nil {
			return p.fail(first, "there are no default privileges on %s: %s", first, KnownAre(first.text, futureNames()))
		}
		p.kinds = lists.AppendNew(p.kinds, kind)
		if !p.comma() {
			return true
		}
	}
}

func (p *PhraseReader) takeFuturePlural() *kindWords {
	for _, kind := range catalog.FutureKinds() {
		if p.takeWords(strings.Fields(string(kind.Kind))) || kind.Also != "" && p.takeWords([]string{kind.Also}) {
			return wordsFor(kind.Of)
		}
	}
	return nil
}

// creators reads FOR ROLE name, ..., or FOR ANY CREATOR.
func (p *PhraseReader) creators(f *Future) bool {
	switch l := p.peek(0); {
	case p.takeWords([]string{"FOR", "ANY", "CREATOR"}):
		f.AnyCreator = true
		isLarge := func(k *kindWords) bool { return k.info.Kind == catalog.LargeObject }
		return !slices.ContainsFunc(p.kinds, isLarge) || p.fail(l, everyoneMakesThem)
	case !p.takeWords([]string{"FOR", "ROLE"}):
		return p.fail(l, "it is not said whose objects: default privileges are those of the roles that make the objects; write FOR ROLE name, or FOR ANY CREATOR")
	}
	var ok bool
	f.Creators, ok = p.roleNames(creatorProblem)
	return ok
}

// creatorProblem says why a role can not be one whose objects are meant; empty if it can.
func creatorProblem(name string) string {
	if isReserved(name) {
		return reservedProblem(name)
	}
	if catalog.IsOwnRole(name) {
		return fmt.Sprintf("names that begin with %s are reserved for privilege roles: %q makes no objects", catalog.OwnRolePrefix, Shorten(name))
	}
	return nameProblem(name)
}

// futureProblem says what is wrong with a target that is about objects which do not exist yet; empty if nothing is.
func futureProblem(t *Target) string {
	f, kind := t.Future, t.Kind.Future()
	switch {
	case kind == "":
		return fmt.Sprintf("there are no default privileges on a %s", t.Kind)
	case f.AnyCreator == (len(f.Creators) > 0):
		return "objects to come are those of some roles, or of any creator"
	case f.AnyCreator && t.Kind == catalog.LargeObject:
		return everyoneMakesThem
	case len(t.Objects) > 0 || t.Matching != nil:
		return "objects to come have no names yet: keep the kind and the schemas"
	case t.Word != "":
		return notAllOfKind(t.Kind)
	case len(f.Schemas) > 0 && !kind.Info().InSchema:
		return inNoSchema(kind)
	case len(t.Schemas) > 0 && !slices.Equal(t.Schemas, f.Schemas):
		return "all objects, and those to come, have to be in the same schemas"
	}
	return cmp.Or(firstProblem(f.Creators, creatorProblem), firstProblem(f.Schemas, schemaProblem))
}

// notAllOfKind refuses a word for only some objects of a kind.
func notAllOfKind(kind catalog.Kind) string {
	return fmt.Sprintf("default privileges are on all %s: write ALL AND FUTURE %s, or ALL and FUTURE apart", kind.Future(), kind.Future())
}

func inNoSchema(kind catalog.FutureKind) string {
	return fmt.Sprintf("%s have default privileges in the whole database only: leave out IN SCHEMA", kind)
}

func futureNames() []string {
	return lists.Map(catalog.FutureKinds(), func(kind catalog.FutureKindInfo) string { return string(kind.Kind) })
}
