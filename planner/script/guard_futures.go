package script

// guardFutures finds the rows of pg_default_acl. The grantor in them is always the owner. OFFSET 0 has the server find
// owner and schema first: else it puts each row together with all rows of its owner.
const guardFutures = `, future_line AS (
    SELECT r.n::integer AS n, r.f, r.f -> g.state + 3 AS v FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'futures') WITH ORDINALITY AS r (f, n)
), future_fact AS (
    SELECT o.n, o.f ->> 0 AS owner, o.f ->> 1 AS schema, o.f ->> 2 AS kind, o.f ->> 3 AS letter, (o.v ->> 0)::boolean AS there FROM future_line AS o WHERE o.v <> 'null'
), future_item_fact AS (
    SELECT o.n, i ->> 0 AS grantee, i ->> 1 AS privileges FROM future_line AS o CROSS JOIN jsonb_array_elements(CASE WHEN o.v <> 'null' THEN o.v -> 1 END) AS i
), actual_future AS (
    SELECT f.n, d.oid, d.defaclacl AS acl
    FROM (
        SELECT f.n, f.letter, o.oid AS owner, CASE WHEN f.schema = '' THEN 0 ELSE s.oid END AS schema
        FROM future_fact AS f
        JOIN pg_roles AS o ON o.rolname = f.owner
        LEFT JOIN pg_namespace AS s ON s.nspname = f.schema
        OFFSET 0
    ) AS f
    JOIN pg_default_acl AS d ON d.defaclrole = f.owner AND d.defaclnamespace = f.schema AND d.defaclobjtype::text = f.letter
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

const guardFutureLines = `SELECT format(CASE WHEN f.there THEN '%s: there are none' ELSE '%s: there are some' END, f.what)
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
