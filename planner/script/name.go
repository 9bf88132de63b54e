package script

import (
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// role writes a role's name where PostgreSQL expects a role. There it takes "public" and "none" for keywords even in
// quotes. No role can have these names. They give the empty name, which the server refuses, so that nothing is granted
// to everybody by mistake.
// https://www.postgresql.org/docs/current/sql-createrole.html
func role(name string) string {
	if name == "public" || name == "none" {
		name = ""
	}
	return ident(name)
}

// grantee writes a role's name or PUBLIC.
func grantee(name string) string {
	if name == catalog.Public {
		return "PUBLIC"
	}
	return role(name)
}

// list writes names with commas between them. An empty list gives the empty name, which the server refuses. Without it,
// a word behind the list, such as CASCADE, would be taken for a name.
func list(names []string, write func(string) string) string {
	if len(names) == 0 {
		return ident("")
	}
	return lists.Join(names, write)
}
