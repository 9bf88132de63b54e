package planner

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Refusal is the error of a plan that the connecting role may not carry out. Nothing was run.
type Refusal struct {
	Reasons []Reason
	// Remedies are statements for a superuser, or somebody else who may run them, in the order in which they run. After
	// them the connecting role may do everything except what is [Reason.Superuser]. None makes it a member of a superuser.
	// [Remedied] works them out.
	Remedies []string
	// denials say, for each reason, what the connecting role lacks.
	denials []denial
}

// Reason is one thing that the connecting role may not do.
type Reason struct {
	// Act is what it would have to do, in words.
	Act string
	// Why says what stands in the way: whose the object is, for one.
	Why string
	// Superuser tells that no statement would allow it, so that a superuser has to carry out the plan.
	Superuser bool
	// At is where the spec asks for it first, as file:line:column. What it leaves out has the place of the role. Empty:
	// the spec was built in Go, or does not name it.
	At    string
	about thing
}

// intent is what a step is to do: in words, and as the statement that the spec asks for.
type intent struct {
	words  string
	change catalog.Change
}

// Located adds to the error of [Build], if it is a [*Refusal], where the spec asks for what is refused. Place gives
// that of a statement; empty: none is known.
func Located(err error, place func(catalog.Change) string) error {
	refusal, is := errors.AsType[*Refusal](err)
	if !is {
		return err
	}
	for i, denied := range refusal.denials {
		refusal.Reasons[i].At = place(denied.asked)
	}
	return err
}

// thing is an object or a role in the words of a reason.
type thing struct{ kind, name string }

func (t thing) String() string { return t.kind + " " + t.name }

// Error lists the reasons, and what would allow it. Reasons that differ only in the thing they are about stand
// together.
func (r *Refusal) Error() string {
	var text strings.Builder
	text.WriteString("the connecting role may not do all of this, so nothing was done:")
	for _, alike := range r.alike() {
		text.WriteString("\n  " + catalog.OneLine(located(alike)))
		if alike[0].Superuser {
			text.WriteString("\n    no statement would allow it: a superuser has to run pgsr for this")
		}
	}
	if len(r.Remedies) > 0 {
		text.WriteString("\nwhat would allow it, run in this order by a superuser, or by whoever else may:")
	}
	for _, remedy := range r.Remedies {
		text.WriteString("\n  " + remedy + ";")
	}
	return text.String()
}

// alike groups the reasons that differ only in the thing they are about, in the order of the first of each.
func (r *Refusal) alike() [][]Reason {
	var out [][]Reason
	at := map[Reason]int{}
	for _, reason := range r.Reasons {
		i, isNew := lists.Place(at, reason.pattern())
		if isNew {
			out = append(out, nil)
		}
		out[i] = append(out[i], reason)
	}
	return out
}

// placeholder stands for the thing of a reason, and otherOwnRoles for the names of pgsr's own roles.
const (
	placeholder   = "\x00"
	otherOwnRoles = "privilege roles"
)

var ownRole = regexp.MustCompile(`\b` + catalog.OwnRolePrefix + `\w+`)

// pattern is a reason with placeholders: the same for all reasons that are alike.
func (r Reason) pattern() Reason {
	r.At = ""
	if r.about == (thing{}) {
		return r
	}
	r.Act = ownRole.ReplaceAllString(strings.ReplaceAll(r.Act, r.about.String(), placeholder), otherOwnRoles)
	r.Why = strings.ReplaceAll(r.Why, r.about.String(), placeholder)
	r.about.name = ""
	return r
}

// located writes reasons that are alike with the first place that asks for them, and how many others do.
func located(alike []Reason) string {
	first, places := "", map[string]bool{}
	for _, r := range alike {
		if r.At != "" {
			first, places[r.At] = cmp.Or(first, r.At), true
		}
	}
	text := inWords(alike)
	switch others := len(places) - 1; {
	case others < 0:
		return text
	case others == 1:
		text += " (asked for in another place, too)"
	case others > 1:
		text += fmt.Sprintf(" (asked for in %d other places, too)", others)
	}
	return first + ": " + text
}

// inWords writes reasons that are alike with the first few things that they are about, and how many more.
func inWords(alike []Reason) string {
	if len(alike) == 1 {
		return alike[0].Act + ": " + alike[0].Why
	}
	pattern := alike[0].pattern()
	things := pattern.about.kind + " " + lists.First(lists.Map(alike, func(r Reason) string { return r.about.name }), fewNamed, len(alike))
	return strings.ReplaceAll(pattern.Act, placeholder, things) + ": " + strings.ReplaceAll(pattern.Why, placeholder, "each of them")
}
