package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/spec"
)

// header says what is not in the spec, and what people might write instead.
func (e *exporter) header() []string {
	lines := []string{
		"Not in it: passwords (login: {} keeps the one that there is), what everyone has (PUBLIC), what roles have in other databases.",
	}
	reasons := map[string][]string{}
	for name, reason := range e.leftOut {
		reasons[reason] = append(reasons[reason], name)
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		names := reasons[reason]
		slices.Sort(names)
		lines = append(lines, "Left out: "+strings.Join(quoted(names), ", ")+": "+reason+".")
	}
	if len(e.spec.Ignore) > 0 {
		lines = append(lines, "Under ignore are roles whose members no spec can list as they are: privilege roles whose object is gone, that have more than "+
			"one privilege, or that were granted with ADMIN OPTION or without INHERIT or SET.")
	}
	for _, difference := range e.differences {
		lines = append(lines, "Not as it is: "+difference+".")
	}
	return append(lines, e.suggestions()...)
}

// mostSuggestions is how many there are, those that spare most first.
const mostSuggestions = 5

// suggestions name roles that have phrases in common: one role could have these, of which they are members.
func (e *exporter) suggestions() []string {
	having := map[string][]string{}
	for _, role := range e.spec.Roles {
		for _, text := range texts(role.Grants, spec.KeyGrants) {
			having[text] = append(having[text], role.Name)
		}
		for _, text := range texts(role.DirectGrants, spec.KeyDirectGrants) {
			having[text] = append(having[text], role.Name)
		}
	}
	phrases := map[string]int{}
	roles := map[string][]string{}
	for _, names := range having {
		if key := fmt.Sprintf("%q", names); len(names) > 1 {
			phrases[key]++
			roles[key] = names
		}
	}
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(roles)), func(key string) bool { return spared(roles[key], phrases[key]) < 2 })
	slices.SortStableFunc(keys, func(a, b string) int { return spared(roles[b], phrases[b]) - spared(roles[a], phrases[a]) })
	var out []string
	for _, key := range keys[:min(len(keys), mostSuggestions)] {
		out = append(out, fmt.Sprintf("%s have %s in common: a role of its own could have them, of which they are members.", few(quoted(roles[key])), counted(phrases[key], "phrase", "phrases")))
	}
	return out
}

// spared is how many phrases less there would be, for the membership of each.
func spared(roles []string, phrases int) int { return (len(roles)-1)*phrases - len(roles) }

// texts gives the phrases of grants, each once: one may stand for several.
func texts(grants []spec.Grant, key string) []string {
	var out []string
	for i, g := range grants {
		if i == 0 || grants[i-1].Text != g.Text {
			out = append(out, key+" "+g.Text)
		}
	}
	return out
}
