package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// CodeState says what of an object runs with its owner's rights, which matters where it gets another owner.
type CodeState struct {
	Object StateObject `json:"object"`
	// Is are the words of [catalog.Object.RunsAsOwner]; empty: nothing does.
	Is string `json:"is,omitempty"`
}

// codeOfTables is what queries/code.sql reads, and says why.
const codeOfTables = `
    WITH RECURSIVE ranging (oid) AS (
        SELECT r.rngtypid FROM pg_range AS r WHERE r.rngsubdiff::oid >= 16384
        UNION
        SELECT d.objid
        FROM ranging AS t
        JOIN pg_depend AS d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid
        WHERE d.classid = 'pg_type'::regclass
    )
    SELECT a.n, a.letter, a.relation FROM (
        SELECT 1 AS n, 'r'::text AS letter, w.ev_class AS relation FROM pg_rewrite AS w
        UNION ALL
        SELECT 2, 'i', x.indrelid FROM pg_index AS x WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL
        UNION ALL
        SELECT 3, 's', s.stxrelid FROM pg_statistic_ext AS s WHERE to_jsonb(s) ->> 'stxexprs' IS NOT NULL
        UNION ALL
        SELECT 4, 'k', k.conrelid
        FROM pg_constraint AS k
        WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
        UNION ALL
        SELECT 5, 'c', unnest(ARRAY[k.conrelid, k.confrelid])
        FROM pg_constraint AS k
        CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS n (key)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n.key]
        JOIN pg_attribute AS o ON o.attrelid = k.confrelid AND o.attnum = k.confkey[n.key]
        JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE k.contype = 'f' AND a.atttypid >= 16384 AND o.atttypid <> a.atttypid AND (t.typtype <> 'd' OR t.typbasetype >= 16384)
        UNION ALL
        SELECT 6, 'g', d.objid
        FROM ranging AS t
        JOIN pg_depend AS d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid
        WHERE d.classid = 'pg_class'::regclass
        UNION ALL
        SELECT 7, 'l', l.srrelid FROM pg_subscription_rel AS l WHERE current_setting('server_version_num')::integer >= 160000
    ) AS a`

// guardCode finds what runs code with the owner's rights of objects. The old owner may have added it after the plan was
// made, or while ALTER ... OWNER waited.
const guardCode = `, code_fact AS (
    SELECT o.n, o.oid, f.kind, r -> g.state + 3 ->> 0 AS was
    FROM given AS g CROSS JOIN jsonb_array_elements(g.f -> 'code') AS r
    JOIN object_fact AS f ON f.kind = r ->> 0 AND f.schema = r ->> 1 AND f.name = r ->> 2 AND f.arguments = r ->> 3
    JOIN actual_object AS o ON o.n = f.n
    WHERE r -> g.state + 3 <> 'null'
), actual_code (n, priority, letter) AS MATERIALIZED (
    SELECT f.n, 0, 'd' FROM code_fact AS f JOIN pg_proc AS p ON p.oid = f.oid WHERE f.kind = 'ROUTINE' AND p.prosecdef
    UNION ALL
    SELECT f.n, 0, c.relkind::text FROM code_fact AS f JOIN pg_class AS c ON c.oid = f.oid WHERE f.kind = 'TABLE' AND c.relkind IN ({relkinds})
    UNION ALL
    SELECT f.n, t.n, t.letter FROM code_fact AS f JOIN (` + codeOfTables + `
    ) AS t ON t.relation = f.oid WHERE f.kind = 'TABLE'
), code_words (letter, words) AS (VALUES {words}
), code_line (n, was, words) AS (
    SELECT f.n, f.was, coalesce((
            SELECT w.words FROM actual_code AS a JOIN code_words AS w ON w.letter = a.letter WHERE a.n = f.n ORDER BY a.priority LIMIT 1
        ), '')
    FROM code_fact AS f
)`

const guardCodeLines = `SELECT format('%s gets another owner, and what runs with that one''s rights is %s, was %s', d.object,
        coalesce(nullif(c.words, ''), 'nothing'), coalesce(nullif(c.was, ''), 'nothing'))
    FROM code_line AS c JOIN described AS d ON d.n = c.n WHERE c.words <> c.was`

// codeTables gives [guardCode] with the words of all letters.
func codeTables() string {
	var words []string
	for letter, is := range catalog.CodeWords() {
		words = append(words, fmt.Sprintf("(%s, %s)", literal(letter), literal(is)))
	}
	relkinds := lists.Join(strings.Split(catalog.CodeRelkinds, ""), literal)
	return strings.NewReplacer("{words}", strings.Join(words, ", "), "{relkinds}", relkinds).Replace(guardCode)
}

func codeFacts(s State) []fact {
	return lists.Map(s.Code, func(c CodeState) fact { return fact{objectNames(c.Object), factList(jsonText(c.Is))} })
}
