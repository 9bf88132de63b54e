package script

import (
	"maps"
	"slices"
	"strconv"

	"pgsr/planner/catalog"
)

// factsOf gives a state as tables of constants.
func factsOf(server catalog.Server, s State) []factTable {
	facts := []factTable{roleFacts(s), pairFacts(s), membershipFacts(s, server.MembershipsHaveOptions()), objectFacts(s), itemFacts(s)}
	return slices.Concat(facts, futureFacts(s), settingFacts(s), policyFacts(s))
}

func roleFacts(s State) factTable {
	f := tableOf("role_fact", "name text", "there boolean", "oid oid", "attributes text")
	for _, r := range s.Roles {
		attributes := "" // any
		if r.Attributes != nil {
			attributes = attributeWords(*r.Attributes, r.ValidUntil)
		}
		f.add(r.Name, boolean(r.There), oidText(r.OID), attributes)
	}
	return f
}

func pairFacts(s State) factTable {
	f := tableOf("pair", "role text", "member text")
	for _, m := range s.Memberships {
		for _, member := range m.Members {
			f.add(m.Role, member)
		}
	}
	return f
}

// membershipFacts leaves out the grantor before 16, where it means nothing.
func membershipFacts(s State, grantorsMatter bool) factTable {
	f := tableOf("membership_fact", "role text", "member text", "grantor text", "options text")
	for _, m := range s.Memberships {
		for _, row := range m.Rows {
			grantor := ""
			if grantorsMatter {
				grantor = row.Grantor
			}
			f.add(m.Role, row.Member, grantor, optionWords(catalog.Options{Admin: row.Admin, Inherit: row.Inherit, Set: row.Set}, grantorsMatter))
		}
	}
	return f
}

func objectFacts(s State) factTable {
	f := tableOf("object_fact", "n integer", "kind text", "schema text", "name text", "arguments text", "there boolean", "oid oid", "owner text")
	for n, o := range s.Objects {
		types := ""
		if o.ID.Kind.Info().Name == catalog.NameWithArguments {
			types = argumentFact(o.ID.Arguments)
		}
		f.add(strconv.Itoa(n), string(o.ID.Kind), o.ID.Schema, o.ID.Name, types, boolean(o.There), oidText(o.OID), o.Owner)
	}
	return f
}

func itemFacts(s State) factTable {
	f := tableOf("item_fact", "n integer", "col text", "grantee text", "grantor text", "privileges text")
	for n, o := range s.Objects {
		number := strconv.Itoa(n)
		f.addACL(number, "", o.ACL)
		for _, column := range slices.Sorted(maps.Keys(o.Columns)) {
			f.addACL(number, column, o.Columns[column])
		}
	}
	return f
}

func (f factTable) addACL(n, column string, acl catalog.ACL) {
	for _, e := range aclEntries(acl) {
		f.add(n, column, e.grantee, e.grantor, e.privileges)
	}
}

// foundObjects is where [findObjects] comes.
const foundObjects = "{objects}"

// membershipColumns are grantor and options of a membership, as it has them from 16 on.
const membershipColumns = `g.rolname::text AS grantor,
        'member' || CASE WHEN m.admin_option THEN ' ADMIN' ELSE '' END || CASE WHEN m.inherit_option THEN ' INHERIT' ELSE '' END
            || CASE WHEN m.set_option THEN ' SET' ELSE '' END AS options`

// membershipColumnsBefore16 take their place on older servers, where there is ADMIN OPTION only.
const membershipColumnsBefore16 = `'' AS grantor,
        'member' || CASE WHEN m.admin_option THEN ' ADMIN' ELSE '' END AS options`

// guardQuery gives the table of all differences. It compares the facts with pg_roles, pg_auth_members and the catalogs
// of objects, as text and under the "C" collation, so that the order is the same everywhere.
//
// The OIDs of pairs are looked up first. With statistics from before a large change, the server would otherwise join
// all memberships of a member with all pairs of that member.
//
// Most ACL items are what owners have by default on tables and sequences. They are taken out of an ACL before it goes
// through aclexplode(), and come back as rows of usual_item. An ACL that is empty then becomes NULL.
const guardQuery = `, actual_role AS (
    SELECT r.rolname::text AS name, r.oid,
        concat_ws(' ',
            CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
            CASE WHEN r.rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
            CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN r.rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
            CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END, 'CONNECTION LIMIT ' || r.rolconnlimit,
            'VALID UNTIL ' || CASE WHEN NOT isfinite(r.rolvaliduntil) THEN r.rolvaliduntil::text
                ELSE coalesce(to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), 'infinity') END,
            CASE WHEN r.rolvaliduntil < '0001-01-01 00:00:00+00' AND isfinite(r.rolvaliduntil) THEN 'BC' END) AS attributes
    FROM pg_roles AS r
    WHERE r.rolname IN (SELECT f.name FROM role_fact AS f)
), pair_oid AS MATERIALIZED (
    SELECT p.role, p.member, r.oid AS role_oid, member.oid AS member_oid
    FROM pair AS p
    JOIN pg_roles AS r ON r.rolname = p.role
    JOIN pg_roles AS member ON member.rolname = p.member
), actual_membership AS (
    SELECT p.role, p.member, ` + membershipColumns + `
    FROM pair_oid AS p
    JOIN pg_auth_members AS m ON m.roleid = p.role_oid AND m.member = p.member_oid
    LEFT JOIN pg_roles AS g ON g.oid = m.grantor
), actual_object AS (` + foundObjects + `
), actual_acl AS (
    SELECT o.n, '' AS col, nullif(array_remove(o.acl, o.usual), '{}') AS acl FROM actual_object AS o
    UNION ALL
    SELECT o.n, a.attname, a.attacl
    FROM actual_object AS o
    JOIN pg_attribute AS a ON a.attrelid = o.oid
    WHERE o.letter IS NOT NULL AND a.attacl IS NOT NULL AND NOT a.attisdropped
), usual_item (letter, privileges) AS MATERIALIZED (
    SELECT l.letter, (SELECT string_agg(i.privilege_type, ', ' ORDER BY i.privilege_type COLLATE "C") FROM aclexplode(acldefault(l.letter, 10)) AS i)
    FROM (VALUES ('r'::"char"), ('s')) AS l (letter)
), item AS (
    SELECT a.n, a.col, i.grantee, i.grantor,
        string_agg(i.privilege_type || CASE WHEN i.is_grantable THEN '*' ELSE '' END, ', '
            ORDER BY (i.privilege_type || CASE WHEN i.is_grantable THEN '*' ELSE '' END) COLLATE "C") AS privileges
    FROM actual_acl AS a
    CROSS JOIN LATERAL aclexplode(a.acl) AS i
    GROUP BY a.n, a.col, i.grantee, i.grantor
    UNION ALL
    SELECT o.n, '', o.owner, o.owner, u.privileges
    FROM actual_object AS o
    JOIN usual_item AS u ON u.letter = o.letter
    WHERE o.usual = ANY (o.acl)
), actual_item AS (
    SELECT i.n, i.col, coalesce(e.rolname, '')::text AS grantee, r.rolname::text AS grantor, i.privileges
    FROM item AS i
    LEFT JOIN pg_roles AS e ON e.oid = i.grantee
    LEFT JOIN pg_roles AS r ON r.oid = i.grantor
), described AS (
    SELECT f.n, concat(f.kind, ' ', CASE WHEN f.schema <> '' THEN f.schema || '.' END, f.name, f.arguments) AS object, f.there, f.oid, f.owner
    FROM object_fact AS f
)` + moreTables + `, changed (line) AS (
    SELECT CASE
        WHEN r.oid IS NULL THEN format('role %s is not there', f.name)
        WHEN NOT f.there THEN format('role %s is there', f.name)
        WHEN f.oid <> 0 AND r.oid <> f.oid THEN format('role %s is another one of the same name (OID %s, was %s)', f.name, r.oid, f.oid)
        ELSE format('role %s is %s, was %s', f.name, r.attributes, f.attributes) END
    FROM role_fact AS f LEFT JOIN actual_role AS r ON r.name = f.name
    WHERE f.there <> (r.oid IS NOT NULL) OR f.oid <> 0 AND r.oid <> f.oid OR f.there AND f.attributes <> '' AND r.attributes <> f.attributes
    UNION ALL
    SELECT format('membership of %s in %s%s: is %s, was %s', coalesce(f.member, a.member), coalesce(f.role, a.role),
        CASE WHEN coalesce(f.grantor, a.grantor) <> '' THEN ' by ' || coalesce(f.grantor, a.grantor) ELSE '' END,
        coalesce(a.options, 'none'), coalesce(f.options, 'none'))
    FROM membership_fact AS f
    FULL JOIN actual_membership AS a ON a.role = f.role AND a.member = f.member AND a.grantor = f.grantor
    WHERE a.options IS DISTINCT FROM f.options
    UNION ALL
    SELECT CASE
        WHEN o.oid IS NULL THEN format('%s is not there', f.object)
        WHEN NOT f.there THEN format('%s is there', f.object)
        WHEN f.oid <> 0 AND o.oid <> f.oid THEN format('%s is another one of the same name (OID %s, was %s)', f.object, o.oid, f.oid)
        ELSE format('%s belongs to %s, belonged to %s', f.object, r.rolname, f.owner) END
    FROM described AS f
    LEFT JOIN actual_object AS o ON o.n = f.n
    LEFT JOIN pg_roles AS r ON r.oid = o.owner
    WHERE f.there <> (o.oid IS NOT NULL) OR f.oid <> 0 AND o.oid <> f.oid OR f.there AND r.rolname IS DISTINCT FROM f.owner
    UNION ALL
    SELECT format('%s%s: %s has %s, had %s (granted by %s)', d.object,
        CASE WHEN coalesce(f.col, a.col) <> '' THEN ' column ' || coalesce(f.col, a.col) ELSE '' END,
        coalesce(nullif(coalesce(f.grantee, a.grantee), ''), 'PUBLIC'),
        coalesce(a.privileges, 'nothing'), coalesce(f.privileges, 'nothing'), coalesce(f.grantor, a.grantor))
    FROM item_fact AS f
    FULL JOIN actual_item AS a ON a.n = f.n AND a.col = f.col AND a.grantee = f.grantee AND a.grantor = f.grantor
    JOIN described AS d ON d.n = coalesce(f.n, a.n)
    JOIN actual_object AS o ON o.n = d.n
    WHERE a.privileges IS DISTINCT FROM f.privileges AND d.there` + moreLines + `
), difference (line) AS (
    SELECT e.line FROM elsewhere AS e
    UNION ALL
    SELECT c.line FROM changed AS c WHERE NOT EXISTS (SELECT FROM elsewhere)
)`
