package catalog

// SecurityDefiner is the [Object.Code] of a routine that runs with its owner's rights.
// https://www.postgresql.org/docs/current/sql-createfunction.html
const SecurityDefiner = "d"

// RunsAsOwner says what the object is if the server runs code with its owner's rights, which whoever made it has
// written: a view, for one. Empty: it does not. A view that is a security invoker counts, too: rules on it run as its
// owner all the same. https://www.postgresql.org/docs/current/rules-privileges.html
func (o *Object) RunsAsOwner() string {
	switch {
	case o.ID.Kind != Table:
	case o.Relkind == "v":
		return "a view"
	case o.Relkind == "m":
		return "a materialized view"
	}
	return code[o.Code]
}

// code says what tables are by the letters of queries/objects.sql, and routines by their own one.
var code = map[string]string{
	"r": "a table with rules",
	"i": "a table with an index on an expression",
	"s": "a table with statistics on an expression",
	"f": "a table whose rows a foreign key changes",

	SecurityDefiner: "a SECURITY DEFINER routine",
}
