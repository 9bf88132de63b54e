package spec

import (
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// readArguments reads what stands behind a routine's name.
func readArguments(text string) (string, []PhraseProblem) {
	p := new(PhraseReader)
	p.begin(text, "")
	id := catalog.ObjectID{}
	if p.arguments(&id) {
		p.expectEnd()
	}
	return id.Arguments, p.problems
}

func TestArgumentsAreReadAsPostgreSQLDoes(t *testing.T) {
	for text, want := range map[string]string{
		`()`:                           `()`,
		`( int , TEXT )`:               `(integer, text)`,
		`(int4, pg_catalog.int4)`:      `(integer, integer)`,
		`(varchar(10), numeric(10,2))`: `(character varying, numeric)`,
		`(dec, decimal(3), float, float(24), float(25), real, double precision)`:                   `(numeric, numeric, double precision, real, double precision, real, double precision)`,
		`(char, character(3), "char", bpchar, nchar, national character varying(3), char varying)`: `(character, character, "char", character, character, character varying, character varying)`,
		`(bit, bit varying(3), bit(3))`: `(bit, bit varying, bit)`,
		`(timestamp, timestamp(3) with time zone, time without time zone, timetz, time(3))`:  `(timestamp without time zone, timestamp with time zone, time without time zone, time with time zone, time without time zone)`,
		`(interval, interval day to second(3), interval(3), interval year)`:                  `(interval, interval, interval, interval)`,
		`(int[], text[][], text[3], text ARRAY, text ARRAY[3])`:                              `(integer[], text[], text[], text[], text[])`,
		`(a int, IN b text, INOUT c text, IN OUT d text, e IN text, OUT f text, g OUT text)`: `(integer, text, text, text, text)`,
		`(VARIADIC text[], VARIADIC "any")`:                                                  `(text[], "any")`,
		`(OUT int, OUT text)`:                                                                `()`,
		`(sales."Odd type"[], "S q".t)`:                                                      `(sales."Odd type"[], "S q".t)`,
		`(amount sales.money, "int" int)`:                                                    `(sales.money, integer)`,
		`(double double precision)`:                                                          `(double precision)`,
		`("integer" text, "in" text)`:                                                        `(text, text)`,
		`(public.geometry(Point,4326))`:                                                      `(public.geometry)`,
		`(boolean, bigint, smallint, integer)`:                                               `(boolean, bigint, smallint, integer)`,
	} {
		got, problems := readArguments(text)
		if got != want || len(problems) > 0 {
			t.Errorf("%s is read as %s, want %s: %v", text, got, want, problems)
		}
		if types, ok := catalog.ArgumentTypes(want); want != "" && !ok {
			t.Errorf("%s is no list of types: %v", want, types)
		}
	}
}

func TestArgumentsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		`(mood)`:              `the type "mood" is none of PostgreSQL's own: write it with its schema, schema.mood`,
		`(amount mood, int)`:  `the type "mood" is none`,
		`("integer")`:         `the type "integer" is none`,
		`(a.b.c)`:             `the name of a type has two parts, this has 3`,
		`(int DEFAULT 3)`:     `leave out what an argument is by default`,
		`(a int = 3)`:         `leave out what an argument is by default`,
		`(s.t.c%TYPE)`:        `two parts`,
		`(s.t%TYPE)`:          `write the type itself`,
		`(*)`:                 `written with (), not with (*)`,
		`(int ORDER BY text)`: `leave out ORDER BY`,
		`(SETOF int)`:         `no argument is SETOF`,
		`(int`:                `) is missing`,
		`(int, )`:             `unexpected ")"`,
		`(varchar(10)`:        `) is missing`,
		`(varchar(10`:         `not closed: ) is missing`,
		`(int[)`:              `] is missing`,
		`(int;)`:              `unexpected ";"`,
		`(a b c)`:             `the type "b" is none`,
		`(int) TO alice`:      `leave out TO`,
		`('int')`:             `unexpected "int"`,
		`(int int int)`:       `unexpected "int"`,
	} {
		if _, problems := readArguments(text); len(problems) != 1 || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: %v, want %s", text, problems, want)
		}
	}
}
