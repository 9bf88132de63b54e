package main

import (
	"fmt"
	"strings"
	"testing"
)

// lying is what somebody calls what is his, so that a message about it would go on with a line of his.
const lying = "x\nEVIL: in sync\rEVIL\vEVIL\u0085EVIL\u2028EVIL"

// TestNamesBeginNoLine: of what commands say, each line is theirs, whatever others have called what is theirs.
func TestNamesBeginNoLine(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	name := func(word string) string { return `"` + word + lying + `"` }
	s.sql("postgres", "warehouse", fmt.Sprintf(`CREATE ROLE mallory LOGIN; CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO mallory; GRANT CREATE ON DATABASE warehouse TO mallory;
		SET ROLE mallory; CREATE SCHEMA %[1]s; CREATE TABLE s.%[2]s (%[2]s int); CREATE VIEW %[1]s.%[2]s AS SELECT 1 AS a; CREATE POLICY %[2]s ON s.%[2]s TO mallory;
		CREATE COLLATION s.%[2]s FROM "C"; CREATE FUNCTION s.%[2]s() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; RESET ROLE`, name("schema"), name("a")))
	yaml := func(text string) string { return fmt.Sprintf("%q", text) }
	for i, role := range []string{
		"{}", "{owns: []}", "{owns: [], grants: ['ALL ON ALL TABLES IN SCHEMA s']}", "{absent: true}", "{absent: true, reassign_to: deployer}",
		"{grants: [" + yaml("SELECT ON TABLE s."+name("missing")) + "]}", "{grants: [" + yaml("SELECT ("+name("missing")+") ON TABLE s."+name("a")) + "]}",
		"{owns: [" + yaml("TABLE s."+name("a")) + "], preserve_in_schemas: [" + yaml("schema"+lying) + "]}", "{grants: [" + yaml("USAGE ON SCHEMA "+name("schem")) + "]}",
	} {
		file := s.file(fmt.Sprintf("%d.yaml", i), "version: 1\nroles:\n  mallory: "+role+"\n")
		super := s.server.URL("postgres", "warehouse", "")
		for _, args := range [][]string{{"plan"}, {"plan", "--missing", "warn", "--database-url", super}, {"check", "--database-url", super}} {
			o := s.run(append(args, "-f", file)...)
			for line := range strings.Lines(o.stderr) {
				if strings.HasPrefix(line, "EVIL") {
					t.Errorf("%q of role %s says a line of somebody else's: %q", args, role, o.stderr)
				}
			}
		}
	}
}
