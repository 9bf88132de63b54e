package script

import "pgsr/planner/catalog"

// SettingState says what a setting of a role is.
type SettingState struct {
	catalog.SettingOf
	// There tells whether the role has that setting.
	There bool   `json:"there"`
	Value string `json:"value,omitempty"`
}

// guardSettings reads the settings of roles as [catalog.NewSetting] does: those that are lists are written with each
// element in quotes, however the server has quoted them.
var guardSettings = `, setting_fact AS (
    SELECT r ->> 0 AS role, r ->> 1 AS database, r ->> 2 AS name, (x.v ->> 0)::boolean AS there, x.v ->> 1 AS value
    FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'settings') AS r CROSS JOIN LATERAL (SELECT r -> g.state + 2 AS v) AS x WHERE x.v <> 'null'
), stored_setting AS (
    SELECT r.rolname::text AS role, coalesce(d.datname, '')::text AS database, lower(split_part(c.entry, '=', 1) COLLATE "C") AS name,
        substr(c.entry, strpos(c.entry, '=') + 1) AS value
    FROM pg_db_role_setting AS s
    JOIN pg_roles AS r ON r.oid = s.setrole
    LEFT JOIN pg_database AS d ON d.oid = s.setdatabase
    CROSS JOIN unnest(s.setconfig) AS c (entry)
    WHERE r.rolname IN (SELECT f.role FROM setting_fact AS f)
), actual_setting AS (
    SELECT s.role, s.database, s.name, CASE WHEN s.name IN (` + list(catalog.ListSettings(), literal) + `) THEN coalesce((
        SELECT string_agg('"' || coalesce(e.part[1], e.part[2]) || '"', ', ' ORDER BY e.n)
        FROM regexp_matches(s.value, '"((?:[^"]|"")*)"|([^", ]+)', 'g') WITH ORDINALITY AS e (part, n)
    ), '""') ELSE s.value END AS value
    FROM stored_setting AS s
)`

// guardSettingLines compares settings. A fact without a name that says "not there" means that the role has no settings
// besides the named ones: DROP ROLE would drop a setting that came meanwhile.
const guardSettingLines = `SELECT format('setting %s of role %s%s: is %s, was %s', coalesce(f.name, a.name), coalesce(f.role, a.role),
        CASE WHEN coalesce(f.database, a.database) <> '' THEN ' in database ' || coalesce(f.database, a.database) ELSE '' END,
        coalesce(a.value, 'not there'), CASE WHEN f.there THEN f.value ELSE 'not there' END)
    FROM setting_fact AS f
    FULL JOIN actual_setting AS a ON a.role = f.role AND a.database = f.database AND a.name = f.name
    WHERE f.there <> (a.value IS NOT NULL) OR a.value <> f.value
        OR f.name IS NULL AND a.role IN (SELECT o.role FROM setting_fact AS o WHERE o.name = '')
    UNION ALL
    SELECT format('database %s is not there, with settings of role %s', f.database, f.role)
    FROM setting_fact AS f
    WHERE f.database <> '' AND NOT EXISTS (SELECT FROM pg_database AS d WHERE d.datname = f.database)
    GROUP BY f.database, f.role`
