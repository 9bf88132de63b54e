package specfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// roleKeys are what a role can have.
func roleKeys() []string {
	return []string{spec.KeyComment, spec.KeyLogin, spec.KeyMemberOf, spec.KeyGrants, spec.KeyDirectGrants, spec.KeyOwns, spec.KeyPreserveInSchemas}
}

// isKnownKey tells whether a key means something somewhere in a role.
func isKnownKey(key string) bool {
	return slices.Contains(roleKeys(), key) || slices.Contains([]string{keyPassword, keyValidUntil, keyEnv, keyFile, keyVerifier}, key)
}

// readRole reads one role.
func (f *file) readRole(declared entry) spec.Role {
	role := spec.Role{Name: declared.name, At: declared.at.position()}
	what := fmt.Sprintf("the role %q", spec.Shorten(role.Name))
	const empty = ": write {} for a role that has nothing and cannot log in; leave it out to leave it as it is"
	node := f.expect(declared.value, isMapping, what, "a mapping, for example {}", declared.at, empty)
	if node == nil {
		f.hide(declared.value) // it may be meant as a password
		return role
	}
	for _, e := range f.entries(node) {
		if !e.isRepeated {
			f.readRoleKey(&role, e)
		}
	}
	return role
}

func (f *file) readRoleKey(role *spec.Role, e entry) {
	switch e.name {
	case spec.KeyComment:
		role.Comment, role.CommentAt = f.readComment(e)
	case spec.KeyLogin:
		role.Login, role.LoginAt = f.readLogin(e), e.at.position()
	case spec.KeyMemberOf:
		role.MemberOf, role.MemberOfAt = f.readNames(e)
	case spec.KeyGrants:
		role.Grants = f.readGrants(e)
	case spec.KeyDirectGrants:
		role.DirectGrants = f.readGrants(e)
	case spec.KeyOwns:
		role.Owns = f.readOwns(e)
	case spec.KeyPreserveInSchemas:
		role.PreserveInSchemas, role.PreservedAt = f.readNames(e)
	default:
		f.unknown(e, roleKeys())
	}
}

func (f *file) readComment(e entry) (*string, spec.Position) {
	comment, ok := f.text(e)
	if !ok {
		return nil, spec.Position{}
	}
	return &comment.text, comment.at.position()
}

// nameList are names that are taken literally, and where they stand.
type nameList struct {
	names []string
	at    []spec.Position
}

// listKey is a list under a key.
type listKey struct {
	list *yaml.Node
	key  string
}

// once reads a list, if that was not done for another alias of it: the roles share what was read.
func once[T any](f *file, e entry, read func(items []*yaml.Node, isFlow bool) T) T {
	list := f.list(e)
	key := listKey{list, e.name}
	if known, isKnown := f.lists[key]; isKnown {
		return known.(T)
	}
	out := read(list.Content, list.Style&yaml.FlowStyle != 0)
	f.lists[key] = out
	return out
}

func (f *file) readNames(e entry) ([]string, []spec.Position) {
	all := once(f, e, func(items []*yaml.Node, _ bool) nameList {
		out := nameList{make([]string, 0, len(items)), make([]spec.Position, 0, len(items))}
		seen := make(map[string]bool, len(items))
		for _, item := range items {
			name, ok := f.item(e, item)
			isRepeated := e.name == spec.KeyPreserveInSchemas && seen[name.text] // which says the same again
			if ok && !isRepeated {
				seen[name.text] = true
				out.names, out.at = append(out.names, name.text), append(out.at, name.at.position())
			}
		}
		return out
	})
	return all.names, all.at
}

func (f *file) readGrants(e entry) []spec.Grant {
	return readPhrases(f, e, true, func(phrase scalar) (spec.Grant, []spec.PhraseProblem) {
		grant, problems := f.phrase.Grant(phrase.text)
		grant.At = phrase.at.position()
		return grant, problems
	})
}

func (f *file) readOwns(e entry) []spec.Ownership {
	return readPhrases(f, e, false, func(phrase scalar) (spec.Ownership, []spec.PhraseProblem) {
		owned, problems := f.phrase.Ownership(phrase.text)
		owned.At = phrase.at.position()
		return owned, problems
	})
}

func readPhrases[T any](f *file, e entry, needsOn bool, read func(scalar) (T, []spec.PhraseProblem)) []T {
	return once(f, e, func(items []*yaml.Node, isFlow bool) []T {
		out := make([]T, 0, len(items))
		for _, item := range items {
			phrase, ok := f.item(e, item)
			if !ok {
				continue
			}
			value, problems := read(phrase)
			f.addPhraseProblems(phrase, problems, needsOn && isFlow)
			if len(problems) == 0 {
				out = append(out, value)
			}
		}
		return out
	})
}

// addPhraseProblems notes the problems of a phrase at their places in the file. A phrase of a list in brackets may be
// cut at a comma: then it has no ON.
func (f *file) addPhraseProblems(phrase scalar, problems []spec.PhraseProblem, mayBeCut bool) {
	hint := ""
	if len(problems) > 0 && mayBeCut && phrase.isPlain() && !slices.Contains(strings.Fields(strings.ToUpper(phrase.text)), "ON") {
		hint = " (inside of [...] a comma ends a phrase unless the phrase is quoted)"
	}
	for _, p := range problems {
		f.add(f.within(phrase, p.At), "%s%s", p.Message, hint)
	}
}
