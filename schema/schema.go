// Package schema holds what pgsr keeps in a database: the ledger, as goose migrations. sqlc reads the same files, so
// a query that does not fit them does not compile. It promises that a file that was released is never changed: what
// comes later is a migration of its own.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package schema

import "embed"

// Migrations are the migrations for goose, which passes over [Create].
//
//go:embed *.sql
var Migrations embed.FS

// Create makes the schema that must exist before goose can start.
//
//go:embed 00000_schema.sql
var Create string

// VersionTable is where goose counts the migrations: in our schema, so that it meets no other table of goose's.
const VersionTable = "pgsr.goose_db_version"
