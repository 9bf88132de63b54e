package spec

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// ParseGrants reads phrases: each the middle of a GRANT statement, as it stands under grants or direct_grants.
//
//	<privilege>[, ...] | ALL [PRIVILEGES]  ON  <target>  [WITH GRANT OPTION]  [UNTIL '<moment>']
//
// Behind a privilege, and behind ALL, names of columns may stand in parentheses. The target is one of
//
//	[TABLE] [IF EXISTS] schema.name[, ...]
//	<kind> [IF EXISTS] name[, ...]
//	ALL <kinds> <place>
//	<kinds> [IF EXISTS] MATCHING 'regular expression' <place>
//	DATABASES [IF EXISTS] MATCHING 'regular expression' [EXCEPT ...]
//	FUTURE <kinds> [IN SCHEMA [IF EXISTS] name[, ...]] <creators>
//	ALL AND FUTURE <kinds> <place> <creators>
//
// where kinds are plurals (TABLES, SEQUENCES), creators FOR ROLE name[, ...] or FOR ANY CREATOR, and the place is
//
//	IN SCHEMA [IF EXISTS] name[, ...] [EXCEPT schema.name[, ...] | EXCEPT MATCHING 'regular expression']
//
// Names follow SQL's rules: "Quoted Ones" are taken as they are, others fold to lower case. A phrase of several kinds,
// or of privileges with different columns, gives a grant for each, with the same Text. The error is an [Errors] with
// everything that is wrong with the phrases; its columns count the characters of the phrase.
func ParseGrants(phrases ...string) ([]Grant, error) {
	return parseAll(phrases, new(PhraseReader).Grants)
}

// MustGrants is [ParseGrants] for phrases that are known to be right; it panics on others.
func MustGrants(phrases ...string) []Grant {
	grants, err := ParseGrants(phrases...)
	if err != nil {
		panic(err)
	}
	return grants
}

// ParseOwnerships reads phrases of owns: targets as in [ParseGrants], of kinds that have owners. The error is an
// [Errors].
func ParseOwnerships(phrases ...string) ([]Ownership, error) {
	return parseAll(phrases, new(PhraseReader).Ownerships)
}

// ParseIgnored reads phrases of ignore. The error is an [Errors].
//
//	SCHEMA name[, ...]                  with all that lies in it
//	ROLE name[, ...]                    as member and as granted role
//	EXTENSION MEMBERS
//	any other target of ParseGrants
func ParseIgnored(phrases ...string) ([]Ignored, error) {
	return parseAll(phrases, new(PhraseReader).Ignored)
}

// parseAll reads phrases, and makes an error of all that is wrong with them.
func parseAll[T any](phrases []string, read func(string, []T) ([]T, []PhraseProblem)) ([]T, error) {
	var out []T
	var found Errors
	for _, phrase := range phrases {
		var problems []PhraseProblem
		if out, problems = read(phrase, out); len(problems) > 0 {
			found = append(found, phraseErrors(phrase, problems)...)
		}
	}
	if len(found) > 0 {
		return nil, found
	}
	return out, nil
}

// Grants reads a phrase as [ParseGrants] does, adds what it stands for to others, and gives its problems with their
// places in it.
func (p *PhraseReader) Grants(text string, out []Grant) ([]Grant, []PhraseProblem) {
	if p == nil {
		p = new(PhraseReader)
	}
	if !p.begin(text, "SELECT ON TABLE schema.name") {
		return out, p.problems
	}
	grant := Grant{Text: text}
	ok := p.privilegeWords()
	if ok {
		grant.Target, ok = p.target()
	}
	if ok && p.trailer(&grant) {
		p.expectEnd()
	}
	if all := p.addGrants(grant, out); len(p.problems) == 0 {
		return all, nil
	}
	return out, p.problems
}

// Ownerships reads a phrase as [ParseOwnerships] does, adds what it stands for to others, and gives its problems with
// their places in it.
func (p *PhraseReader) Ownerships(text string, out []Ownership) ([]Ownership, []PhraseProblem) {
	if p == nil {
		p = new(PhraseReader)
	}
	if !p.begin(text, "SCHEMA name") {
		return out, p.problems
	}
	p.owning = true
	if p.peek(1).is("ON") {
		p.fail(p.peek(0), "owns takes no privileges: write what is owned, for example SCHEMA name or TABLE schema.name")
		return out, p.problems
	}
	target, ok := p.target()
	if ok {
		p.expectEnd()
	}
	if len(p.problems) > 0 {
		return out, p.problems
	}
	for _, kind := range p.kinds {
		target.Kind, target.Word = kind.info.Kind, kind.word
		out = append(out, Ownership{Target: target, Text: text})
	}
	return out, nil
}

// privilegeWord is a privilege as it is written, with its columns: nil if it has none.
type privilegeWord struct {
	lexeme
	columns []string
}

// privilegeWords reads up to ON and checks no more than the form: what is right depends on the kind of object.
func (p *PhraseReader) privilegeWords() bool {
	for {
		w, ok := p.privilegeWord()
		if ok && p.peek(0).isSymbol("(") {
			w.columns, ok = p.columns()
		}
		if !ok {
			return false
		}
		p.words = append(p.words, w)
		switch next := p.take(); {
		case next.is("ON"):
			return true
		case next.isSymbol(","):
		case next.kind == endOfPhrase:
			return p.fail(next, "ON is missing: write for example %s ON TABLE schema.name", w.text)
		default:
			return p.fail(next, "unexpected %s after %s: a comma or ON has to come here", next, w.text)
		}
	}
}

// privilegeWord reads one privilege.
func (p *PhraseReader) privilegeWord() (privilegeWord, bool) {
	w := privilegeWord{lexeme: p.take()}
	switch {
	case w.is("ON"), w.kind == endOfPhrase:
		return w, p.fail(w.lexeme, "a privilege is missing before %s", w)
	case w.is("GRANT"):
		return w, p.fail(w.lexeme, "write the phrase without GRANT: for example SELECT ON TABLE schema.name")
	case w.kind == quotedName:
		return w, p.fail(w.lexeme, "%s: a privilege is written without quotes", w.unexpected())
	case w.kind != word:
		return w, p.fail(w.lexeme, "%s: a privilege has to come here", w.unexpected())
	}
	if w.is("ALL") && p.peek(0).is("PRIVILEGES") {
		p.take()
	}
	if w.is("ALTER") && p.peek(0).is("SYSTEM") {
		p.take()
		w.text = string(catalog.AlterSystem)
	}
	return w, true
}

// columns reads (name, ...).
func (p *PhraseReader) columns() ([]string, bool) {
	p.take()
	names := make([]string, 0, 4)
	for {
		l, ok := p.name("column")
		if !ok {
			return nil, false
		}
		names = lists.AppendNew(names, l.name())
		switch next := p.take(); {
		case next.isSymbol(")"):
			return names, true
		case !next.isSymbol(","):
			return nil, p.fail(next, "%s: a comma or ) has to come here, after the name of a column%s", next.unexpected(), quoteHint(next))
		}
	}
}

// trailer reads what may follow a target.
func (p *PhraseReader) trailer(grant *Grant) bool {
	if p.peek(0).is("WITH") {
		for _, keyword := range []string{"WITH", "GRANT", "OPTION"} {
			if l := p.take(); !l.is(keyword) {
				return p.fail(l, "%s: WITH GRANT OPTION is all that WITH can begin here", l.unexpected())
			}
		}
		grant.WithOption = true
	}
	if p.peek(0).is("UNTIL") {
		until, ok := p.until()
		if !ok {
			return false
		}
		grant.Until = &until
		if l := p.peek(0); l.is("WITH") {
			return p.fail(l, "write WITH GRANT OPTION before UNTIL")
		}
	}
	return true
}

// addGrants adds what a phrase stands for: a grant for each list of columns and each kind. The target has no kind if it
// could not be read.
func (p *PhraseReader) addGrants(grant Grant, out []Grant) []Grant {
	kinds := p.kinds
	if grant.Target.Kind == "" || len(kinds) == 0 {
		kinds = unknownKind
	}
	begin := len(out)
	for i, w := range p.words {
		if w.is("ALL") && len(p.words) > 1 {
			p.fail(w.lexeme, "ALL stands alone: it means every privilege")
		}
		at := begin
		for at < len(out) && !slices.Equal(out[at].Columns, w.columns) {
			at += len(kinds)
		}
		if at == len(out) {
			for _, kind := range kinds {
				grant.Target.Kind, grant.Target.Word, grant.Columns = kind.info.Kind, kind.word, w.columns
				grant.Privileges = make([]catalog.Privilege, 0, len(p.words)-i)
				out = append(out, grant)
			}
		}
		p.addPrivilege(w, out[at:at+len(kinds)])
	}
	return out
}

// unknownKind stands for a target that could not be read.
var unknownKind = []*kindWords{{info: &catalog.KindInfo{}}}

// addPrivilege adds the privilege that a word stands for to the grants of each kind, which must all have it.
func (p *PhraseReader) addPrivilege(w privilegeWord, grants []Grant) {
	for i := range grants {
		g := &grants[i]
		if w.is("ALL") {
			g.AllPrivileges, g.Privileges = true, nil
			if problem := columnsProblem(g); problem != "" {
				p.fail(w.lexeme, "%s", problem)
				return
			}
			continue
		}
		privilege, problem := findPrivilege(w.lexeme, g.Target.Kind, w.columns != nil)
		if problem != "" {
			p.fail(w.lexeme, "%s", problem)
			return
		}
		g.Privileges = lists.AppendNew(g.Privileges, privilege)
	}
}

// findPrivilege gives the privilege that a word stands for, if there is one for the kind of object, or its columns.
func findPrivilege(w lexeme, kind catalog.Kind, onColumns bool) (catalog.Privilege, string) {
	privilege := catalog.Privilege("")
	for _, known := range allPrivileges {
		if w.is(string(known)) || w.is("TEMP") && known == catalog.Temporary {
			privilege = known
		}
	}
	switch {
	case privilege != "":
		return privilege, privilegeProblem(privilege, kind, onColumns)
	case kind == "":
		return "", "unknown privilege " + w.String() + ": " + KnownAre(w.text, allPrivileges)
	}
	return "", "unknown privilege " + w.String() + " for a " + string(kind) + ": " + KnownAre(w.text, kind.Info().Privileges)
}
