package catalog

// RunsAsOwner says what the object is if the server runs code with its owner's rights, which whoever made it has
// written: a view, for one. Empty: it does not. A view that is a security invoker counts, too: rules on it run as its
// owner all the same. https://www.postgresql.org/docs/current/rules-privileges.html
func (o *Object) RunsAsOwner() string {
	switch o.Relkind {
	case "v":
		return "a view"
	case "m":
		return "a materialized view"
	}
	return code[o.Code]
}

// code says what tables are by the letters of queries/objects.sql.
var code = map[string]string{
	"r": "a table with rules",
	"i": "a table with an index on an expression",
	"s": "a table with statistics on an expression",
	"f": "a table whose rows a foreign key changes",
}
