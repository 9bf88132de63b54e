-- What the roles of a spec have that the spec says nothing of.

-- name: MembersOutside :many
-- Counts the members of the scope's roles that are outside the scope, except the connecting role, and names the first
-- few.
SELECT
    o.role,
    cardinality(o.members) AS members,
    (o.members)[1:@most::integer]::text[] AS first
FROM (
    SELECT r.rolname::text AS role, array_agg(DISTINCT o.rolname) AS members
    FROM pg_catalog.pg_roles AS r
    JOIN pg_catalog.pg_auth_members AS m ON m.roleid = r.oid
    JOIN pg_catalog.pg_roles AS o ON o.oid = m.member
    WHERE r.rolname = ANY(@roles::name[])
        AND (o.rolname IN (SELECT unnest(@roles::name[]))) IS NOT TRUE
        AND o.rolname <> coalesce(sqlc.narg('acting')::name, current_user)
    GROUP BY r.rolname
) AS o;

-- name: NotManaged :many
-- Gives what the scope's roles own, or have a privilege on, of kinds that pgsr does not know, and the policies for them
-- (r), each as the server describes it. Unknown relations have a relkind that PostgreSQL 18 does not have, or are TOAST
-- tables (t). Unknown default privileges have a letter that is not known.
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
-- What a role has by way of a privilege role is given with that role's name. Mostly nothing is unknown, and then no
-- membership is looked at.
WITH unknown AS (
    SELECT d.classid, d.objid, d.refobjid
    FROM pg_catalog.pg_shdepend AS d
    WHERE (d.refclassid = 'pg_catalog.pg_authid'::regclass) IS TRUE
        AND d.deptype IN ('o', 'a', 'r')
        AND d.dbid IN (0, (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database()))
        AND (d.classid <> ALL (ARRAY(SELECT to_regclass(k.name) FROM unnest(@known::text[]) AS k (name) WHERE to_regclass(k.name) IS NOT NULL))
            OR d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = ANY (ARRAY(
                SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind NOT IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I', 'c')
            ))
            OR d.classid = 'pg_catalog.pg_default_acl'::regclass AND d.objid = ANY (ARRAY(
                SELECT f.oid FROM pg_catalog.pg_default_acl AS f WHERE f.defaclobjtype::text <> ALL (@letters::text[])
            )))
), holder AS (
    SELECT r.rolname AS role, r.oid, ''::text AS via FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[])
    UNION ALL
    SELECT r.rolname, g.oid, g.rolname::text
    FROM pg_catalog.pg_roles AS r
    JOIN pg_catalog.pg_auth_members AS m ON m.member = r.oid
    JOIN pg_catalog.pg_roles AS g ON g.oid = m.roleid
    WHERE EXISTS (SELECT FROM unknown) AND r.rolname = ANY(@roles::name[]) AND left(g.rolname::text, 6) = '_pgsr_'
)
SELECT DISTINCT h.role::text AS role, (pg_describe_object(u.classid, u.objid, 0) || CASE WHEN h.via <> '' THEN ' by way of ' || h.via ELSE '' END)::text AS object
FROM holder AS h
JOIN unknown AS u ON u.refobjid = h.oid
ORDER BY 1, 2;
