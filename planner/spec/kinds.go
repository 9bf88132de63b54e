package spec

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// kinds are those of the catalog. Nobody may write to them.
var (
	kinds         = catalog.Kinds()
	allPrivileges = privilegesOf(kinds)
)

// privilegesOf lists every privilege once.
func privilegesOf(kinds []catalog.KindInfo) []catalog.Privilege {
	var out []catalog.Privilege
	for _, kind := range kinds {
		for _, privilege := range kind.Privileges {
			if !slices.Contains(out, privilege) {
				out = append(out, privilege)
			}
		}
	}
	return out
}

// privilegeProblem says why a privilege does not fit a kind of object; empty if it does, or if the kind is not known.
func privilegeProblem(privilege catalog.Privilege, kind catalog.Kind) string {
	fitting := kind.Info().Privileges
	if kind == "" || slices.Contains(fitting, privilege) {
		return ""
	}
	return fmt.Sprintf("%s is no privilege of a %s: known are %s", privilege, kind, strings.Join(asStrings(fitting), ", "))
}

// findKind gives the kind that a word names.
func findKind(w lexeme) (catalog.Kind, bool) {
	for _, kind := range kinds {
		if w.is(string(kind.Kind)) {
			return kind.Kind, true
		}
	}
	return "", false
}

// findPlural gives the kind of which a word names all that are in a schema.
func findPlural(w lexeme) (catalog.Kind, bool) {
	for _, kind := range kinds {
		if kind.InSchema && w.is(plural(kind.Kind)) {
			return kind.Kind, true
		}
	}
	return "", false
}

func plural(kind catalog.Kind) string { return string(kind) + "S" }

func kindWords() []string {
	var out []string
	for _, kind := range kinds {
		out = append(out, string(kind.Kind))
	}
	return out
}

func pluralWords() []string {
	var out []string
	for _, kind := range kinds {
		if kind.InSchema {
			out = append(out, plural(kind.Kind))
		}
	}
	return out
}

// mayBeOwned tells whether a spec decides over the owners of such objects.
func mayBeOwned(kind catalog.Kind) bool { return kind == catalog.Schema || kind == catalog.Table }

const onlyOwned = "owns is for a SCHEMA or a TABLE, not for a %s"

func asStrings[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
