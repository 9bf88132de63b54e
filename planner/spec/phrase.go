package spec

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// PhraseReader reads one phrase after the other, and keeps the room that it has for words. Its methods tell whether to
// read on.
type PhraseReader struct {
	text     string
	lexemes  []lexeme
	next     int
	problems []PhraseProblem
	// words are the privileges, found the parts of the name that was read last.
	words []privilegeWord
	found []lexeme
	// kinds are those of the target: several share a target in their schemas.
	kinds []*kindWords
	// owning makes it a phrase of owns.
	owning bool
}

// begin cuts a phrase into words. The example is shown where there is no phrase.
func (p *PhraseReader) begin(text, example string) bool {
	*p = PhraseReader{text: text, lexemes: p.lexemes[:0], words: p.words[:0], found: p.found[:0], kinds: p.kinds[:0]}
	if !utf8.ValidString(text) {
		return p.fail(lexeme{}, "the phrase is not UTF-8")
	}
	var problem *PhraseProblem
	if p.lexemes, problem = lex(text, p.lexemes); problem != nil {
		p.problems = []PhraseProblem{*problem}
		return false
	}
	if p.peek(0).kind == endOfPhrase {
		return p.fail(lexeme{}, "the phrase is empty: write for example %s", example)
	}
	return true
}

// peek gives the word that comes after so many others.
func (p *PhraseReader) peek(ahead int) lexeme { return p.lexemes[min(p.next+ahead, len(p.lexemes)-1)] }

// take gives the next word and goes on.
func (p *PhraseReader) take() lexeme {
	l := p.peek(0)
	p.next++
	return l
}

// fail notes a problem with a word, and is false.
func (p *PhraseReader) fail(l lexeme, format string, args ...any) bool {
	p.problems = append(p.problems, PhraseProblem{charactersBefore(p.text, l.at), fmt.Sprintf(format, args...)})
	return false
}

// expectEnd refuses what follows a whole phrase.
func (p *PhraseReader) expectEnd() {
	switch l := p.peek(0); {
	case l.kind == endOfPhrase:
	case l.is("TO"):
		p.fail(l, "leave out TO and what follows: the role is the one under which the phrase stands")
	case l.is("WITH") && p.owning:
		p.fail(l, "leave out WITH: an owner can grant everything anyway")
	case l.is("UNTIL"):
		p.fail(l, "leave out UNTIL: only what is granted can end")
	case l.is("EXCEPT") && slices.ContainsFunc(p.lexemes[:p.next], func(l lexeme) bool { return l.is("FUTURE") }):
		p.fail(l, "write EXCEPT before FOR, behind the names of the schemas: it is about what is there, and goes with ALL AND FUTURE alone")
	case l.is("EXCEPT"):
		p.fail(l, "EXCEPT stands behind ALL ... IN SCHEMA or MATCHING: leave out the names that are not meant")
	case l.isSymbol("("):
		p.fail(l, "columns stand behind the privilege: write for example SELECT (id) ON TABLE schema.name")
	case l.isSymbol(";"):
		p.fail(l, "leave out the semicolon: a phrase is no statement")
	case l.isName():
		p.fail(l, "%s: the phrase ends before it, or a comma is missing", l.unexpected())
	default:
		p.fail(l, "%s: the phrase ends before it%s", l.unexpected(), quoteHint(l))
	}
}

// quoteHint says when a name would have needed quotes.
func quoteHint(l lexeme) string {
	switch {
	case l.kind == quotedText:
		return ", in double quotes"
	case l.isSymbol("*"):
		return " (all tables of a schema are ALL TABLES IN SCHEMA name, and some of them TABLES MATCHING 'pattern' IN SCHEMA name)"
	case l.kind != symbol || l.isSymbol(",") || l.isSymbol(".") || l.isSymbol("(") || l.isSymbol(")"):
		return ""
	case unicode.IsDigit([]rune(l.text)[0]):
		return " (a name that begins with a digit needs double quotes)"
	}
	return " (a name that holds more than letters, digits, _ and $ needs double quotes)"
}
