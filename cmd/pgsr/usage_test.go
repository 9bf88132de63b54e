package main

import (
	"strings"
	"testing"
)

// Mistakes on the command line: one line on stderr that says what is wrong and where help is, nothing on stdout,
// status 1.
func TestUsageErrors(t *testing.T) { //nolint:funlen // a table of cases
	t.Parallel()
	s := newSite(t)
	for _, mistake := range []struct {
		args string
		says string
	}{
		{"plna", `unknown command "plna": did you mean plan?`},
		{"xyzzy", `unknown command "xyzzy" (`},
		{"diff", `unknown command "diff": pgsr check says what differs, and pgsr plan shows the statements`},
		{"init", `unknown command "init": pgsr export writes the spec of what is there`},
		{"import", `unknown command "import": pgsr export writes the spec of what is there`},
		{"plan --spec x.yaml", "unknown flag --spec: commands that read a spec take --file FILE (-f), or read pgsr.yaml"},
		{"plan --yes", "unknown flag --yes: nobody is asked here"},
		{"plan -q", "unknown flag -q: data goes to stdout, and all else to stderr"},
		{"apply --force", "unknown flag --force: what apply refuses, its message says how to allow"},
		{"apply --dry-run", "unknown flag --dry-run: pgsr plan shows what apply would do, and changes nothing"},
		{"plan -d x", "unknown flag -d: the database is in --database-url or PGSR_DATABASE_URL, or is PGDATABASE"},
		{"plan -U x", "unknown flag -U: the user is in --database-url or PGSR_DATABASE_URL, or is PGUSER"},
		{"check --port 5432", "unknown flag --port: the port is in --database-url or PGSR_DATABASE_URL, or is PGPORT"},
		{"check --host=db", "unknown flag --host: the server is in --database-url or PGSR_DATABASE_URL, or is PGHOST"},
		{"h", `unknown command "h"`},
		{"plan --no-such-flag", "unknown flag --no-such-flag ("},
		{"plan --fiel x", "unknown flag --fiel: did you mean --file?"},
		{"plan -x", "unknown flag -x"},
		{"-f roles.yaml plan", "flag -f comes after the command: pgsr plan -f"},
		{"--role x check", "flag --role comes after the command"},
		{"--nonsense plan", "unknown flag --nonsense"},
		{"plan roles.yaml", `pgsr plan takes no arguments, but got "roles.yaml": did you mean -f roles.yaml?`},
		{"plan roles.yaml -o out.sql", `pgsr plan takes no arguments, but got "roles.yaml"`},
		{"plan -- -f roles.yaml", "pgsr plan takes no arguments"},
		{"plan help", "pgsr plan takes no arguments"},
		{"explain alice", `pgsr explain takes no arguments, but got "alice": did you mean --role alice?`},
		{"export alice", `pgsr export takes no arguments, but got "alice": did you mean --role alice?`},
		{"who SELECT", `pgsr who takes no arguments, but got "SELECT": did you mean --can SELECT?`},
		{"ledger show 3", `pgsr ledger show takes no arguments, but got "3": did you mean --id 3?`},
		{"apply roles.yaml", "pgsr apply takes no arguments"},
		{"check roles.yaml", "pgsr check takes no arguments"},
		{"prune x", "pgsr prune takes no arguments"},
		{"demo x", "pgsr demo takes no arguments"},
		{"version x", "pgsr version takes no arguments"},
		{"ledger instal", `pgsr ledger has no subcommand "instal": did you mean install?`},
		{"ledger install x", "pgsr ledger install takes no arguments"},
		{"help plna", `unknown command "plna": did you mean plan?`},
		{"help plan check", "pgsr help takes one command"},
		{"plan -f", "flag -f needs a value"},
		{"plan --lock-timeout", "flag --lock-timeout needs a value"},
		{"plan --lock-timeout soon", `flag --lock-timeout does not take "soon": write it as 5s`},
		{"plan --lock-timeout 0", `flag --lock-timeout does not take "0": it must be more than 0`},
		{"plan --lock-timeout -5s", `flag --lock-timeout does not take "-5s": it must be more than 0`},
		{"plan --statement-timeout 30d", `flag --statement-timeout does not take "30d": PostgreSQL waits for at most`},
		{"plan --missing ignore", `flag --missing does not take "ignore": write refuse or warn`},
		{"plan --format xml", `flag --format does not take "xml": write psql or sql or text or markdown or html or json or goose`},
		{"plan --passwords clear", `flag --passwords does not take "clear" with --format psql: write verifier or omit, or variables for psql`},
		{"plan --passwords=", `flag --passwords does not take "" with --format psql`},
		{"plan --format sql --passwords variables", `flag --passwords does not take "variables" with --format sql`},
		{"plan --exit-code=maybe", `flag --exit-code does not take "maybe": it is given without a value`},
		{"plan --fmt json", "unknown flag --fmt (see: pgsr plan --help)"},
		{"plan --max-revokes few", `flag --max-revokes does not take "few": write a whole number`},
		{"plan -f a --file b", "cannot use two forms of the same flag: f file"},
		{"plan -f a -f a", `the spec "a" is given twice`},
		{"prune --lock-key x", `flag --lock-key does not take "x": write a whole number`},
		{"prune --lock-key 0", "flag --lock-key does not take 0"},
		{"prune -f roles.yaml", "unknown flag -f"},
		{"ledger --limit -1", "flag --limit does not take -1"},
	} {
		t.Run(mistake.args, func(t *testing.T) {
			s := &site{T: t, dir: s.dir, env: s.env}
			s.file("a", readersSpec)
			o := s.want(1, strings.Fields(mistake.args)...)
			empty(t, "stdout", o.stdout)
			contains(t, o.stderr, "pgsr: "+mistake.says, "(see: pgsr ")
			if strings.Count(o.stderr, "\n") != 1 {
				t.Errorf("more than one line:\n%s", o.stderr)
			}
		})
	}
}

// Without a command there is help, and still status 1: a script may have lost it.
func TestNoCommand(t *testing.T) {
	t.Parallel()
	o := newSite(t).want(1)
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "pgsr <command> [flags]", "pgsr: which command?")
}

// -h is for help, and no host.
func TestHelpIsNoHost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, args := range [][]string{{"plan", "-h", "localhost"}, {"-h", "localhost", "plan"}, {"apply", "-h", "db", "-f", "roles.yaml"}} {
		o := s.want(1, args...)
		empty(t, "stdout", o.stdout)
		contains(t, o.stderr, "pgsr: -h is for help: the server is in --database-url or PGSR_DATABASE_URL, or is PGHOST")
	}
	for _, args := range [][]string{{"plan", "-h"}, {"-h"}, {"plan", "-f", "x", "-h"}} {
		contains(t, s.want(0, args...).stdout, "USAGE:")
	}
}

// Where a connection string ends up by mistake, its password must not be shown.
func TestMisplacedConnectionStringsAreNotShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, args := range [][]string{
		{"plan", "postgres://me:" + bobPassword + "@host/db"},
		{"plan", "host=h password=" + bobPassword},
		{"postgres://me:" + bobPassword + "@host/db"},
		{"help", "postgres://me:" + bobPassword + "@host/db"},
		{"ledger", "postgres://me:" + bobPassword + "@host/db"},
		{"plan", "--database-ulr=postgres://me:" + bobPassword + "@host/db"},
		{"plan", "--exit-code=postgres://me:" + bobPassword + "@host/db"},
		{"plan", "--lock-timeout", "postgres://me:" + bobPassword + "@host/db"},
		{"plan", "--missing", "postgres://me:" + bobPassword + "@host/db"},
		{"plan", "-f", "postgres://me:" + bobPassword + "@host/db"},
		{"plan", "--file", "p=" + bobPassword, "-f", "p=" + bobPassword},
		{"prune", "--lock-key", "postgres://me:" + bobPassword + "@host/db"},
	} {
		o := s.want(1, args...) // which looks for secrets
		empty(t, "stdout", o.stdout)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.setenv("PGSR_DATABASE_URL", "postgres://me:"+bobPassword+"@host/db")
	s.setenv("PGPASSWORD", bobPassword)
	for args, words := range map[string][]string{
		"help":                  {"COMMANDS:", "plan", "apply", "check", "prune", "ledger", "demo", "PGSR_DATABASE_URL", "Exit status"},
		"--help":                {"COMMANDS:"},
		"-h":                    {"COMMANDS:"},
		"help plan":             {"--file FILE, -f FILE", "pgsr.yaml", "--role", "--missing", "--reassign-to", "--output", "--exit-code", "--format", "--lock-timeout", "--database-url"},
		"plan --help":           {"--file FILE, -f FILE", "Exit status"},
		"apply -h":              {"--yes", "--statement-timeout", "Exit status"},
		"check --help":          {"--role", "Exit status"},
		"prune --help":          {"--dry-run", "--lock-key", "Exit status"},
		"ledger --help":         {"--limit", "install"},
		"ledger install --help": {"CREATE on the database"},
		"help ledger install":   {"CREATE on the database"},
		"demo --help":           {"--keep", "PGSR_SERVER_BIN"},
		"help help":             {"pgsr help plan"},
	} {
		t.Run(args, func(t *testing.T) {
			s := &site{T: t, dir: s.dir, env: s.env}
			o := s.want(0, strings.Fields(args)...)
			contains(t, o.stdout, words...)
			empty(t, "stderr", o.stderr)
		})
	}
}
