package executor_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/executor/inspect"
	"pgsr/executor/ledger"
	"pgsr/executor/scratch"
	"pgsr/planner"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// connect gives a connection to a throwaway server on which someone has made a table. A program of yours has a
// connection already.
func connect(ctx context.Context) (conn *pgx.Conn, end func()) {
	server, err := scratch.Start(ctx, scratch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if conn, err = pgx.Connect(ctx, server.URL(scratch.Superuser, "postgres", "")); err != nil {
		log.Fatal(err)
	}
	if _, err = conn.Exec(ctx, "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int)"); err != nil {
		log.Fatal(err)
	}
	return conn, func() {
		conn.Close(ctx)
		server.Close()
	}
}

// analysts is a spec that is built in Go: alice reads the orders, as all analysts do.
func analysts() *spec.Spec {
	return &spec.Spec{Roles: []spec.Role{
		{
			Name:         "analysts",
			DirectGrants: spec.MustGrants("USAGE ON SCHEMA sales", "SELECT ON ALL TABLES IN SCHEMA sales"),
		},
		{
			Name:     "alice",
			MemberOf: spec.Memberships("analysts"),
			Login:    &spec.Login{Password: spec.Password{Clear: "correct horse battery staple"}},
		},
	}}
}

// One call makes the roles of a spec be what it says. Called again, it finds nothing to do, takes no lock and writes
// nothing.
func ExampleSync() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	for range 2 {
		result, err := executor.Sync(ctx, conn, analysts(), executor.Options{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("applied:", result.Applied)
	}
	// Output:
	// applied: true
	// applied: false
}

// A spec is usually a file. Passwords stay out of it: it names the environment variable that holds one.
func ExampleSync_yaml() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	s, err := specfile.Parse([]specfile.File{{Name: "pgsr.yaml", Data: []byte(`
version: 1
roles:
  analysts:
    grants:
      - USAGE ON SCHEMA sales
      - SELECT ON TABLES MATCHING 'order.*' IN SCHEMA sales
  alice:
    login: {password: {env: ALICE_PASSWORD}}
    member_of: [analysts]
`)}}, specfile.Secrets{LookupEnv: func(string) (string, bool) { return "correct horse battery staple", true }})
	if err != nil {
		log.Fatal(err) // every problem of the file, each with its line and column
	}
	if _, err := executor.Sync(ctx, conn, s, executor.Options{}); err != nil {
		log.Fatal(err)
	}
	var may bool
	if err := conn.QueryRow(ctx, "SELECT has_table_privilege('alice', 'sales.orders', 'SELECT')").Scan(&may); err != nil {
		log.Fatal(err)
	}
	fmt.Println("alice may read the orders:", may)
	// Output: alice may read the orders: true
}

// Confirm is shown the plan before anything is locked. What it has said yes to is what is done, or nothing.
func ExampleSync_confirm() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	_, err := executor.Sync(ctx, conn, analysts(), executor.Options{
		Confirm: func(plan *planner.Plan) (bool, error) {
			for _, s := range plan.Statements {
				fmt.Println(script.Summary(s.Change))
			}
			return false, nil
		},
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, executor.ErrDeclined))
	// Output:
	// create role alice: may log in, set the password
	// create role analysts
	// grant USAGE on SCHEMA sales to analysts
	// grant SELECT on TABLE sales.orders to analysts
	// grant role analysts to alice
	// not confirmed, so nothing was done
	// true
}

// FailureOf says what an error comes to, and its type says more. Here another session holds the lock.
func ExampleFailureOf() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	other, err := pgx.ConnectConfig(ctx, conn.Config())
	if err != nil {
		log.Fatal(err)
	}
	defer other.Close(ctx)
	if _, err := other.Exec(ctx, "SELECT pg_advisory_lock(1)"); err != nil {
		log.Fatal(err)
	}
	_, err = executor.Sync(ctx, conn, analysts(), executor.Options{LockTimeout: 100 * time.Millisecond})
	fmt.Println(executor.FailureOf(err), executor.MayPass(err))
	var locked *executor.LockedError
	if errors.As(err, &locked) {
		for _, holder := range locked.Holders {
			fmt.Println(holder.Role, holder.PID == int32(other.PgConn().PID()))
		}
	}
	// Output:
	// locked true
	// postgres true
}

// A result says what was missing, what was left out because of that, and what was created.
func ExampleResult() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	s := &spec.Spec{Missing: spec.WarnOfMissing, Roles: []spec.Role{{
		Name:     "clerk",
		MemberOf: spec.Memberships("clerks"),
		Grants:   spec.MustGrants("SELECT ON TABLE sales.orders, sales.invoices"),
	}}}
	result, err := executor.Sync(ctx, conn, s, executor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range result.Missing {
		fmt.Println("missing:", m)
	}
	for _, m := range result.Skipped {
		fmt.Println("skipped:", m.Object)
	}
	fmt.Println("created:", result.Created.Roles, "statements:", result.Statements)
	// Output:
	// missing: role "clerks", of which "clerk" is to be a member, does not exist
	// missing: TABLE sales.invoices does not exist in database "postgres"
	// skipped: TABLE sales.invoices
	// created: [clerk clerks] statements: 5
}

// What the connecting role may not do is an error before anything runs. It says what would allow it.
func ExampleSync_refusal() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	if _, err := conn.Exec(ctx, "CREATE ROLE app; SET ROLE app"); err != nil {
		log.Fatal(err)
	}
	_, err := executor.Sync(ctx, conn, &spec.Spec{Roles: []spec.Role{{Name: "alice"}}}, executor.Options{})
	var refusal *planner.Refusal
	if errors.As(err, &refusal) {
		for _, reason := range refusal.Reasons {
			fmt.Printf("%s: %s\n", reason.Act, reason.Why)
		}
		fmt.Println(refusal.Remedies)
	}
	// Output:
	// create role "alice": role "app" has no CREATEROLE
	// [ALTER ROLE "app" WITH CREATEROLE]
}

// Plan only says what there is to do. Here a program finds out whether someone has changed something by hand.
func ExamplePlan() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	if _, err := executor.Sync(ctx, conn, analysts(), executor.Options{}); err != nil {
		log.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "GRANT DELETE ON sales.orders TO alice"); err != nil {
		log.Fatal(err)
	}
	plan, err := executor.Plan(ctx, conn, analysts(), executor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("in sync:", plan.InSync())
	for _, s := range plan.Statements {
		fmt.Printf("%s -- %s\n", script.Masked(s.Change, plan.Server), s.Reason)
	}
	// Output:
	// in sync: false
	// REVOKE DELETE ON TABLE "sales"."orders" FROM "alice" -- not in the spec
}

// The parts of [executor.Sync] can be used alone: read, resolve, build, and write a script that someone reviews and
// runs with psql.
func Example_catalog() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	s := &spec.Spec{Roles: []spec.Role{{Name: "etl", Owns: ownerships("TABLE sales.orders", "SCHEMA staging")}}}

	current, err := inspect.Catalog(ctx, conn, resolve.Scope(s))
	if err != nil {
		log.Fatal(err)
	}
	resolution, err := resolve.Resolve(s, current, resolve.Means{})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := planner.Build(current, resolution.Desired)
	if err != nil {
		log.Fatal(err)
	}
	var text strings.Builder
	if err := executor.Write(&text, s, plan, executor.Options{}); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "CREATE ") || strings.HasPrefix(line, "ALTER ") {
			fmt.Fprint(os.Stdout, line)
		}
	}
	// Output:
	// CREATE ROLE "etl";
	// CREATE SCHEMA "staging" AUTHORIZATION "etl";
	// ALTER TABLE "sales"."orders" OWNER TO "etl";
}

func ownerships(phrases ...string) []spec.Ownership {
	owned, err := spec.ParseOwnerships(phrases...)
	if err != nil {
		log.Fatal(err)
	}
	return owned
}

// Where a ledger is installed, each apply records itself in the same transaction.
func Example_ledger() {
	ctx := context.Background()
	conn, end := connect(ctx)
	defer end()
	if _, _, err := ledger.Install(ctx, conn); err != nil {
		log.Fatal(err)
	}
	if _, err := executor.Sync(ctx, conn, analysts(), executor.Options{Version: "1.0.0"}); err != nil {
		log.Fatal(err)
	}
	entries, err := ledger.List(ctx, conn, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Printf("%s: %d statements by %s, %s\n", e.Database, e.Statements, e.AppliedBy, e.Result)
	}
	// Output: postgres: 5 statements by postgres, applied
}
