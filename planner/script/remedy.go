package script

// AllowCreatingRoles is the statement, for a superuser to run, that lets a role create roles.
func AllowCreatingRoles(role string) string { return "ALTER ROLE " + ident(role) + " CREATEROLE" }
