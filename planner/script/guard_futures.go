package script

import "strconv"

// futureFacts gives default privileges as tables of constants; nothing where there are none.
func futureFacts(s State) []factTable {
	if len(s.Futures) == 0 {
		return nil
	}
	facts := tableOf("future_fact", "n integer", "owner text", "schema text", "kind text", "letter text", "there boolean")
	items := tableOf("future_item_fact", "n integer", "grantee text", "privileges text")
	for n, f := range s.Futures {
		number := strconv.Itoa(n)
		facts.add(number, f.Future.Owner, f.Future.Schema, string(f.Future.Kind), f.Future.Kind.Info().Letter, boolean(f.There))
		for _, e := range aclEntries(f.ACL) {
			items.add(number, e.grantee, e.privileges)
		}
	}
	return []factTable{facts, items}
}

// moreTables and moreLines are where [guardFutures] and [guardFutureLines] come, where a state has default
// privileges.
const moreTables, moreLines = "{default privileges}", "{what differs of default privileges}"

// guardFutures finds the rows of pg_default_acl. The grantor in them is always the owner.
const guardFutures = `, actual_future AS (
    SELECT f.n, d.oid, d.defaclacl AS acl
    FROM future_fact AS f
    JOIN pg_roles AS o ON o.rolname = f.owner
    LEFT JOIN pg_namespace AS s ON s.nspname = f.schema
    JOIN pg_default_acl AS d ON d.defaclrole = o.oid AND d.defaclobjtype::text = f.letter
        AND d.defaclnamespace = CASE WHEN f.schema = '' THEN 0 ELSE s.oid END
), actual_future_item AS (
    SELECT a.n, coalesce(e.rolname, '')::text AS grantee,
        string_agg(i.privilege_type || CASE WHEN i.is_grantable THEN '*' ELSE '' END, ', '
            ORDER BY (i.privilege_type || CASE WHEN i.is_grantable THEN '*' ELSE '' END) COLLATE "C") AS privileges
    FROM actual_future AS a
    CROSS JOIN LATERAL aclexplode(a.acl) AS i
    LEFT JOIN pg_roles AS e ON e.oid = i.grantee
    GROUP BY a.n, coalesce(e.rolname, '')
), described_future AS (
    SELECT f.n, f.there, concat('default privileges of ', f.owner, ' on ', f.kind, CASE WHEN f.schema <> '' THEN ' in schema ' || f.schema END) AS what
    FROM future_fact AS f
)`

const guardFutureLines = `
    UNION ALL
    SELECT format(CASE WHEN f.there THEN '%s: there are none' ELSE '%s: there are some' END, f.what)
    FROM described_future AS f
    LEFT JOIN actual_future AS a ON a.n = f.n
    WHERE f.there <> (a.oid IS NOT NULL)
    UNION ALL
    SELECT format('%s: %s has %s, had %s', d.what, coalesce(nullif(coalesce(f.grantee, a.grantee), ''), 'PUBLIC'),
        coalesce(a.privileges, 'nothing'), coalesce(f.privileges, 'nothing'))
    FROM future_item_fact AS f
    FULL JOIN actual_future_item AS a ON a.n = f.n AND a.grantee = f.grantee
    JOIN described_future AS d ON d.n = coalesce(f.n, a.n)
    JOIN actual_future AS o ON o.n = d.n
    WHERE a.privileges IS DISTINCT FROM f.privileges AND d.there`
