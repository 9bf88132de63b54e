package executor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgsr/executor/ledger"
)

// oddSettings are what a server, a database or a role may have set, and what our texts are not to depend on.
var oddSettings = []string{
	"array_nulls = off", "standard_conforming_strings = off", "backslash_quote = off", "escape_string_warning = on", "quote_all_identifiers = on",
	"DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Pacific/Auckland'", "bytea_output = 'escape'", "xmloption = 'document'",
	"transform_null_equals = on", "extra_float_digits = 0", "client_encoding = 'LATIN1'", "default_transaction_isolation = 'serializable'",
	"default_transaction_deferrable = on", "enable_seqscan = off", "jit = on", "jit_above_cost = 0", "plan_cache_mode = 'force_generic_plan'",
	"search_path = ''", "row_security = off", "check_function_bodies = off", "statement_timeout = '5min'",
}

// set changes the server's settings, for sessions that there are and those that come.
func (c *cluster) set(settings ...string) {
	c.Helper()
	for _, setting := range settings {
		known, _, _ := strings.Cut(setting, " ")
		if one[bool](c, `SELECT EXISTS (SELECT FROM pg_settings WHERE name = $1)`, strings.ToLower(known)) || known != strings.ToLower(known) {
			c.exec(`ALTER SYSTEM SET ` + setting)
		}
	}
	c.exec(`SELECT pg_reload_conf()`)
	name, _, _ := strings.Cut(settings[len(settings)-1], " ")
	c.eventually(name+" is set", func() bool {
		return one[string](c, `SELECT source FROM pg_settings WHERE name = '`+name+`'`) == "configuration file"
	})
}

// TestOddSettings runs a plan in every form where the server has settings that no one expects, and takes it back.
func TestOddSettings(t *testing.T) {
	t.Parallel()
	c := newCluster(t, oddShop...)
	c.set(slices.DeleteFunc(slices.Clone(oddSettings), func(s string) bool { return strings.HasPrefix(s, "search_path") })...) // goose needs it for a table of its own
	c.super = c.connect("postgres", warehouse, "")
	c.everyFormatDoes(oddSpec, 10)
}

// TestDefaultIsReadOnly: what writes says so itself.
func TestDefaultIsReadOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newShop(t)
	c.set(append(slices.Clone(oddSettings), "default_transaction_read_only = on")...)
	conn := c.connect("postgres", warehouse, "")
	if _, _, err := ledger.Install(ctx, conn); err != nil {
		t.Fatal(err)
	}
	s, plan := c.planFor(shopSpec)
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	undo := c.written("psql", s, back, Options{})
	if out, err := c.runScript(c.written("psql", s, plan, Options{})); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.syncAs(conn, shopSpec, false)
	if out, err := c.runScript(undo); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.syncAs(conn, shopSpec, true)
	if entries, err := ledger.List(ctx, conn, 0); err != nil || len(entries) != 3 { // two of scripts
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestNothingElseIsPinned: without what is, something of ours would mean something else.
func TestWithoutArrayNulls(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.exec(`ALTER DATABASE warehouse SET array_nulls = off`)
	conn := c.connect("postgres", warehouse, "")
	saved := c.saved(shopSpec)
	if _, err := ApplySaved(context.Background(), conn, saved, Options{}); err != nil {
		t.Fatal(err)
	}
	_, err := ApplySaved(context.Background(), conn, saved, Options{})
	var stale *StaleError
	if !errors.As(err, &stale) {
		t.Errorf("%v", err)
	}
}
