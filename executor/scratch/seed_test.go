package scratch

import (
	"context"
	"path/filepath"
	"testing"
)

// TestSeedIsSownOnce, whatever the settings of the server that is asked for first. Every server has what came of it.
func TestSeedIsSownOnce(t *testing.T) {
	seed := []Statement{
		{Superuser, "postgres", "CREATE ROLE farmer CREATEDB LOGIN"}, {"farmer", "postgres", "CREATE DATABASE field"},
		{"farmer", "field", "CREATE SCHEMA farm; CREATE TABLE farm.plants AS SELECT clock_timestamp() AS sown"},
	}
	sown := map[string]bool{}
	for range 2 {
		s := start(t, Options{Seed: seed, Settings: map[string]string{"default_transaction_read_only": "on"}})
		got, err := ask(t, s.URL("farmer", "field", ""), "SELECT sown::text FROM farm.plants")
		if err != nil {
			t.Fatal(err)
		}
		sown[got] = true
		if got, err := ask(t, s.URL("farmer", "field", ""), "SHOW transaction_read_only"); err != nil || got != "on" {
			t.Errorf("the setting is %q, %v", got, err)
		}
	}
	if len(sown) != 1 {
		t.Errorf("it was sown at %v", sown)
	}
	s := start(t, Options{})
	if got, err := ask(t, s.URL(Superuser, "postgres", ""), "SELECT count(*)::text FROM pg_roles WHERE rolname = 'farmer'"); err != nil || got != "0" {
		t.Errorf("another seed's server has %s of the roles, %v", got, err)
	}
	alone, err := Start(context.Background(), Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	if _, err := ask(t, alone.URL("farmer", "field", ""), "SELECT sown::text FROM farm.plants"); err != nil {
		t.Errorf("without templates: %v", err)
	}
}

// TestTemplateIsThin: what a server does without is not copied, and it makes its own when it is needed.
func TestTemplateIsThin(t *testing.T) {
	s := start(t, Options{})
	all, err := filepath.Glob(filepath.Join(templates, "*"))
	if err != nil || len(all) == 0 {
		t.Fatalf("%d templates, %v", len(all), err)
	}
	for _, template := range all {
		for pattern, most := range map[string]int{"base/*/*_fsm": 0, "base/*/*_vm": 0, "pg_wal/0*": 2} {
			if found, err := filepath.Glob(filepath.Join(template, pattern)); err != nil || len(found) > most {
				t.Errorf("of %s there are %d, %v", pattern, len(found), err)
			}
		}
	}
	url := s.URL(Superuser, "postgres", "")
	if _, err := ask(t, url, "CREATE DATABASE another"); err != nil && err.Error() != "no rows in result set" {
		t.Error(err)
	}
	if _, err := ask(t, url, "SELECT pg_switch_wal()::text FROM generate_series(1, 5)"); err != nil {
		t.Error(err)
	}
	if err := s.Save(filepath.Join(t.TempDir(), "data")); err != nil {
		t.Error(err)
	}
}
