package executor_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/executor/scratch"
	"pgsr/planner"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// readers is a spec that is built in Go, without YAML.
func readers() *spec.Spec {
	return &spec.Spec{Roles: []spec.Role{{
		Name:   "reader",
		Grants: []spec.Grant{spec.MustGrant("USAGE ON SCHEMA sales"), spec.MustGrant("SELECT ON TABLE sales.orders")},
	}}}
}

// shop starts a throwaway server with a table, and connects to it.
func shop(ctx context.Context) (*pgx.Conn, func()) {
	server, err := scratch.Start(ctx, scratch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	conn, err := executor.Connect(ctx, server.URL("postgres", "postgres", ""), nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `CREATE SCHEMA sales; CREATE TABLE sales.orders (id int)`); err != nil {
		log.Fatal(err)
	}
	return conn, server.Close
}

// One call makes the roles be what the spec says. A second one has nothing to do.
func ExampleSync() {
	ctx := context.Background()
	conn, end := shop(ctx)
	defer end()
	for range 2 {
		result, err := executor.Sync(ctx, conn, readers(), executor.Options{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("applied: %v, %d statements\n", result.Applied, len(result.Plan.Statements))
	}
	// Output:
	// applied: true, 7 statements
	// applied: false, 0 statements
}

// The parts of Sync can be used one by one: read the catalog, say what the spec means for it, work out the statements.
func ExampleInspect() {
	ctx := context.Background()
	conn, end := shop(ctx)
	defer end()
	roles := readers()
	current, err := executor.Inspect(ctx, conn, roles.Scope())
	if err != nil {
		log.Fatal(err)
	}
	names := 0
	resolution, err := spec.Resolve(roles, current, spec.Means{Names: func() string { names++; return fmt.Sprintf("%08x", names) }})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := planner.Build(current, resolution.Desired)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(script.Summary(plan.Statements[0].Change))
	fmt.Println("in sync:", plan.InSync())
	// Output:
	// create role reader
	// in sync: false
}

// A plan that is written is a script for psql. With nothing to do it holds comments only.
func ExampleWrite() {
	ctx := context.Background()
	conn, end := shop(ctx)
	defer end()
	nobody := &spec.Spec{}
	plan, err := executor.Plan(ctx, conn, nobody, executor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	plan.Server.DatabaseOID, plan.Server.VersionNum, plan.Server.SystemIdentifier = 5, 150018, "7"
	if err := executor.Write(os.Stdout, nobody, plan, executor.Options{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// -- Written by pgsr
	// -- for database postgres (OID 5) on PostgreSQL 15.18, system identifier 7
	// -- as role postgres
	// -- 0 statements
	// -- Nothing to do.
}
