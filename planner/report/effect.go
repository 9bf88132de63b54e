package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// EffectLines writes an effect, a line each: first the counts, then what needs a second look (!), losses (-), gains
// (+), what default privileges will give, what may be granted, and changes of memberships, owners, attributes, logins
// and roles, of which those with ~ neither give nor take alone. Of each kind it gives at most so many lines and
// counts the rest; 0 gives all.
func EffectLines(e *access.Effect, most int) []string {
	out := []string{effectCounts(e)}
	for _, part := range append([][]string{markLines(e), rowLines(script.Takes, e.Losses), rowLines(script.Gives, e.Gains)}, otherEffects(e)...) {
		out = append(out, truncated(part, most)...)
	}
	return out
}

// LossLines are those lines of [EffectLines] that say what someone loses: privileges, memberships, ownership,
// attributes, logins.
func LossLines(e *access.Effect) []string {
	lost := losses(e)
	return append(rowLines(script.Takes, e.Losses), slices.Concat(otherEffects(lost)...)...)
}

// losses gives of an effect what someone loses.
func losses(e *access.Effect) *access.Effect {
	lost := *e
	lost.Options = slices.DeleteFunc(slices.Clone(e.Options), func(o access.OptionChange) bool { return !o.Lost })
	lost.Futures = slices.DeleteFunc(slices.Clone(e.Futures), func(f access.FutureChange) bool { return len(f.Lost) == 0 })
	lost.Memberships = slices.DeleteFunc(slices.Clone(e.Memberships), func(m access.MembershipChange) bool { return m.After != nil })
	lost.Ownerships = slices.DeleteFunc(slices.Clone(e.Ownerships), func(o access.OwnershipChange) bool { return o.From == "" })
	lost.Attributes = slices.DeleteFunc(slices.Clone(e.Attributes), func(a access.AttributeChange) bool { return len(a.Lost) == 0 })
	lost.Created, lost.GainLogin, lost.Gains, lost.Marks = nil, nil, nil, nil
	return &lost
}

// otherEffects are lines of what changes beside privileges, as [EffectLines] has them.
func otherEffects(e *access.Effect) [][]string {
	return [][]string{futureLines(e), optionLines(e), membershipLines(e), ownershipLines(e), attributeLines(e), roleLines(e)}
}

// WriteEffect writes the [EffectLines] for a terminal, in colours if color is true.
func WriteEffect(w io.Writer, e *access.Effect, most int, color bool) error {
	return writeEffectLines(w, EffectLines(e, most), color)
}

func writeEffectLines(w io.Writer, lines []string, color bool) error {
	p := painter(color)
	var text strings.Builder
	for i, line := range lines {
		switch {
		case i == 0:
			line = p.paint(bold, line)
		case line[0] == '!':
			line = p.paint(yellow, line)
		case colors[script.Mark(line[0])] != 0:
			line = p.paint(colors[script.Mark(line[0])], line)
		}
		text.WriteString(line + "\n")
	}
	_, err := w.Write([]byte(text.String()))
	return err
}

// truncated cuts lines off and says how many. A single one too many stays: to say so takes a line, too.
func truncated(lines []string, most int) []string {
	rest := len(lines) - most
	if most <= 0 || rest <= 1 {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("%s and %s more like this", lines[0][:1], script.Number(rest)))
}

func markLines(e *access.Effect) []string {
	return lists.Map(e.Marks, func(m access.Mark) string {
		return fmt.Sprintf("! %s (%s)", markText(m.Text), catalog.Printable(string(m.Kind)))
	})
}

// markText gives the text of a mark. Its names are escaped already, but anything may be in a plan that was saved.
func markText(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !catalog.IsSeen(r) }) {
		return catalog.Printable(text)
	}
	return text
}

func futureLines(e *access.Effect) []string {
	var out []string
	for _, f := range e.Futures {
		who, what := catalog.DisplayGrantee(f.Role), catalog.DisplayFuture(f.Future)
		if len(f.Lost) > 0 {
			out = append(out, "- "+who+" will not have "+joined(f.Lost)+" on "+what)
		}
		if len(f.Gained) > 0 {
			out = append(out, "+ "+who+" will have "+joined(f.Gained)+" on "+what)
		}
	}
	return out
}

func optionLines(e *access.Effect) []string {
	return lists.Map(e.Options, func(o access.OptionChange) string {
		objects := script.ShortTexts(lists.Map(o.Objects, func(id catalog.ObjectID) string { return catalog.DisplayColumn(o.Column) + catalog.DisplayObject(id) }))
		what := catalog.DisplayName(o.Role) + " may "
		if o.Lost {
			return "- " + what + "no longer grant " + joined(o.Privileges) + " on " + objects
		}
		return "+ " + what + "grant " + joined(o.Privileges) + " on " + objects
	})
}

func membershipLines(e *access.Effect) []string {
	return lists.Map(e.Memberships, func(m access.MembershipChange) string {
		who, role := script.ShortList(m.Members, catalog.DisplayName), catalog.DisplayName(m.Role)
		is := " is "
		if len(m.Members) > 1 {
			is = " are "
		}
		switch {
		case m.Before == nil:
			return "+ " + who + is + "now in " + role + changedOptions(m.After)
		case m.After == nil:
			return "- " + who + is + "no longer in " + role
		}
		return "~ " + who + is + "in " + role + " otherwise: " + optionsOrPlain(m.After) + ", was " + optionsOrPlain(m.Before)
	})
}

// changedOptions names those options of a membership that differ from GRANT's defaults.
func changedOptions(o *catalog.Options) string {
	if text := strings.TrimPrefix(script.DisplayOptions(o), ", "); text != "" {
		return " " + text
	}
	return ""
}

// optionsOrPlain says so where none differs.
func optionsOrPlain(o *catalog.Options) string {
	return cmp.Or(strings.TrimPrefix(changedOptions(o), " "), "plain")
}

func ownershipLines(e *access.Effect) []string {
	return lists.Map(e.Ownerships, func(o access.OwnershipChange) string {
		objects := script.ShortTexts(lists.Map(o.Objects, catalog.DisplayObject))
		switch {
		case o.From == "":
			return "+ " + catalog.DisplayName(o.To) + " owns " + objects + ", new"
		case o.To == "":
			return "- " + catalog.DisplayName(o.From) + " loses " + objects + ", dropped"
		}
		return "~ " + catalog.DisplayName(o.To) + " owns " + objects + ", which " + catalog.DisplayName(o.From) + " owned"
	})
}

// beyondSuperuser says what is lost beside what the effect lists: that is of what was read.
const beyondSuperuser = ", and with it all that it was not granted, in every database of the cluster"

func attributeLines(e *access.Effect) []string {
	return lists.Map(e.Attributes, func(a access.AttributeChange) string {
		var parts []string
		mark := "+ "
		if len(a.Gained) > 0 {
			parts = append(parts, "gains "+joined(a.Gained))
		}
		if len(a.Lost) > 0 {
			parts, mark = append(parts, "loses "+joined(a.Lost)), "- "
		}
		if len(parts) > 1 {
			mark = "~ "
		}
		text := mark + catalog.DisplayName(a.Role) + " " + strings.Join(parts, " and ")
		if slices.Contains(a.Lost, catalog.Superuser) {
			text += beyondSuperuser
		}
		return text
	})
}

// joined writes words one after the other.
func joined[T ~string](words []T) string { return lists.Join(words, printable[T]) }

func roleLines(e *access.Effect) []string {
	var out []string
	for _, part := range []struct {
		roles []string
		text  string
	}{{e.Dropped, "- dropped"}, {e.LoseLogin, "- can no longer log in"}, {e.Created, "+ created"}, {e.GainLogin, "+ can log in now"}} {
		if len(part.roles) > 0 {
			out = append(out, part.text+": "+script.ShortList(part.roles, catalog.DisplayName))
		}
	}
	return out
}

// PathText says by which path a role has a privilege: via analysts, by a privilege role. That is named if verbose is
// true.
func PathText(p access.Path, verbose bool) string {
	text := string(p.Kind)
	if verbose && p.PrivilegeRole != "" {
		text += " (" + catalog.DisplayName(p.PrivilegeRole) + ")"
	}
	if len(p.Via) == 0 {
		return text
	}
	return "via " + strings.Join(lists.Map(p.Via, catalog.DisplayName), " → ") + ", " + text
}

// AccessText names the object of a privilege, and the column if it is on one.
func AccessText(a access.Access) string {
	return catalog.DisplayColumn(a.Column) + catalog.DisplayObject(a.Object)
}
