package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// What people type who know psql, pg_dump and tools like this one, and what to write here.
var (
	commandHabits = map[string]string{
		"diff":   "pgsr check says what differs, and pgsr plan shows the statements",
		"status": "pgsr check says what differs",
		"init":   "pgsr export writes the spec of what is there",
		"import": "pgsr export writes the spec of what is there",
		"dump":   "pgsr export writes the spec of what is there",
		"sync":   "pgsr apply makes the roles be what the spec says, and pgsr plan shows how",
		"lint":   "pgsr validate reads a spec without a server",
		"render": "pgsr show writes a saved plan in any format",
	}
	flagHabits = map[string]string{
		flagAs:     asHabit,
		"dry-run":  "pgsr plan shows what apply would do, and changes nothing",
		"d":        "the database is in --database-url or PGSR_DATABASE_URL, or is PGDATABASE",
		"dbname":   "the database is in --database-url or PGSR_DATABASE_URL, or is PGDATABASE",
		"U":        "the user is in --database-url or PGSR_DATABASE_URL, or is PGUSER",
		"username": "the user is in --database-url or PGSR_DATABASE_URL, or is PGUSER",
		"host":     hostHabit,
		"p":        "the port is in --database-url or PGSR_DATABASE_URL, or is PGPORT",
		"port":     "the port is in --database-url or PGSR_DATABASE_URL, or is PGPORT",
		"W":        passwordHabit,
		"password": passwordHabit,
		"spec":     fileHabit,
		"config":   fileHabit,
		"yes":      yesHabit,
		"y":        yesHabit,
		"force":    "what apply refuses, its message says how to allow: each risk has a flag of its own",
		"q":        quietHabit,
		"quiet":    quietHabit,
	}
)

const (
	asHabit = "plan, check, export and prune --dry-run take it. What changes something is done as whoever connects: pgsr plan --as ROLE --format json -o plan.json, " +
		"then, connected as that role, pgsr apply --plan plan.json --digest SHA256. explain and who answer everyone alike"
	fileHabit     = "commands that read a spec take --file FILE (-f), or read pgsr.yaml"
	hostHabit     = "the server is in --database-url or PGSR_DATABASE_URL, or is PGHOST"
	passwordHabit = "the password is in PGPASSWORD or in the password file (~/.pgpass), where no list of processes shows it"
	quietHabit    = "data goes to stdout, and all else to stderr: 2>/dev/null leaves that out, and the exit status tells how it went"
	yesHabit      = "nobody is asked here. It is for apply, which asks before it changes anything"
)

// hostAsked refuses -h with a host, as psql takes it: here it asks for help, and urfave/cli would look for a command
// of that name.
func hostAsked(c *cli.App, args []string) string {
	at := slices.Index(args, "-h")
	if at < 0 || at+1 >= len(args) || strings.HasPrefix(args[at+1], "-") || c.Command(args[at+1]) != nil {
		return ""
	}
	return "-h is for help: " + hostHabit
}
