package script

// PolicyState says for whom a row-level security policy is.
type PolicyState struct {
	Table StateObject `json:"table"`
	Name  string      `json:"name"`
	There bool        `json:"there"`
	// OID tells a policy from another one of the same name; 0: any.
	OID   uint32   `json:"oid,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

// guardPolicies finds policies, and for whom they are.
const guardPolicies = `, policy_fact AS (
    SELECT r.n, r.f ->> 0 AS schema, r.f ->> 1 AS relation, r.f ->> 2 AS name, (x.v ->> 0)::boolean AS there, (x.v ->> 1)::oid AS oid, x.v ->> 2 AS roles
    FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'policies') WITH ORDINALITY AS r (f, n) CROSS JOIN LATERAL (SELECT r.f -> g.state + 2 AS v) AS x WHERE x.v <> 'null'
), actual_policy AS (
    SELECT f.n, p.oid, (
        SELECT coalesce(string_agg('"' || replace(r.rolname::text, '"', '""') || '"', ', ' ORDER BY r.rolname::text COLLATE "C"), 'PUBLIC')
        FROM pg_roles AS r
        WHERE r.oid = ANY (p.polroles)
    ) AS roles
    FROM policy_fact AS f
    JOIN pg_namespace AS s ON s.nspname = f.schema
    JOIN pg_class AS c ON c.relnamespace = s.oid AND c.relname = f.relation
    JOIN pg_policy AS p ON p.polrelid = c.oid AND p.polname = f.name
)`

const guardPolicyLines = `SELECT CASE
        WHEN a.oid IS NULL THEN format('policy %s on %s.%s is not there', f.name, f.schema, f.relation)
        WHEN NOT f.there THEN format('policy %s on %s.%s is there', f.name, f.schema, f.relation)
        WHEN f.oid <> 0 AND a.oid <> f.oid THEN format('policy %s on %s.%s is another one of the same name', f.name, f.schema, f.relation)
        ELSE format('policy %s on %s.%s is for %s, was for %s', f.name, f.schema, f.relation, a.roles, f.roles) END
    FROM policy_fact AS f
    LEFT JOIN actual_policy AS a ON a.n = f.n
    WHERE f.there <> (a.oid IS NOT NULL) OR f.oid <> 0 AND a.oid <> f.oid OR f.there AND a.roles <> f.roles`
