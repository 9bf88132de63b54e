package specfile

import (
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
	node := deref(declared.value)
	if isMapping(node) {
		for _, e := range f.entries(node) {
			if !e.isRepeated {
				f.readRoleKey(&role, e)
			}
		}
		return role
	}
	f.hide(declared.value) // it may be meant as a password
	switch {
	case node == nil:
	case isNull(node):
		f.add(declared.at, "the role %q is empty: write {} for a role that has nothing and cannot log in; leave it out to leave it as it is", spec.Shorten(role.Name))
	default:
		f.add(f.placeOf(node), "the role %q must be a mapping, for example {}, not %s", spec.Shorten(role.Name), describe(node))
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

// namesKey is a list of names under a key: what may stand in it twice depends on that.
type namesKey struct {
	list *yaml.Node
	key  string
}

// readNames reads names. Those of a list that others are aliases of are read once, and shared by the roles.
func (f *file) readNames(e entry) ([]string, []spec.Position) {
	list := f.list(e)
	key := namesKey{list, e.name}
	known, isKnown := f.names[key]
	if !isKnown {
		known = f.readNameList(e, list)
		if f.isAliased {
			f.names[key] = known
		}
	}
	return known.names, known.at
}

func (f *file) readNameList(e entry, list *yaml.Node) nameList {
	items := list.Content
	out := nameList{slices.Grow([]string(nil), len(items)), slices.Grow([]spec.Position(nil), len(items))}
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
}

func (f *file) readGrants(e entry) []spec.Grant {
	return readPhrases(f, e, f.grants, true, func(phrase scalar) (spec.Grant, []spec.PhraseProblem) {
		grant, problems := f.phrase.Grant(phrase.text)
		grant.At = phrase.at.position()
		return grant, problems
	})
}

func (f *file) readOwns(e entry) []spec.Ownership {
	return readPhrases(f, e, f.owns, false, func(phrase scalar) (spec.Ownership, []spec.PhraseProblem) {
		owned, problems := f.phrase.Ownership(phrase.text)
		owned.At = phrase.at.position()
		return owned, problems
	})
}

// readPhrases reads a list of phrases. Those of a list that others are aliases of are read once, and shared by the
// roles.
func readPhrases[T any](f *file, e entry, known map[*yaml.Node][]T, needsOn bool, read func(scalar) (T, []spec.PhraseProblem)) []T {
	list := f.list(e)
	if out, isKnown := known[list]; isKnown {
		return out
	}
	out := make([]T, 0, len(list.Content))
	for _, item := range list.Content {
		if phrase, ok := f.item(e, item); ok {
			value, problems := read(phrase)
			f.addPhraseProblems(phrase, problems, needsOn && list.Style&yaml.FlowStyle != 0)
			if len(problems) == 0 {
				out = append(out, value)
			}
		}
	}
	if f.isAliased {
		known[list] = out
	}
	return out
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
