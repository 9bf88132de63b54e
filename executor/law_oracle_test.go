package executor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// facts are what the catalogs hold, read by this test itself and by nothing of pgsr: one line of fields each.
type facts []fact

// fact is the kind of row and its fields, all as text.
type fact []string

// lines gives the facts as text that can be compared between clusters: nothing in it comes from an OID.
func (f facts) lines() []string {
	names := f.privilegeRoles()
	out := make([]string, len(f))
	for i, row := range f {
		fields := make([]string, len(row))
		for j, field := range row {
			if other, ok := names[field]; ok {
				field = other
			}
			fields[j] = field
		}
		out[i] = strings.Join(fields, " | ")
	}
	slices.Sort(out)
	return out
}

// ofKind lists the rows of a kind.
func (f facts) ofKind(kind string) []fact {
	var out []fact
	for _, row := range f {
		if row[0] == kind {
			out = append(out, row)
		}
	}
	return out
}

var privilegeRoleName = regexp.MustCompile(`^_pgsr_.*_[0-9a-f]{8}$`)

// privilegeRoles gives names that say what privilege roles hold, for those whose own ends come from OIDs.
func (f facts) privilegeRoles() map[string]string {
	held := map[string][]string{}
	for _, row := range f.ofKind("role") {
		if privilegeRoleName.MatchString(row[1]) {
			held[row[1]] = nil
		}
	}
	for _, row := range f.ofKind("acl") {
		if _, is := held[row[3]]; is {
			held[row[3]] = append(held[row[3]], row[5]+" "+row[1]+" "+row[2])
		}
	}
	out := map[string]string{}
	for name, what := range held {
		slices.Sort(what)
		out[name] = name[:len(name)-8] + "<" + strings.Join(what, ", ") + ">"
	}
	return out
}

// oracle gives the questions whose answers are the facts.
func oracle(major int) []string {
	lawObjects := lawObjects
	if major >= 15 {
		lawObjects += lawParameters
	}
	return []string{
		`SELECT 'membership', r.rolname::text, m.rolname::text, coalesce(g.rolname::text, '?'), a.admin_option::text,
			coalesce(to_jsonb(a) ->> 'inherit_option', m.rolinherit::text), coalesce(to_jsonb(a) ->> 'set_option', 'true')
			FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member LEFT JOIN pg_roles g ON g.oid = a.grantor`,
		`SELECT 'role', r.rolname::text, r.rolsuper::text, r.rolinherit::text, r.rolcreaterole::text, r.rolcreatedb::text, r.rolcanlogin::text,
			r.rolreplication::text, r.rolbypassrls::text, r.rolconnlimit::text, coalesce(nullif(r.rolvaliduntil, 'infinity')::text, 'never'),
			coalesce(a.rolpassword, ''), coalesce(shobj_description(r.oid, 'pg_authid'), '')
			FROM pg_roles r JOIN pg_authid a ON a.oid = r.oid`,
		`SELECT 'setting', coalesce(r.rolname::text, ''), coalesce(d.datname::text, ''), c
			FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase`,
		`SELECT 'owner', o.object, r.rolname::text FROM (` + lawObjects + `) o JOIN pg_roles r ON r.oid = o.owner`,
		`SELECT 'acl', o.object, o.col, coalesce(e.rolname::text, ''), g.rolname::text, x.privilege_type, x.is_grantable::text
			FROM (SELECT object, '' AS col, coalesce(acl, acldefault(letter::"char", owner)) AS acl FROM (` + lawObjects + `) o
				UNION ALL SELECT ` + lawTable + `, a.attname, a.attacl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
				WHERE a.attacl IS NOT NULL) o,
			aclexplode(o.acl) x LEFT JOIN pg_roles e ON e.oid = x.grantee LEFT JOIN pg_roles g ON g.oid = x.grantor`,
		`SELECT 'default', r.rolname::text, coalesce(n.nspname::text, ''), d.defaclobjtype::text, coalesce(e.rolname::text, ''), x.privilege_type, x.is_grantable::text
			FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,
			aclexplode(d.defaclacl) x LEFT JOIN pg_roles e ON e.oid = x.grantee`,
		`SELECT 'policy', p.polname::text, ` + lawTable + `, coalesce(r.rolname::text, '') FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			CROSS JOIN unnest(p.polroles) m LEFT JOIN pg_roles r ON r.oid = m`,
		`SELECT 'owner', o.object, r.rolname::text FROM (SELECT 'COLLATION ' || n.nspname || '.' || c.collname AS object, c.collowner AS owner FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid >= 16384
			UNION ALL SELECT 'TEXT SEARCH DICTIONARY ' || n.nspname || '.' || d.dictname, d.dictowner FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace WHERE d.oid >= 16384) o
			JOIN pg_roles r ON r.oid = o.owner`,
		`SELECT 'nobody', r.rolname::text, d.defaclobjtype::text FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole WHERE cardinality(d.defaclacl) = 0`,
	}
}

// lawTable names a relation as GRANT does, lawObjects lists objects with their owners and ACLs, and
// lawParameters settings, which are there without a row, too.
const (
	lawParameters = ` UNION ALL SELECT 'PARAMETER ' || n, 10::oid, (SELECT paracl FROM pg_parameter_acl WHERE parname = n), 'p'
		FROM (SELECT 'my.x' AS n UNION SELECT 'log_statement' UNION SELECT parname FROM pg_parameter_acl) n`
	lawTable   = `CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || n.nspname || '.' || c.relname`
	lawObjects = `SELECT 'DATABASE ' || datname AS object, datdba AS owner, datacl AS acl, 'd' AS letter FROM pg_database
		UNION ALL SELECT 'SCHEMA ' || nspname, nspowner, nspacl, 'n' FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
		UNION ALL SELECT ` + lawTable + `, c.relowner, c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND (c.oid >= 16384 OR c.relacl IS NOT NULL) AND nspname !~ '^pg_(temp|toast)'
		UNION ALL SELECT 'LANGUAGE ' || lanname, lanowner, lanacl, 'l' FROM pg_language
		UNION ALL SELECT 'TABLESPACE ' || spcname, spcowner, spcacl, 't' FROM pg_tablespace
		UNION ALL SELECT 'ROUTINE ' || n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.proowner, p.proacl, 'f'
			FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384 OR p.proacl IS NOT NULL
		UNION ALL SELECT 'TYPE ' || n.nspname || '.' || t.typname, t.typowner, t.typacl, 'T'
			FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid >= 16384 AND t.typelem = 0 AND (t.typrelid = 0 OR t.typacl IS NOT NULL)
		UNION ALL SELECT 'FOREIGN DATA WRAPPER ' || fdwname, fdwowner, fdwacl, 'F' FROM pg_foreign_data_wrapper
		UNION ALL SELECT 'LARGE OBJECT ' || oid, lomowner, lomacl, 'L' FROM pg_largeobject_metadata
		UNION ALL SELECT 'FOREIGN SERVER ' || srvname, srvowner, srvacl, 'S' FROM pg_foreign_server`
)

// facts reads the catalogs.
func (l *lawServer) facts() facts {
	l.Helper()
	var out facts
	for _, question := range oracle(l.major) {
		out = append(out, l.rows(question)...)
	}
	return out
}

func textsOf(rows pgx.Rows) fact {
	raw := rows.RawValues()
	row := make(fact, len(raw))
	for i, field := range raw {
		row[i] = string(field)
	}
	return row
}

// powers are what the server's own functions say that people can do.
type powers struct {
	// can has role ("" for PUBLIC), privilege, object and column ("": the object).
	can answers
	// has has member, role, and in which way it has it.
	has map[[3]string]bool
}

// people leaves out roles that are PostgreSQL's own, or pgsr's.
const people = `(SELECT rolname::text AS role, rolname FROM pg_roles WHERE rolname !~ '^(pg_|_pgsr_)')`

func powersAsked(major int) (can []string, has string) {
	table := `SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER`
	if major >= 17 {
		table += `,MAINTAIN`
	}
	everyone := `(SELECT * FROM ` + people + ` p UNION ALL SELECT '', 'public') r`
	privileges := func(list string) string { return `, unnest(string_to_array('` + list + `', ',')) p` }
	relations := `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND (c.oid >= 16384 OR relname IN ('pg_class', 'pg_authid')) AND nspname !~ '^pg_(temp|toast)'`
	can = []string{
		`SELECT r.role, p, 'DATABASE ' || d.datname, '' FROM pg_database d, ` + everyone + privileges(`CREATE,CONNECT,TEMPORARY`) + ` WHERE has_database_privilege(r.rolname, d.oid, p)`,
		`SELECT r.role, p, 'SCHEMA ' || n.nspname, '' FROM pg_namespace n, ` + everyone + privileges(`CREATE,USAGE`) + ` WHERE nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(r.rolname, n.oid, p)`,
		`SELECT r.role, p, 'LANGUAGE ' || l.lanname, '' FROM pg_language l, ` + everyone + privileges(`USAGE`) + ` WHERE has_language_privilege(r.rolname, l.oid, p)`,
		`SELECT r.role, p, 'TABLESPACE ' || s.spcname, '' FROM pg_tablespace s, ` + everyone + privileges(`CREATE`) + ` WHERE has_tablespace_privilege(r.rolname, s.oid, p)`,
		`SELECT r.role, p, 'ROUTINE ' || n.nspname || '.' || f.proname || '(' || oidvectortypes(f.proargtypes) || ')', ''
			FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace, ` + everyone + privileges(`EXECUTE`) + ` WHERE (f.oid >= 16384 OR f.oid = 'pg_read_file(text)'::regprocedure) AND has_function_privilege(r.rolname, f.oid, p)`,
		`SELECT r.role, p, 'TYPE ' || n.nspname || '.' || t.typname, '' FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace, ` + everyone + privileges(`USAGE`) + `
			WHERE t.oid >= 16384 AND t.typelem = 0 AND (t.typrelid = 0 OR t.typacl IS NOT NULL) AND has_type_privilege(r.rolname, t.oid, p)`,
		`SELECT r.role, p, 'FOREIGN DATA WRAPPER ' || w.fdwname, '' FROM pg_foreign_data_wrapper w, ` + everyone + privileges(`USAGE`) + ` WHERE has_foreign_data_wrapper_privilege(r.rolname, w.oid, p)`,
		`SELECT r.role, p, 'LARGE OBJECT ' || l.oid, '' FROM pg_largeobject_metadata l, ` + everyone + privileges(`SELECT,UPDATE`) + `
			WHERE EXISTS (SELECT FROM pg_roles s WHERE s.rolname = r.rolname AND s.rolsuper) OR EXISTS (
				SELECT FROM aclexplode(coalesce(l.lomacl, acldefault('L', l.lomowner))) i
				WHERE i.privilege_type = p AND (i.grantee = 0 OR i.grantee IN (SELECT o.oid FROM pg_roles o WHERE CASE WHEN r.role <> '' THEN pg_has_role(r.rolname, o.oid, 'USAGE') END)))`,
		`SELECT r.role, p, 'FOREIGN SERVER ' || s.srvname, '' FROM pg_foreign_server s, ` + everyone + privileges(`USAGE`) + ` WHERE has_server_privilege(r.rolname, s.oid, p)`,
		`SELECT r.role, p, ` + lawTable + `, '' FROM ` + relations + ` AND relkind IN ('r', 'p', 'v', 'm'), ` + everyone + privileges(table) + ` WHERE has_table_privilege(r.rolname, c.oid, p)`,
		`SELECT r.role, p, ` + lawTable + `, '' FROM ` + relations + ` AND relkind = 'S', ` + everyone + privileges(`SELECT,UPDATE,USAGE`) + ` WHERE has_sequence_privilege(r.rolname, c.oid, p)`,
		`SELECT r.role, p, ` + lawTable + `, a.attname::text FROM ` + relations + ` AND c.oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm') JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0, ` +
			everyone + privileges(`SELECT,INSERT,UPDATE,REFERENCES`) + ` WHERE has_column_privilege(r.rolname, c.oid, a.attnum, p)`,
	}
	if major >= 15 {
		can = append(can, `SELECT r.role, p, 'PARAMETER ' || n, '' FROM unnest('{my.x,log_statement}'::text[]) n, `+everyone+privileges(`SET,ALTER SYSTEM`)+` WHERE has_parameter_privilege(r.rolname, n, p)`)
	}
	ways := `USAGE,MEMBER,USAGE WITH ADMIN OPTION`
	if major >= 16 {
		ways += `,SET`
	}
	has = `SELECT m.role, r.role, w FROM ` + people + ` m, (SELECT rolname::text AS role, rolname FROM pg_roles) r, unnest(string_to_array('` + ways + `', ',')) w
		WHERE m.role <> r.role AND pg_has_role(m.rolname, r.rolname, w)`
	return can, has
}

// powers asks the server about everyone and everything.
func (l *lawServer) powers() powers {
	l.Helper()
	out := powers{answers{}, map[[3]string]bool{}}
	can, has := powersAsked(l.major)
	for _, question := range can {
		for _, row := range l.rows(question) {
			out.can[[4]string(row)] = true
		}
	}
	for _, row := range l.rows(has) {
		out.has[[3]string(row)] = true
	}
	return out
}

func (l *lawServer) rows(question string) []fact {
	l.Helper()
	rows, err := l.super.Query(context.Background(), question, pgx.QueryExecModeExec)
	if err != nil {
		l.Fatal(err)
	}
	defer rows.Close()
	var out []fact
	for rows.Next() {
		out = append(out, textsOf(rows))
	}
	if err := rows.Err(); err != nil {
		l.Fatal(fmt.Errorf("%s: %w", question, err))
	}
	return out
}
