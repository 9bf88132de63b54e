package scratch

import (
	"context"
	"path/filepath"
	"testing"
)

func TestSavedClusterIsStartedAnyNumberOfTimes(t *testing.T) {
	s := start(t, Options{})
	if _, err := ask(t, s.URL("postgres", "postgres", ""), "CREATE ROLE kept"); err != nil && err.Error() != "no rows in result set" {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	if err := s.Save(data); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		copied := start(t, Options{From: data})
		if got, err := ask(t, copied.URL("postgres", "postgres", ""), "SELECT rolname::text FROM pg_roles WHERE rolname = 'kept'"); err != nil || got != "kept" {
			t.Errorf("the copy has the role %q, %v", got, err)
		}
		if _, err := ask(t, copied.URL("postgres", "postgres", ""), "DROP ROLE kept"); err != nil && err.Error() != "no rows in result set" {
			t.Error(err)
		}
	}
	if _, err := Start(context.Background(), Options{From: data + "x"}); err == nil {
		t.Error("a cluster starts from nothing")
	}
}
