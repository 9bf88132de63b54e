package script

import "pgsr/planner/catalog"

// GrantTo writes the statement that a message recommends.
func GrantTo(role string, privilege catalog.Privilege, object catalog.ObjectID) string {
	return SQL(catalog.Grant{Privileges: []catalog.Privilege{privilege}, Object: object, Grantees: []string{role}}, catalog.Server{})
}

// Advised writes statements that messages recommend, for whoever is not to write SQL.
type Advised struct{}

// ownable are the words by which ALTER ... OWNER TO knows objects that are of no [catalog.Kind], by their catalog.
var ownable = map[string]string{
	"pg_event_trigger": "EVENT TRIGGER", "pg_publication": "PUBLICATION", "pg_subscription": "SUBSCRIPTION",
}

// GiveAway writes the statement that gives an object to another owner, by the catalog that it is in; empty: its words
// are not known.
func (Advised) GiveAway(catalog, name, owner string) string {
	if ownable[catalog] == "" {
		return ""
	}
	return "ALTER " + ownable[catalog] + " " + ident(name) + " OWNER TO " + role(owner)
}

// ReassignOwned writes the statement that gives to a role all that another one owns in a database.
func (Advised) ReassignOwned(from, to string) string {
	return "REASSIGN OWNED BY " + role(from) + " TO " + role(to)
}

// DropPolicy writes the statement that drops a policy of a table.
func (Advised) DropPolicy(policy catalog.PolicyID) string {
	return "DROP POLICY " + ident(policy.Name) + " ON " + qualified(policy.Table)
}

// Remedy writes what a superuser has to run to make a change. If it is to be made as a role, that stands between SET
// ROLE and RESET ROLE.
func Remedy(change catalog.Change, as string, server catalog.Server) []string {
	sql := Masked(change, server)
	if as == "" {
		return []string{sql}
	}
	return []string{"SET ROLE " + role(as), sql, "RESET ROLE"}
}
