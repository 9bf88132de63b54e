package scratchtest

import (
	"context"
	_ "embed"
	"regexp"
	"strings"
	"testing"

	"pgsr/executor/scratch"
)

//go:embed traps.sql
var traps string

// Traps are what an enemy has planted in a database, and what the server was sent there.
type Traps struct {
	testing.TB
	server *scratch.Server
}

// TrapSettings are those that a server needs for [PlantTraps]: each line of its log says whose it is.
var TrapSettings = []string{"log_line_prefix", "%c %a|"}

// PlantTraps fills the schemas evil and public of a database with traps, and has all that is sent to the database
// from now on written into the server's log. The first schema comes first in nobody's search_path so far.
func PlantTraps(t testing.TB, server *scratch.Server, database string) *Traps {
	t.Helper()
	conn := connect(t, server, database)
	defer conn.Close(context.Background())
	for _, sql := range strings.Split(traps, "\n\n") { // each by itself: one commits on its way
		if _, err := conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
			t.Fatalf("%.200s: %v", sql, err)
		}
	}
	execute(t, server, "ALTER DATABASE "+database+" SET log_statement = 'all'")
	return &Traps{t, server}
}

// logged is one line of the log: the session, the program and what is said.
var logged = regexp.MustCompile(`^([0-9a-f]+\.[0-9a-f]+) (\w*)\|(\w+): +(.*)$`)

// text is one that was sent.
var text = regexp.MustCompile(`(?s)^(?:statement|execute [^:]*): (.*)$`)

// Check fails if a trap was sprung, or if one of the named programs sent something outside of a transaction that
// first sets the search_path. It gives how many transactions there were.
func (t *Traps) Check(programs ...string) (transactions int) {
	t.Helper()
	log, err := t.server.Log()
	if err != nil {
		t.Fatal(err)
	}
	if at := strings.Index(log, "trap sprung"); at >= 0 {
		t.Errorf("a trap was sprung:\n%s", log[max(0, at-2000):min(len(log), at+2000)])
	}
	sessions := map[string]int{} // how many texts of its transaction each has sent
	for _, entry := range entries(log) {
		sent := text.FindStringSubmatch(entry[4])
		if entry[3] != "LOG" || sent == nil || !strings.Contains(strings.Join(programs, " "), entry[2]) || entry[2] == "" {
			continue
		}
		sql, session := strings.TrimSpace(sent[1]), entry[1]
		switch {
		case strings.HasPrefix(sql, "BEGIN"):
			sessions[session] = 1
			transactions++
		case sql == "COMMIT" || sql == "ROLLBACK":
			sessions[session] = 0
		case sessions[session] == 0:
			t.Errorf("%s sent outside of a transaction:\n%s", entry[2], sql)
		case sessions[session] == 1 && !pins(sql):
			t.Errorf("%s has a transaction begin with:\n%s", entry[2], sql)
		default:
			sessions[session]++
		}
	}
	return transactions
}

// pins tells whether a text sets the search_path, or does so first of all.
func pins(sql string) bool {
	return strings.HasPrefix(sql, "SET LOCAL search_path = pg_catalog, pg_temp") ||
		sql == "SELECT pg_catalog.set_config('pgsr.search_path', pg_catalog.current_setting('search_path'), true);" || // a migration's note of it
		strings.HasPrefix(sql, "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)")
}

// entries gives the log's entries, each with the lines that belong to it.
func entries(log string) [][]string {
	var all [][]string
	for line := range strings.SplitSeq(log, "\n") {
		if found := logged.FindStringSubmatch(line); found != nil {
			all = append(all, found)
		} else if len(all) > 0 {
			all[len(all)-1][4] += "\n" + line
		}
	}
	return all
}
