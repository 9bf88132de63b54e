-- Large objects. What /* in scope: */ marks is part of a query where only what belongs to a scope is read: see scope.sql.

-- name: LargeObjects :many
-- Gives a row for each ACL item. A large object whose ACL is empty, or the built-in default, has one row without a
-- privilege. There may be a million, so those are left out that are not named and on which nothing was granted.
SELECT
    l.oid::oid AS oid,
    l.lomowner::oid AS owner,
    (l.lomacl IS NULL)::boolean AS default_acl,
    coalesce(i.grantee, 0)::oid AS grantee,
    coalesce(i.grantor, 0)::oid AS grantor,
    coalesce(i.privilege_type, '')::text AS privilege,
    coalesce(i.is_grantable, false)::boolean AS grantable
FROM pg_catalog.pg_largeobject_metadata AS l
LEFT JOIN LATERAL aclexplode(array_remove(l.lomacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON l.lomacl IS NOT NULL
WHERE current_setting('pgsr.whole')::boolean
    AND (l.lomacl IS NOT NULL OR l.oid = ANY(@named::oid[]) /* in scope: OR true */)
    /* in scope: AND l.oid = ANY(current_setting('pgsr.large_objects')::oid[]) */;
