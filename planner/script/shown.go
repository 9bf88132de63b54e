package script

import (
	"fmt"
	"strings"
	"unicode"

	"pgsr/planner/catalog"
)

// shown gives a name as it is, or in quotes if one could take it for something else.
func shown(name string) string {
	if name != "" && !strings.ContainsFunc(name, needsQuotes) {
		return name
	}
	return `"` + strings.ReplaceAll(visible(name), `"`, `""`) + `"`
}

func needsQuotes(r rune) bool {
	return r != '_' && !unicode.IsDigit(r) && (!unicode.IsLetter(r) || unicode.IsUpper(r))
}

func shownGrantee(name string) string {
	if name == catalog.Public {
		return "PUBLIC"
	}
	return shown(name)
}

// several lists the first names and counts the rest: the script has them all.
func several(names []string, show func(string) string) string {
	const most = 6
	rest := len(names) - most
	if rest > 1 {
		return list(names[:most], show) + fmt.Sprintf(" and %d more", rest)
	}
	return list(names, show)
}

func shownObject(id catalog.ObjectID) string { return visible(string(id.Kind)) + " " + shownName(id) }

func shownName(id catalog.ObjectID) string {
	if id.Schema == "" {
		return shown(id.Name)
	}
	return shown(id.Schema) + "." + shown(id.Name)
}

func shownOwnable(ch catalog.SetOwner) string {
	word, err := ownable(ch)
	if err != nil {
		return shownObject(ch.Object)
	}
	return word + " " + shownName(ch.Object)
}

func shownPrivileges(privileges []catalog.Privilege) string {
	words := make([]string, len(privileges))
	for i, p := range privileges {
		words[i] = visible(string(p))
	}
	return strings.Join(words, ", ")
}
