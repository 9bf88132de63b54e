package script

// AllowCreatingRoles is the statement, for a superuser to run, that lets a role create roles.
func AllowCreatingRoles(role string) string { return "ALTER ROLE " + ident(role) + " CREATEROLE" }

// AllowInheriting is the statement, for a superuser to run, that gives a role the privileges of the roles that it is a member of (before 16).
func AllowInheriting(role string) string { return "ALTER ROLE " + ident(role) + " INHERIT" }

// EndSuperuser is the statement, for a superuser to run, after which the server no longer takes a role for every owner.
func EndSuperuser(role string) string { return "ALTER ROLE " + ident(role) + " NOSUPERUSER" }
