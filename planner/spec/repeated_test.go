package spec

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// Whatever a text is, read without the lines that repeat others it says what it says at once, each node where it
// stands; or it is not read so.
func TestWithoutRepeatedLinesATextSaysTheSame(t *testing.T) {
	const tried = 4000
	read, lines := 0, 0
	for seed := range uint64(tried) {
		g := yamlWriter{rand.New(rand.NewPCG(seed, 2))}
		text := g.disturbed(g.specLike())
		without := readWithoutRepeated(text)
		if without == nil {
			continue
		}
		read++
		body, indent := bodyOfRoles(text)
		_, repeated := withoutRepeated(text, body, indent)
		lines += len(repeated)
		whole, err := readAtOnce(text)
		if err != nil || len(whole) != 1 {
			t.Fatalf("%d documents, %v, without repeated lines there was one in\n%s", len(whole), err, text)
		}
		if a, b := outline(whole[0], false), outline(without, false); !slices.Equal(a, b) {
			t.Fatalf("without repeated lines\n%s\nis\n%s\ninstead of\n%s", text, strings.Join(b, "\n"), strings.Join(a, "\n"))
		}
	}
	if read < tried/10 || lines < tried/5 {
		t.Errorf("only %d of %d documents were read so, without %d lines", read, tried, lines)
	}
}

// outline writes each node of a tree in a line, with all that is asked of nodes. Where there is nothing inside of
// brackets, the library says one place or another, by what follows after the brackets.
func outline(n *yaml.Node, isInBrackets bool) []string {
	if isAgain(n) {
		n = instead(n)
	}
	at := fmt.Sprintf("%d:%d", n.Line, n.Column)
	if isInBrackets && isAbsent(n) {
		at = "nowhere"
	}
	out := []string{fmt.Sprintf("%s %v %v %q %q %q", at, n.Kind, n.Style, n.Tag, n.Anchor, n.Value)}
	for _, child := range n.Content {
		out = append(out, outline(child, isInBrackets || n.Style&yaml.FlowStyle != 0)...)
	}
	return out
}

// specLike writes something of the form of a spec.
func (g yamlWriter) specLike() string {
	var out strings.Builder
	out.WriteString(g.oneOf("", "---\n", "# c\n") + g.oneOf("version: 1\n", "", "version: 1\nlock_key: 2\n") + "roles:\n")
	indent := g.oneOf("  ", "  ", " ", "    ")
	for i := range 2 + g.IntN(8) {
		out.WriteString(g.oneOf("", "", "\n", indent+"# c\n") + indent + g.oneOf(fmt.Sprintf("r%d", i), g.key(i)) + ":")
		switch g.IntN(6) {
		case 4, 5:
			out.WriteString(g.repeated(indent, i))
		case 0:
			out.WriteString(g.oneOf("", " ~", " &x", " *x", " {}", " # c") + "\n")
		case 1:
			out.WriteString(" " + g.flow(indent, 3) + "\n")
		case 2:
			out.WriteString(" " + g.scalar(indent) + "\n")
		default:
			out.WriteString("\n" + g.block(indent+"  ", 2))
		}
	}
	return out.String() + g.oneOf("", "", "lock_key: 1\n", "...\n")
}

// repeated writes what stands behind the name of a role, and some more roles in the same words.
func (g yamlWriter) repeated(indent string, i int) string {
	words := g.oneOf("{grants: [b c, d.*]}", "{login: {}, member_of: [a, 1]}", "{login: {a: b}, grants: [{b: c}]}", "{a: [b c, d.*]}", "{}", "{a: 1} ", g.oneOf("{a: b, c: *x}", "{a: b", "{a: 'b}", "b}")) + "\n"
	out := " " + words
	for more := range g.IntN(4) {
		out += indent + fmt.Sprintf("%s%d_%d: ", g.oneOf("r", "r", "R", "_"), i, more) + words
	}
	return out
}

// disturbed changes a few of many texts at one place, such that it may be no YAML any more.
func (g yamlWriter) disturbed(text string) string {
	for range max(0, g.IntN(4)-1) {
		at := g.IntN(len(text) + 1)
		text = text[:at] + g.oneOf("\n", "  ", "\n  x", "\"", "'", "{", "]", "- ", ": ", "\n...\n", "\n---\n", "|\n", "\n? ", "\nroles:\n", "#", "&a ", "!t ", "\n  r: 1\n") + text[at:]
	}
	return text
}

// Roles in the same words are read as if each had its own, with the same problems and at the same places; and they
// share nothing.
func TestRolesInTheSameWordsAreReadAsOthers(t *testing.T) {
	words := []string{
		"{grants: [CONNECT ON DATABASE d]}",
		"{login: {}, member_of: [a, b.c], preserve_in_schemas: [s]}",
		"{owns: [SCHEMA s, TABLE s.t], direct_grants: [SELECT ON s.t, USAGE ON SCHEMA s]}",
		"{grants: [NONSENSE ON DATABASE d], member_of: [a, a]}",
		"{grants: [CONNECT ON DATABASE d], nonsense: x}",
		"{login: {password: hunter2}}",
		"{}",
	}
	for _, wrong := range []bool{false, true} {
		var same, other strings.Builder
		same.WriteString("version: 1\nroles:\n")
		other.WriteString("version: 1\nroles:\n")
		for i := range 4000 {
			said := words[i/7%len(words)]
			if isWrong := strings.Contains(said, "NONSENSE") || strings.Contains(said, "nonsense") || strings.Contains(said, "password"); isWrong && (!wrong || i > 1000) {
				said = words[0]
			}
			fmt.Fprintf(&same, "  r_%d: %s\n", i, said)
			fmt.Fprintf(&other, "  r_%d: %s # %d\n", i, said, i)
		}
		a, errA := Parse([]File{{"f.yaml", []byte(same.String())}}, Secrets{})
		b, errB := Parse([]File{{"f.yaml", []byte(other.String())}}, Secrets{})
		if !reflect.DeepEqual(a, b) {
			t.Errorf("wrong %t: they are read in another way", wrong)
		}
		problemsA, _ := errA.(Errors)
		problemsB, _ := errB.(Errors)
		if wrong != (len(problemsA) > 0) || len(problemsA) != len(problemsB) {
			t.Fatalf("wrong %t: %d problems, and %d", wrong, len(problemsA), len(problemsB))
		}
		for i := range problemsA {
			if problemsA[i].At != problemsB[i].At || problemsA[i].Message != problemsB[i].Message {
				t.Errorf("%v %s\ninstead of\n%v %s", problemsA[i].At, problemsA[i].Message, problemsB[i].At, problemsB[i].Message)
			}
		}
		if errA != nil && strings.Contains(errA.Error(), "hunter2") {
			t.Error("a password is in the error")
		}
	}
}

func TestRolesInTheSameWordsShareNothing(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "  r_%d: {login: {}, member_of: [a], grants: [SELECT ON s.t], owns: [SCHEMA s], preserve_in_schemas: [s]}\n", i)
	}
	s, err := Parse([]File{{"f.yaml", []byte(text.String())}}, Secrets{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Roles[:10] {
		r := &s.Roles[i]
		r.MemberOf[0], r.PreserveInSchemas[0] = "changed", "changed"
		r.Grants[0].Privileges[0], r.Grants[0].Target.Objects[0].Name, r.Owns[0].Target.Objects[0].Name = "changed", "changed", "changed"
		r.Login.Password.Clear = "changed"
	}
	for _, r := range s.Roles[10:] {
		if said := fmt.Sprintf("%+v %+v", r, *r.Login); strings.Contains(said, "changed") || r.Login.Password.Clear != "" {
			t.Fatalf("%s is changed, too: %s", r.Name, said)
		}
	}
}
