package spec

// Ignored is what a spec leaves alone: nothing of it is granted and nothing is revoked. One of its fields says what.
type Ignored struct {
	// Target are objects. A schema stands for all that lies in it, too.
	Target *Target
	// Roles are left alone as members and as granted roles.
	Roles []string
	// ExtensionMembers are the objects that belong to extensions.
	ExtensionMembers bool
	// Text is the phrase as it was written.
	Text string
	At   Position
}

// Ignored reads a phrase as [ParseIgnored] does, adds what it stands for to others, and gives its problems with their
// places in it.
func (p *PhraseReader) Ignored(text string, out []Ignored) ([]Ignored, []PhraseProblem) {
	if p == nil {
		p = new(PhraseReader)
	}
	if !p.begin(text, "SCHEMA name") {
		return out, p.problems
	}
	all := p.ignored(text, out)
	if len(p.problems) == 0 {
		p.expectEnd()
	}
	if len(p.problems) > 0 {
		return out, p.problems
	}
	return all, nil
}

func (p *PhraseReader) ignored(text string, out []Ignored) []Ignored {
	first, second := p.peek(0), p.peek(1)
	switch {
	case p.takeWords([]string{"EXTENSION", "MEMBERS"}):
		return append(out, Ignored{ExtensionMembers: true, Text: text})
	case first.is("ROLE") && !second.isSymbol("."):
		p.take()
		roles, _ := p.roleNames(ignoredRoleProblem)
		return append(out, Ignored{Roles: roles, Text: text})
	case first.is("EXTENSION") && !second.isSymbol("."):
		p.fail(first, "write EXTENSION MEMBERS: what belongs to extensions is ignored together")
		return out
	case second.is("ON"):
		p.fail(first, "ignore takes no privileges: write what is left alone, for example SCHEMA name or TABLE schema.name")
		return out
	}
	target, ok := p.target()
	if ok && target.Future != nil {
		ok = p.fail(first, "ignore takes no FUTURE: a schema that is ignored, as SCHEMA name, is so with its default privileges")
	}
	if !ok {
		return out
	}
	for _, kind := range p.kinds {
		t := target
		t.Kind, t.Word = kind.info.Kind, kind.word
		out = append(out, Ignored{Target: &t, Text: text})
	}
	return out
}

// roleNames reads names of roles with commas between them, and says what is wrong with each.
func (p *PhraseReader) roleNames(problemOf func(name string) string) (names []string, ok bool) {
	for {
		l, ok := p.name("ROLE")
		if !ok {
			return nil, false
		}
		p.refuse(l, problemOf(l.name()))
		names = append(names, l.name())
		if !p.comma() {
			return names, true
		}
	}
}

// ignoredProblem says what is wrong with an item of ignore; empty if nothing is.
func ignoredProblem(i *Ignored) string {
	switch {
	case (i.Target != nil) == (len(i.Roles) > 0 || i.ExtensionMembers) || len(i.Roles) > 0 && i.ExtensionMembers:
		return "an item of ignore is one of: objects, roles, the members of extensions"
	case i.Target != nil && i.Target.Future != nil:
		return "ignore takes no FUTURE"
	case i.Target != nil:
		return targetProblem(i.Target)
	}
	return firstProblem(i.Roles, ignoredRoleProblem)
}

// ignoredRoleProblem: there can be a role "PUBLIC", and it can be ignored; in these letters there can be none.
func ignoredRoleProblem(name string) string {
	switch name {
	case "public":
		return `"public" is a reserved name: no role can have it; of what everyone has only what stands under public is decided`
	case "none":
		return `"none" is a reserved name: no role can have it`
	}
	return nameProblem(name)
}
