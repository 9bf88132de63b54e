package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// dropOwned is DROP OWNED BY, after its proof: https://www.postgresql.org/docs/current/sql-drop-owned.html
type dropOwned catalog.DropOwned

func (ch dropOwned) sql(writer) (string, error) { return "DROP OWNED BY " + role(ch.Role), nil }

// proof locks pg_shdepend, so that nothing more comes to depend on the role until the transaction ends, and fails if
// anything does: DROP OWNED would drop it. To fail, it casts a text to a boolean, as [GuardSQL] does.
func (ch dropOwned) proof() []string {
	return []string{
		"LOCK TABLE pg_catalog.pg_shdepend IN SHARE ROW EXCLUSIVE MODE",
		fmt.Sprintf("SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.=) 0 THEN true"+
			" ELSE CAST(pg_catalog.format('%%s objects depend on role %%s beside what extensions have granted it, so nothing was changed', pg_catalog.count(*), %[1]s) AS pg_catalog.bool)"+
			" END AS pgsr_proof FROM pg_catalog.pg_shdepend AS d JOIN pg_catalog.pg_roles AS r ON r.oid = d.refobjid"+
			" WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname = %[1]s AND d.deptype <> 'i'"+
			" AND d.dbid IN (0, (SELECT b.oid FROM pg_catalog.pg_database AS b WHERE b.datname = pg_catalog.current_database()))", literal(ch.Role)),
	}
}

func (ch dropOwned) summary() string {
	return "drop what extensions have granted role " + catalog.DisplayName(ch.Role) + ", of which nothing else is left"
}
func (ch dropOwned) mark() Mark      { return Takes }
func (ch dropOwned) names() []string { return []string{ch.Role} }
