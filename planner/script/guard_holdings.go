package script

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// HeldState says what a privilege role holds that gets members: one privilege, and nothing else. They get it.
type HeldState struct {
	Privilege catalog.Privilege `json:"privilege"`
	On        StateObject       `json:"on"`
	Column    string            `json:"column,omitempty"`
	// OID is the object's; 0: any.
	OID uint32 `json:"oid,omitempty"`
}

// HeldAlone gives what the state says of what roles hold, and nothing else.
func (s State) HeldAlone() State {
	held := lists.Filter(s.Memberships, func(m MembershipState) bool { return m.Holds != nil })
	return State{Memberships: lists.Map(held, func(m MembershipState) MembershipState { return MembershipState{Role: m.Role, Holds: m.Holds} })}
}

// guardHoldings finds what roles hold, own, and are in policies of. Who has granted a membership has a row there, too.
// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
const guardHoldings = `, holder AS MATERIALIZED (
    SELECT f.role, r.oid AS role_oid, f.v ->> 2 AS privilege, (f.v ->> 3)::oid AS oid, to_regclass(coalesce(f.v ->> 4, 'pg_class'))::oid AS class, coalesce(f.v ->> 5, '') AS col
    FROM member_fact AS f JOIN pg_roles AS r ON r.rolname = f.role
    WHERE f.v -> 2 IS NOT NULL
), held AS MATERIALIZED (
    SELECT h.role_oid, h.privilege, h.class, d.objid, d.objsubid, d.deptype = 'a' AND d.classid = h.class
        AND d.dbid IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))
        AND CASE WHEN h.oid <> 0 THEN d.objid = h.oid
            ELSE 1 = (SELECT count(*) FROM pg_shdepend AS o WHERE o.refclassid = 'pg_authid'::regclass AND o.refobjid = h.role_oid AND o.classid = h.class) END
        AND CASE WHEN d.objsubid = 0 THEN h.col = ''
            ELSE h.col = (SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = d.objid AND a.attnum = d.objsubid) END AS is_same
    FROM holder AS h
    JOIN pg_shdepend AS d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = h.role_oid AND d.classid <> 'pg_auth_members'::regclass
), holding_more (role_oid, more) AS (
    SELECT h.role_oid, ': it is a member of ' || g.rolname::text
    FROM holder AS h JOIN pg_auth_members AS m ON m.member = h.role_oid JOIN pg_roles AS g ON g.oid = m.roleid
    UNION ALL
    SELECT h.role_oid, '' FROM held AS h WHERE h.is_same IS NOT TRUE` + ofCatalogs + `
)`

// ofCatalogs is where a [heldInCatalog] comes for each catalog.
const ofCatalogs = "{catalogs}"

const heldInCatalog = `
    UNION ALL
    SELECT h.role_oid, ': ' || i.privilege_type || CASE WHEN i.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM held AS h JOIN {catalog} CROSS JOIN LATERAL aclexplode({acl}) AS i
    WHERE h.class = '{depends}'::regclass AND h.objsubid {=} 0 AND i.grantee = h.role_oid AND (i.is_grantable OR i.privilege_type <> h.privilege){unusual}`

const guardHoldingLines = `SELECT format('role %s, which gets members, has more than %s on %s%s', h.role, h.privilege, coalesce(pg_describe_object(h.class, h.oid, 0), 'one object'), m.more)
    FROM holding_more AS m JOIN holder AS h ON h.role_oid = m.role_oid`

func saysWhatIsHeld(s State) bool {
	return slices.ContainsFunc(s.Memberships, func(m MembershipState) bool { return m.Holds != nil })
}

// heldInRelation leaves most relations out before aclexplode() takes an ACL apart: of those whose ACL is what owners
// have and what the role is to hold.
const heldInRelation = `
        AND array_remove(array_remove(o.relacl, (acldefault('r', o.relowner))[1]), makeaclitem(h.role_oid, o.relowner, h.privilege, false)) <> '{}'`

// holdingTables gives [guardHoldings] with the catalogs that a state needs.
func holdingTables(s State) string {
	var queries []string
	add := func(from, acl, depends, is, unusual string) {
		queries = append(queries, strings.NewReplacer("{catalog}", from, "{acl}", acl, "{depends}", depends, "{=}", is, "{unusual}", unusual).Replace(heldInCatalog))
	}
	for _, m := range s.HeldAlone().Memberships {
		kind := m.Holds.On.Kind.Info()
		unusual := ""
		switch {
		case m.Holds.Column != "":
			add("pg_attribute AS o ON o.attrelid = h.objid AND o.attnum = h.objsubid", "o.attacl", "pg_class", ">", "")
			continue
		case kind.Catalog == "pg_class":
			unusual = heldInRelation
		}
		add(kind.Catalog+" AS o ON o.oid = h.objid", "o."+columnsOf[kind.Catalog].acl, dependsAs(kind), "=", unusual)
	}
	slices.Sort(queries)
	return strings.Replace(guardHoldings, ofCatalogs, strings.Join(slices.Compact(queries), ""), 1)
}

// dependsAs gives the catalog that pg_shdepend names for objects of a kind.
func dependsAs(kind *catalog.KindInfo) string { return cmp.Or(kind.Depends, kind.Catalog) }

// heldFacts writes what a role holds as [guardHoldings] compares it. A relation is what is usual.
func heldFacts(h *HeldState) []string {
	facts := []string{jsonText(string(h.Privilege)), oidText(h.OID)}
	if depends := dependsAs(h.On.Kind.Info()); depends != "pg_class" || h.Column != "" {
		facts = append(facts, jsonText(depends), jsonText(h.Column))
	}
	return facts
}
