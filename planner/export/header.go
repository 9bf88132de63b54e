package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// header says what is not in the spec, and what people might write instead.
func (e *exporter) header() []string {
	missing := "Not in it: passwords (login: {} keeps the one that there is), what everyone has (PUBLIC)"
	if !e.options.AllDatabases {
		missing += ", what roles have in other databases"
	}
	lines := []string{missing + "."}
	lines = append(lines, byReason("Left out", e.leftOut)...)
	lines = append(lines, byReason("Under ignore, with its members", e.unsaid.ignored)...)
	for _, difference := range e.differences {
		lines = append(lines, "Not as it is: "+difference+".")
	}
	return append(lines, e.suggestions()...)
}

// byReason lists names that have the same reason together.
func byReason(what string, reasonOf map[string]string) []string {
	names := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(reasonOf)) {
		names[reasonOf[name]] = append(names[reasonOf[name]], name)
	}
	var lines []string
	for _, reason := range slices.Sorted(maps.Keys(names)) {
		lines = append(lines, what+": "+strings.Join(lists.Quoted(names[reason]), ", ")+": "+reason+".")
	}
	return lines
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
	phrases := map[string][]string{}
	roles := map[string][]string{}
	for _, text := range slices.Sorted(maps.Keys(having)) {
		if names := having[text]; len(names) > 1 {
			key := fmt.Sprintf("%q", names)
			phrases[key], roles[key] = append(phrases[key], text), names
		}
	}
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(roles)), func(key string) bool { return spared(roles[key], len(phrases[key])) < 1 })
	slices.SortStableFunc(keys, func(a, b string) int { return spared(roles[b], len(phrases[b])) - spared(roles[a], len(phrases[a])) })
	var out []string
	for _, key := range keys[:min(len(keys), mostSuggestions)] {
		out = append(out, fmt.Sprintf("%s have %s in common: a role of its own could have them, of which they are members: %s.",
			firstFew(lists.Quoted(roles[key])), lists.Counted(len(phrases[key]), "phrase", "phrases"), firstFew(shortened(phrases[key]))))
	}
	return out
}

func shortened(texts []string) []string {
	return lists.Map(texts, func(text string) string { return "«" + spec.Shorten(text) + "»" })
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

// firstFew lists the first of some texts, and counts the rest.
func firstFew(texts []string) string {
	const few = 5
	return lists.First(texts, few, len(texts))
}
