package script

import (
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// compare writes the tables of a query that gives the table difference: a line for each difference between the catalog
// and the facts of [factLines]. What is given is a row of these, and whether they are those before (1) or after (2).
// States say which kinds of facts there are.
//
// All is compared as text and under the "C" collation, so that the order is the same everywhere. psql shows a line as
// it is: what a terminal takes for a command is left out, and what ends a line.
func compare(server catalog.Server, given string, states ...State) string {
	var all State
	for _, s := range states {
		all.Memberships, all.Objects, all.Futures = append(all.Memberships, s.Memberships...), append(all.Objects, s.Objects...), append(all.Futures, s.Futures...)
		all.Settings, all.Policies, all.Code = append(all.Settings, s.Settings...), append(all.Policies, s.Policies...), append(all.Code, s.Code...)
	}
	tables, lines, objectLines := guardRoles, guardRoleLines, guardObjectLines
	if all.mayBeAdded() {
		objectLines += guardAdded + "\n    UNION ALL\n    " + guardAddedFutures
	}
	for _, part := range []struct {
		is            bool
		tables, lines string
	}{
		{len(all.Memberships) > 0, strings.Replace(guardMembers, otherPairs, findOthers(all), 1), guardMemberLines},
		{saysWhatIsHeld(all), holdingTables(all), guardHoldingLines},
		{len(all.Objects) > 0, strings.Replace(guardObjects, foundObjects, findObjects(all), 1), objectLines},
		{len(all.Futures) > 0, guardFutures, guardFutureLines},
		{len(all.Settings) > 0, guardSettings, guardSettingLines},
		{len(all.Policies) > 0, guardPolicies, guardPolicyLines},
		{len(all.Code) > 0, codeTables(), guardCodeLines},
	} {
		if part.is {
			tables, lines = tables+part.tables, lines+"\nUNION ALL\n"+part.lines
		}
	}
	if !server.MembershipsHaveOptions() {
		tables = strings.ReplaceAll(tables, membershipColumns, membershipColumnsBefore16)
	}
	query := "WITH given (f, state) AS MATERIALIZED (" + given + ")" + guardElsewhere + tables + `, changed (line) AS (
` + lines + `
), difference (line) AS (
    SELECT regexp_replace(d.line, '[[:cntrl:]]', '?', 'g')
    FROM (SELECT e.line FROM elsewhere AS e UNION ALL SELECT c.line FROM changed AS c WHERE NOT EXISTS (SELECT FROM elsewhere)) AS d
)`
	if server.Major() < 12 { // which has no word for it, and does so always
		query = strings.ReplaceAll(query, " AS MATERIALIZED (", " AS (")
	}
	return query
}

// guardElsewhere says whether the query runs in another database, in another cluster, as another role or too late: a
// script may wait long for its lock.
//
// The system identifier is compared where the role may read it. Without EXECUTE on a function a statement fails even
// where CASE never calls it. ts_stat helps: it plans its query only when it runs.
const guardElsewhere = `, place AS (
    SELECT g.f -> 'for' ->> 0 AS database, (g.f -> 'for' ->> 1)::oid AS oid, g.f -> 'for' ->> 2 AS role, g.f -> 'for' ->> 3 AS cluster,
        (g.f -> 'for' ->> g.state + 3)::timestamptz AS before
    FROM given AS g
), elsewhere (line) AS (
    SELECT format('connected to database %s, but written for %s (OID %s)', d.datname, p.database, p.oid)
    FROM place AS p JOIN pg_database AS d ON d.datname = current_database() AND (d.datname <> p.database OR d.oid <> p.oid)
    UNION ALL
    SELECT format('run as role %s, but written for %s', current_user, p.role) FROM place AS p WHERE current_user <> p.role
    UNION ALL
    SELECT format('run in cluster %s, but written for %s', s.word, p.cluster)
    FROM place AS p CROSS JOIN ts_stat(CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
            THEN 'SELECT pg_catalog.array_to_tsvector(ARRAY[c.system_identifier::pg_catalog.text]) FROM pg_catalog.pg_control_system() AS c'
        ELSE 'SELECT NULL::pg_catalog.tsvector' END) AS s
    WHERE p.cluster <> '' AND s.word <> p.cluster
    UNION ALL
    SELECT format('run at %s, but what it gives ends at %s', statement_timestamp(), p.before) FROM place AS p WHERE statement_timestamp() >= p.before
)`

const guardRoles = `, role_fact AS (
    SELECT r ->> 0 AS name, (x.v ->> 0)::boolean AS there, (x.v ->> 1)::oid AS oid, x.v ->> 2 AS attributes
    FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'roles') AS r CROSS JOIN LATERAL (SELECT r -> g.state AS v) AS x WHERE x.v <> 'null'
), actual_role AS (
    SELECT r.rolname::text AS name, r.oid, (
            SELECT string_agg(CASE WHEN a.has THEN a.word ELSE 'NO' || a.word END, ' ' ORDER BY a.n)
            FROM (VALUES (1, r.rolsuper, 'SUPERUSER'), (2, r.rolinherit, 'INHERIT'), (3, r.rolcreaterole, 'CREATEROLE'), (4, r.rolcreatedb, 'CREATEDB'),
                (5, r.rolcanlogin, 'LOGIN'), (6, r.rolreplication, 'REPLICATION'), (7, r.rolbypassrls, 'BYPASSRLS')) AS a (n, has, word)
        ) || ' CONNECTION LIMIT ' || r.rolconnlimit || ' VALID UNTIL ' || CASE WHEN NOT isfinite(r.rolvaliduntil) THEN r.rolvaliduntil::text
            ELSE coalesce(to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), 'infinity') END
        || CASE WHEN r.rolvaliduntil < '0001-01-01 00:00:00+00' AND isfinite(r.rolvaliduntil) THEN ' BC' ELSE '' END AS attributes
    FROM pg_roles AS r WHERE r.rolname IN (SELECT f.name FROM role_fact AS f)
)`

const guardRoleLines = `SELECT CASE
        WHEN r.oid IS NULL THEN format('role %s is not there', f.name)
        WHEN NOT f.there THEN format('role %s is there', f.name)
        WHEN f.oid <> 0 AND r.oid <> f.oid THEN format('role %s is another one of the same name (OID %s, was %s)', f.name, r.oid, f.oid)
        ELSE format('role %s is %s, was %s', f.name, r.attributes, f.attributes) END
    FROM role_fact AS f LEFT JOIN actual_role AS r ON r.name = f.name
    WHERE f.there <> (r.oid IS NOT NULL) OR f.oid <> 0 AND r.oid <> f.oid OR f.there AND f.attributes <> '' AND r.attributes <> f.attributes`

// membershipColumns are grantor and options of a membership, as it has them from 16 on.
const membershipColumns = `g.rolname::text AS grantor,
        'member' || CASE WHEN m.admin_option THEN ' ADMIN' ELSE '' END || CASE WHEN m.inherit_option THEN ' INHERIT' ELSE '' END
            || CASE WHEN m.set_option THEN ' SET' ELSE '' END AS options`

// membershipColumnsBefore16 take their place on older servers, where there is ADMIN OPTION only.
const membershipColumnsBefore16 = `'' AS grantor, 'member' || CASE WHEN m.admin_option THEN ' ADMIN' ELSE '' END AS options`

// guardMembers looks the OIDs of pairs up first. With statistics from before a large change, the server would otherwise
// join all memberships of a member with all pairs of that member.
const guardMembers = `, member_fact AS (
    SELECT r ->> 0 AS role, r -> g.state AS v FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'members') AS r
), membership_fact AS (
    SELECT f.role, w ->> 0 AS member, w ->> 1 AS grantor, w ->> 2 AS options
    FROM member_fact AS f CROSS JOIN jsonb_array_elements(CASE WHEN f.v <> 'null' THEN f.v -> 1 END) AS w
), pair_oid AS MATERIALIZED (
    SELECT f.role, p.member, r.oid AS role_oid, m.oid AS member_oid
    FROM member_fact AS f CROSS JOIN jsonb_array_elements_text(CASE WHEN f.v <> 'null' THEN f.v -> 0 END) AS p (member)
    JOIN pg_roles AS r ON r.rolname = f.role JOIN pg_roles AS m ON m.rolname = p.member` + otherPairs + `
), actual_membership AS (
    SELECT p.role, p.member, ` + membershipColumns + `
    FROM pair_oid AS p JOIN pg_auth_members AS m ON m.roleid = p.role_oid AND m.member = p.member_oid LEFT JOIN pg_roles AS g ON g.oid = m.grantor
)`

// otherPairs is where [findOthers] comes.
const otherPairs = "{others}"

// findOthers finds all members of a role, and all roles that one is in, where a state says that there are no others.
func findOthers(s State) string {
	if !slices.ContainsFunc(s.Memberships, func(m MembershipState) bool { return m.Role == "" || slices.Contains(m.Members, "") }) {
		return ""
	}
	return `
    UNION
    SELECT f.role, m.rolname::text, r.oid, m.oid
    FROM member_fact AS f JOIN pg_roles AS r ON r.rolname = f.role JOIN pg_auth_members AS a ON a.roleid = r.oid JOIN pg_roles AS m ON m.oid = a.member
    WHERE f.v -> 0 @> '[""]'
    UNION
    SELECT r.rolname::text, p.member, r.oid, m.oid
    FROM member_fact AS f CROSS JOIN jsonb_array_elements_text(CASE WHEN f.v <> 'null' THEN f.v -> 0 END) AS p (member)
    JOIN pg_roles AS m ON m.rolname = p.member JOIN pg_auth_members AS a ON a.member = m.oid JOIN pg_roles AS r ON r.oid = a.roleid
    WHERE f.role = ''`
}

const guardMemberLines = `SELECT format('membership of %s in %s%s: is %s, was %s', coalesce(f.member, a.member), coalesce(f.role, a.role),
        CASE WHEN coalesce(f.grantor, a.grantor) <> '' THEN ' by ' || coalesce(f.grantor, a.grantor) ELSE '' END, coalesce(a.options, 'none'), coalesce(f.options, 'none'))
    FROM membership_fact AS f FULL JOIN actual_membership AS a ON a.role = f.role AND a.member = f.member AND a.grantor = f.grantor
    WHERE a.options IS DISTINCT FROM f.options`

// foundObjects is where [findObjects] comes.
const foundObjects = "{objects}"

// guardObjects finds objects and the items of their ACLs. Most ACL items are what owners have by default on tables and
// sequences. They are taken out of an ACL before it goes through aclexplode(), and come back as rows of usual_item. An
// ACL that is empty then becomes NULL.
const guardObjects = `, object_line AS (
    SELECT r.n::integer AS n, r.f, r.f -> g.state + 3 AS v FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'objects') WITH ORDINALITY AS r (f, n)
), object_fact AS MATERIALIZED (
    SELECT o.n, o.f ->> 0 AS kind, o.f ->> 1 AS schema, o.f ->> 2 AS name, o.f ->> 3 AS arguments, (o.v ->> 0)::boolean AS there, (o.v ->> 1)::oid AS oid, o.v ->> 2 AS owner
    FROM object_line AS o WHERE o.v <> 'null'
), item_fact AS (
    SELECT o.n, i ->> 0 AS col, i ->> 1 AS grantee, i ->> 2 AS grantor, i ->> 3 AS privileges
    FROM object_line AS o CROSS JOIN jsonb_array_elements(CASE WHEN o.v <> 'null' THEN o.v -> 3 END) AS i
), actual_object AS (` + foundObjects + `
), actual_acl AS (
    SELECT o.n, '' AS col, nullif(array_remove(o.acl, o.usual), '{}') AS acl FROM actual_object AS o
    UNION ALL
    SELECT o.n, a.attname, a.attacl FROM actual_object AS o JOIN pg_attribute AS a ON a.attrelid = o.oid WHERE o.letter IS NOT NULL AND a.attacl IS NOT NULL AND NOT a.attisdropped
), usual_item (letter, privileges) AS MATERIALIZED (
    SELECT l.letter, (SELECT string_agg(i.privilege_type, ', ' ORDER BY i.privilege_type COLLATE "C") FROM aclexplode(acldefault(l.letter, 10)) AS i)
    FROM (VALUES ('r'::"char"), ('s')) AS l (letter)
), item AS (
    SELECT a.n, a.col, i.grantee, i.grantor, string_agg(w.word, ', ' ORDER BY w.word COLLATE "C") AS privileges
    FROM actual_acl AS a CROSS JOIN LATERAL aclexplode(a.acl) AS i
    CROSS JOIN LATERAL (SELECT i.privilege_type || CASE WHEN i.is_grantable THEN '*' ELSE '' END AS word) AS w
    GROUP BY a.n, a.col, i.grantee, i.grantor
    UNION ALL
    SELECT o.n, '', o.owner, o.owner, u.privileges FROM actual_object AS o JOIN usual_item AS u ON u.letter = o.letter WHERE o.usual = ANY (o.acl)
), actual_item AS (
    SELECT i.n, i.col, coalesce(e.rolname, '')::text AS grantee, r.rolname::text AS grantor, i.privileges
    FROM item AS i LEFT JOIN pg_roles AS e ON e.oid = i.grantee LEFT JOIN pg_roles AS r ON r.oid = i.grantor
), described AS (
    SELECT f.n, concat(f.kind, ' ', CASE WHEN f.schema <> '' THEN f.schema || '.' END, f.name, f.arguments) AS object, f.there, f.oid, f.owner FROM object_fact AS f
)`

const guardObjectLines = `SELECT CASE
        WHEN o.oid IS NULL THEN format('%s is not there', f.object)
        WHEN NOT f.there THEN format('%s is there', f.object)
        WHEN f.oid <> 0 AND o.oid <> f.oid THEN format('%s is another one of the same name (OID %s, was %s)', f.object, o.oid, f.oid)
        ELSE format('%s belongs to %s, belonged to %s', f.object, r.rolname, f.owner) END
    FROM described AS f LEFT JOIN actual_object AS o ON o.n = f.n LEFT JOIN pg_roles AS r ON r.oid = o.owner
    WHERE f.there <> (o.oid IS NOT NULL) OR f.oid <> 0 AND o.oid <> f.oid OR f.there AND r.rolname IS DISTINCT FROM f.owner
    UNION ALL
    SELECT format('%s%s: %s has %s, had %s (granted by %s)', d.object,
        CASE WHEN coalesce(f.col, a.col) <> '' THEN ' column ' || coalesce(f.col, a.col) ELSE '' END, coalesce(nullif(coalesce(f.grantee, a.grantee), ''), 'PUBLIC'),
        coalesce(a.privileges, 'nothing'), coalesce(f.privileges, 'nothing'), coalesce(f.grantor, a.grantor))
    FROM item_fact AS f FULL JOIN actual_item AS a ON a.n = f.n AND a.col = f.col AND a.grantee = f.grantee AND a.grantor = f.grantor
    JOIN described AS d ON d.n = coalesce(f.n, a.n) JOIN actual_object AS o ON o.n = d.n
    WHERE a.privileges IS DISTINCT FROM f.privileges AND d.there`
