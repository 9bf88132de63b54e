package spec

import (
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// arguments reads the types of a routine's arguments, if they come next, as PostgreSQL reads them in GRANT: with names
// and modes, and without what is no input. https://www.postgresql.org/docs/current/sql-grant.html
func (p *PhraseReader) arguments(id *catalog.ObjectID) bool {
	if !p.peek(0).isSymbol("(") {
		return true
	}
	p.take()
	var types []catalog.TypeName
	if p.peek(0).isSymbol(")") {
		p.take()
		id.Arguments = catalog.Arguments(nil)
		return true
	}
	for {
		t, isInput, ok := p.argument()
		if !ok {
			return false
		}
		if isInput {
			types = append(types, t)
		}
		switch end := p.take(); {
		case end.isSymbol(","):
		case end.isSymbol(")"):
			id.Arguments = catalog.Arguments(types)
			return true
		default:
			return p.failArgument(end)
		}
	}
}

// failArgument says what is to be written where an argument should end.
func (p *PhraseReader) failArgument(l lexeme) bool {
	switch {
	case l.is("DEFAULT"), l.isSymbol("="), l.isSymbol(":"):
		return p.fail(l, "leave out what an argument is by default: its type is enough")
	case l.isSymbol("%"):
		return p.fail(l, "write the type itself, not the column that has it")
	case l.is("ORDER"):
		return p.fail(l, "leave out ORDER BY: write the types of an aggregate's arguments one after the other")
	case l.kind == endOfPhrase:
		return p.fail(l, "the list of argument types is not closed: ) is missing")
	}
	return p.fail(l, "%s: a comma or ) has to come after the type of an argument", l.unexpected())
}

// argument reads [mode] [name] type, or name mode type, and tells whether it is an input. A first word that is a type
// by itself is one.
func (p *PhraseReader) argument() (t catalog.TypeName, isInput, ok bool) {
	switch first := p.peek(0); {
	case first.isSymbol("*"):
		return t, false, p.fail(first, "an aggregate without arguments is written with (), not with (*)")
	case first.is("SETOF"):
		return t, false, p.fail(first, "no argument is SETOF something: only what is returned is")
	}
	isInput, _ = p.mode()
	read := p.typeFrom(p.next)
	if first := p.peek(0); first.isName() && p.peek(1).isName() && (read.problems != nil || !read.isWhole) {
		start := p.next
		p.take()
		input, hasMode := p.mode()
		if named := p.typeFrom(p.next); read.problems != nil || named.isWhole {
			read = named
			if hasMode {
				isInput = input
			}
		}
		p.next = start
	}
	p.next, p.problems = read.end, append(p.problems, read.problems...)
	return read.TypeName, isInput, read.problems == nil
}

// typeRead is a type that was read, up to the end of an argument if it is whole.
type typeRead struct {
	catalog.TypeName
	end      int
	isWhole  bool
	problems []PhraseProblem
}

// typeFrom reads a type from a place on, and goes back.
func (p *PhraseReader) typeFrom(at int) (read typeRead) {
	before, problems := p.next, p.problems
	p.next, p.problems = at, nil
	t, ok := p.readTypeName()
	read = typeRead{t, p.next, ok && p.endsArgument(0), p.problems}
	p.next, p.problems = before, problems
	return read
}

func (p *PhraseReader) endsArgument(ahead int) bool {
	l := p.peek(ahead)
	return l.isSymbol(",") || l.isSymbol(")") || l.kind == endOfPhrase
}

// mode reads the mode of an argument, if it comes next, and tells whether that is one of inputs.
func (p *PhraseReader) mode() (isInput, isThere bool) {
	switch {
	case p.endsArgument(1):
		return true, false
	case p.takeWords([]string{"IN", "OUT"}), p.takeWords([]string{"INOUT"}), p.takeWords([]string{"IN"}), p.takeWords([]string{"VARIADIC"}):
		return true, true
	case p.takeWords([]string{"OUT"}):
		return false, true
	}
	return true, false
}

func (p *PhraseReader) readTypeName() (catalog.TypeName, bool) {
	t, ok := p.sqlType()
	if !ok {
		if t, ok = p.namedType(); !ok {
			return t, false
		}
	}
	if !p.modifiers() {
		return t, false
	}
	p.zone(&t)
	return t, p.array(&t)
}

// namedType reads a type by its name: one of PostgreSQL's own, or with its schema.
func (p *PhraseReader) namedType() (catalog.TypeName, bool) {
	first := p.peek(0)
	parts, ok := p.parts("TYPE")
	switch {
	case !ok:
		return catalog.TypeName{}, false
	case len(parts) == 2:
		return catalog.TypeName{Schema: parts[0].name(), Name: parts[1].name()}, true
	case len(parts) > 2:
		return catalog.TypeName{}, p.fail(first, "write schema.name: the name of a type has two parts, this has %d", len(parts))
	case !builtInTypes[parts[0].name()]:
		return catalog.TypeName{}, p.fail(first, "the type %s is none of PostgreSQL's own: write it with its schema, schema.%s", first, catalog.QuoteIfNeeded(parts[0].name()))
	}
	return catalog.BuiltInType(parts[0].name()), true
}

// sqlTypes are the types that SQL names with words of its own.
// https://www.postgresql.org/docs/current/datatype.html
var sqlTypes = []struct{ words, name string }{
	{"NATIONAL CHARACTER VARYING", "varchar"}, {"NATIONAL CHAR VARYING", "varchar"}, {"NATIONAL CHARACTER", "bpchar"}, {"NATIONAL CHAR", "bpchar"},
	{"NCHAR VARYING", "varchar"}, {"NCHAR", "bpchar"}, {"CHARACTER VARYING", "varchar"}, {"CHAR VARYING", "varchar"}, {"CHARACTER", "bpchar"}, {"CHAR", "bpchar"},
	{"BIT VARYING", "varbit"}, {"DOUBLE PRECISION", "float8"}, {"REAL", "float4"}, {"SMALLINT", "int2"}, {"INTEGER", "int4"}, {"INT", "int4"},
	{"BIGINT", "int8"}, {"DECIMAL", "numeric"}, {"DEC", "numeric"}, {"BOOLEAN", "bool"},
}

func (p *PhraseReader) sqlType() (catalog.TypeName, bool) {
	if p.peek(1).isSymbol(".") {
		return catalog.TypeName{}, false
	}
	for _, t := range sqlTypes {
		if p.takeWords(strings.Fields(t.words)) {
			return catalog.BuiltInType(t.name), true
		}
	}
	switch {
	case p.takeWords([]string{"FLOAT"}):
		return p.float(), true
	case p.takeWords([]string{"INTERVAL"}):
		for p.isField(p.peek(0)) || p.peek(0).is("TO") && p.isField(p.peek(1)) {
			p.take()
		}
		return catalog.BuiltInType("interval"), true
	}
	return catalog.TypeName{}, false
}

// float is real up to a precision of 24 bits.
func (p *PhraseReader) float() catalog.TypeName {
	if start := p.next; p.peek(0).isSymbol("(") {
		p.take()
		digits := p.digits()
		p.next = start
		if len(digits) == 1 || len(digits) == 2 && digits <= "24" {
			return catalog.BuiltInType("float4")
		}
	}
	return catalog.BuiltInType("float8")
}

func (p *PhraseReader) isField(l lexeme) bool {
	return slices.ContainsFunc([]string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}, l.is)
}

// modifiers passes over lengths and precisions: the identity of a routine has none.
func (p *PhraseReader) modifiers() bool {
	if !p.peek(0).isSymbol("(") {
		return true
	}
	for open := p.take(); ; {
		switch l := p.take(); {
		case l.isSymbol(")"):
			return true
		case l.kind == endOfPhrase, l.isSymbol("("):
			return p.fail(open, "the length or precision of a type is not closed: ) is missing")
		}
	}
}

// zone reads WITH TIME ZONE behind a time.
func (p *PhraseReader) zone(t *catalog.TypeName) {
	isTime := *t == catalog.BuiltInType("time") || *t == catalog.BuiltInType("timestamp")
	switch {
	case !isTime:
	case p.takeWords([]string{"WITH", "TIME", "ZONE"}):
		t.Name += "tz"
	default:
		p.takeWords([]string{"WITHOUT", "TIME", "ZONE"})
	}
}

// array reads what makes arrays of a type: [], [3], ARRAY, ARRAY[3].
func (p *PhraseReader) array(t *catalog.TypeName) bool {
	if p.takeWords([]string{"ARRAY"}) {
		t.Array = true
	}
	for p.peek(0).isSymbol("[") {
		open := p.take()
		p.digits()
		if !p.peek(0).isSymbol("]") {
			return p.fail(open, "the brackets of an array type are not closed: ] is missing")
		}
		p.take()
		t.Array = true
	}
	return true
}

// refuseArray refuses an array where a type is named: PostgreSQL gives it neither privileges nor an owner.
// https://www.postgresql.org/docs/current/ddl-priv.html
func (p *PhraseReader) refuseArray() bool {
	start, t := p.peek(0), catalog.TypeName{}
	if !p.array(&t) {
		return false
	}
	instead := strings.TrimSpace(p.text[:start.at]) + p.text[p.peek(0).at:]
	return !t.Array || p.fail(start, "an array type has no privileges and no owner of its own, but those of its elements' type: write %s", Shorten(instead))
}

// builtInTypes are the types that can be named without a schema.
var builtInTypes = lists.Set(strings.Fields(`aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
	anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea char cid cidr circle cstring
	date datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector index_am_handler inet int2 int2vector int4
	int4multirange int4range int8 int8multirange int8range internal interval json jsonb jsonpath language_handler line lseg macaddr
	macaddr8 money name numeric nummultirange numrange oid oidvector path pg_lsn pg_node_tree pg_snapshot point polygon record
	refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype
	table_am_handler text tid time timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange
	tstzrange tsvector txid_snapshot unknown uuid varbit varchar void xid xid8 xml`))
