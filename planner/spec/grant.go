package spec

import (
	"slices"

	"pgsr/planner/catalog"
)

// ParseGrant reads the middle of a GRANT statement, as it stands under grants or direct_grants:
//
//	<privilege>[, ...] | ALL [PRIVILEGES]  ON  <target>
//
// where the target is one of
//
//	DATABASE name[, ...]
//	SCHEMA name[, ...]
//	[TABLE] schema.name[, ...]
//	SEQUENCE schema.name[, ...]
//	ALL { TABLES | SEQUENCES } IN SCHEMA name[, ...]
//	{ TABLES | SEQUENCES } MATCHING 'regular expression' IN SCHEMA name[, ...]
//
// Names follow SQL's rules: "Quoted Ones" are taken as they are, others fold to lower case. The error is an [Errors]
// with everything that is wrong with the phrase; its columns count the characters of the phrase.
func ParseGrant(text string) (Grant, error) {
	grant, problems := new(PhraseReader).Grant(text)
	if len(problems) > 0 {
		return Grant{}, phraseErrors(text, problems)
	}
	return grant, nil
}

// MustGrant is [ParseGrant] for phrases that are known to be right; it panics on others.
func MustGrant(text string) Grant {
	grant, err := ParseGrant(text)
	if err != nil {
		panic(err)
	}
	return grant
}

// ParseOwnership reads a phrase of owns: a target as in [ParseGrant], of schemas or tables. The error is an [Errors].
func ParseOwnership(text string) (Ownership, error) {
	owned, problems := new(PhraseReader).Ownership(text)
	if len(problems) > 0 {
		return Ownership{}, phraseErrors(text, problems)
	}
	return owned, nil
}

// Grant reads a phrase as [ParseGrant] does, and gives its problems with their places in it.
func (p *PhraseReader) Grant(text string) (Grant, []PhraseProblem) {
	if !p.begin(text, "SELECT ON TABLE schema.name") {
		return Grant{}, p.problems
	}
	grant := Grant{Text: text}
	ok := p.privilegeWords()
	if ok {
		grant.Target, ok = p.target()
	}
	if ok {
		p.expectEnd()
	}
	grant.Privileges, grant.AllPrivileges = p.privileges(p.words, grant.Target.Kind)
	return grant, p.problems
}

// Ownership reads a phrase as [ParseOwnership] does, and gives its problems with their places in it.
func (p *PhraseReader) Ownership(text string) (Ownership, []PhraseProblem) {
	if !p.begin(text, "SCHEMA name") {
		return Ownership{}, p.problems
	}
	p.owning = true
	if p.peek(1).is("ON") {
		p.fail(p.peek(0), "owns takes no privileges: write what is owned, for example SCHEMA name or TABLE schema.name")
		return Ownership{}, p.problems
	}
	target, ok := p.target()
	if ok {
		p.expectEnd()
	}
	return Ownership{Target: target, Text: text}, p.problems
}

// privilegeWords reads up to ON and checks no more than the form: what is right depends on the kind of object.
func (p *PhraseReader) privilegeWords() bool {
	for {
		w, ok := p.privilegeWord()
		if !ok {
			return false
		}
		p.words = append(p.words, w)
		switch next := p.take(); {
		case next.is("ON"):
			return true
		case next.isSymbol(","):
		case next.isSymbol("("):
			return p.fail(next, "privileges on columns are not supported: grant them on the table")
		case next.kind == endOfPhrase:
			return p.fail(next, "ON is missing: write for example %s ON TABLE schema.name", w.text)
		default:
			return p.fail(next, "unexpected %s after %s: a comma or ON has to come here", next, w.text)
		}
	}
}

// privilegeWord reads one privilege.
func (p *PhraseReader) privilegeWord() (lexeme, bool) {
	w := p.take()
	switch {
	case w.is("ON"), w.kind == endOfPhrase:
		return w, p.fail(w, "a privilege is missing before %s", w)
	case w.is("GRANT"):
		return w, p.fail(w, "write the phrase without GRANT: for example SELECT ON TABLE schema.name")
	case w.kind == quotedName:
		return w, p.fail(w, "unexpected %s: a privilege is written without quotes", w)
	case w.kind != word:
		return w, p.fail(w, "unexpected %s: a privilege has to come here", w)
	}
	if w.is("ALL") && p.peek(0).is("PRIVILEGES") {
		p.take()
	}
	return w, true
}

// privileges gives the privileges that the words stand for. The kind is empty if the target could not be read.
func (p *PhraseReader) privileges(words []lexeme, kind catalog.Kind) (out []catalog.Privilege, all bool) {
	for _, w := range words {
		if w.is("ALL") {
			all = true
			if len(words) > 1 {
				p.fail(w, "ALL stands alone: it means every privilege")
			}
			continue
		}
		privilege, problem := findPrivilege(w, kind)
		if problem != "" {
			p.fail(w, "%s", problem)
		} else if !slices.Contains(out, privilege) {
			out = append(out, privilege)
		}
	}
	return out, all
}

// findPrivilege gives the privilege that a word stands for, if there is one for the kind of object.
func findPrivilege(w lexeme, kind catalog.Kind) (catalog.Privilege, string) {
	privilege := catalog.Privilege("")
	for _, known := range allPrivileges {
		if w.is(string(known)) || w.is("TEMP") && known == catalog.Temporary {
			privilege = known
		}
	}
	if privilege != "" {
		return privilege, privilegeProblem(privilege, kind)
	}
	if kind == "" {
		return "", "unknown privilege " + w.String() + ": " + KnownAre(w.text, allPrivileges)
	}
	return "", "unknown privilege " + w.String() + " for a " + string(kind) + ": " + KnownAre(w.text, kind.Info().Privileges)
}
