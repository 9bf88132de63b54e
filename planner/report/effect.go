package report

import (
	"fmt"
	"io"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// EffectLines says what a change means for people, a line each: first how much it is, then what needs a second look
// (!), what is lost (-) and gained (+), and what changes of memberships, owners, logins and roles (~). Of each it
// gives at most so many lines, and counts the rest; 0 gives all.
func EffectLines(e *access.Effect, most int) []string {
	out := []string{effectCounts(e)}
	var losses, gains []string
	for _, row := range effectRows(e) {
		if row.Mark == script.Takes {
			losses = append(losses, row.line())
		} else {
			gains = append(gains, row.line())
		}
	}
	for _, part := range [][]string{markLines(e), losses, gains, membershipLines(e), ownershipLines(e), roleLines(e)} {
		out = append(out, atMost(part, most)...)
	}
	return out
}

// WriteEffect writes what a change means for people for a terminal, in colours if color is true.
func WriteEffect(w io.Writer, e *access.Effect, most int, color bool) error {
	p := painter(color)
	var text strings.Builder
	for i, line := range EffectLines(e, most) {
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

// atMost cuts lines off, and says how many. One line is not cut off to say so in one line.
func atMost(lines []string, most int) []string {
	rest := len(lines) - most
	if most <= 0 || rest <= 1 {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("%s and %s more like this", lines[0][:1], script.Number(rest)))
}

func markLines(e *access.Effect) []string {
	return mapped(e.Marks, func(m access.Mark) string {
		return fmt.Sprintf("! %s (%s)", script.Printable(m.Text), script.Printable(string(m.Kind)))
	})
}

func membershipLines(e *access.Effect) []string {
	return mapped(e.Memberships, func(m access.MembershipChange) string {
		who, role := script.ShortList(m.Members, script.DisplayName), script.DisplayName(m.Role)
		is := " is "
		if len(m.Members) > 1 {
			is = " are "
		}
		switch {
		case m.Before == nil:
			return "~ " + who + is + "now in " + role + optionsOf(m.After)
		case m.After == nil:
			return "~ " + who + is + "no longer in " + role
		}
		return "~ " + who + is + "in " + role + " otherwise:" + optionsOf(m.After) + ", was" + optionsOf(m.Before)
	})
}

// optionsOf names those options that are not what one expects, if any; all options, if they are changed.
func optionsOf(o *catalog.Options) string {
	if text := strings.TrimPrefix(script.DisplayOptions(o), ", "); text != "" {
		return " " + text
	}
	return ""
}

func ownershipLines(e *access.Effect) []string {
	return mapped(e.Ownerships, func(o access.OwnershipChange) string {
		objects := script.ShortList(mapped(o.Objects, script.DisplayObject), func(s string) string { return s })
		switch {
		case o.From == "":
			return "~ " + script.DisplayName(o.To) + " owns " + objects + ", new"
		case o.To == "":
			return "~ " + script.DisplayName(o.From) + " loses " + objects + ", dropped"
		}
		return "~ " + script.DisplayName(o.To) + " owns " + objects + ", which " + script.DisplayName(o.From) + " owned"
	})
}

func roleLines(e *access.Effect) []string {
	var out []string
	for _, part := range []struct {
		roles []string
		text  string
	}{{e.Created, "created"}, {e.Dropped, "dropped"}, {e.GainLogin, "can log in now"}, {e.LoseLogin, "can no longer log in"}} {
		if len(part.roles) > 0 {
			out = append(out, "~ "+part.text+": "+script.ShortList(part.roles, script.DisplayName))
		}
	}
	return out
}

// PathText says in a few words by which path a role has a privilege: via analysts, by a privilege role.
func PathText(p access.Path) string {
	if len(p.Via) == 0 {
		return string(p.Kind)
	}
	return "via " + strings.Join(mapped(p.Via, script.DisplayName), " → ") + ", " + string(p.Kind)
}

// AccessText names a privilege's object, and its column if it is confined to one.
func AccessText(a access.Access) string {
	return script.DisplayColumn(a.Column) + script.DisplayObject(a.Object)
}
