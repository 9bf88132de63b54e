package script

import "slices"

// mayBeAdded tells whether roles over which the spec does not decide may have more on one of the objects than was
// planned.
func (s State) mayBeAdded() bool {
	return slices.ContainsFunc(s.Objects, func(o ObjectState) bool { return o.Added != nil })
}

// guardAdded leaves out what such roles have more on an object than was planned, where [ObjectState.Added] allows it. A
// privilege role counts as such only if all its members do.
const guardAdded = ` AND NOT EXISTS (
        SELECT FROM object_line AS l WHERE l.n = d.n AND l.v -> 4 IS NOT NULL
            AND a.grantee NOT IN (SELECT jsonb_array_elements_text(l.v -> 4))
            AND string_to_array(a.privileges, ', ') @> string_to_array(coalesce(f.privileges, ''), ', ')
            AND NOT (left(a.grantee, 6) = '_pgsr_' AND EXISTS (
                SELECT FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid JOIN pg_roles AS e ON e.oid = m.member
                WHERE r.rolname = a.grantee AND e.rolname IN (SELECT jsonb_array_elements_text(l.v -> 4))
            ))
    )`

// guardAddedFutures finds default privileges in such a schema that nobody planned, for roles over which the spec
// decides.
const guardAddedFutures = `SELECT format('default privileges of %s in schema %s: %s has some, had none', o.rolname, s.nspname, e.rolname)
    FROM object_line AS l
    JOIN pg_namespace AS s ON s.nspname = l.f ->> 2
    JOIN pg_default_acl AS d ON d.defaclnamespace = s.oid
    JOIN pg_roles AS o ON o.oid = d.defaclrole
    CROSS JOIN LATERAL (SELECT DISTINCT i.grantee FROM aclexplode(d.defaclacl) AS i) AS i
    JOIN pg_roles AS e ON e.oid = i.grantee AND e.rolname IN (SELECT jsonb_array_elements_text(l.v -> 4))
    WHERE NOT EXISTS (
        SELECT FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'futures') AS r (f)
        WHERE r.f ->> 0 = o.rolname AND r.f ->> 1 = s.nspname AND r.f ->> 3 = d.defaclobjtype::text
    )`
