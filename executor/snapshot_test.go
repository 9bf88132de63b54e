package executor

import (
	"context"
	"errors"
	"testing"
)

func TestSnapshotHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		since, now string
		own        []uint64
		holds      bool
	}{
		"nothing":                    {"10:10:", "10:10:", nil, true},
		"ours":                       {"10:10:", "11:11:", []uint64{10}, true},
		"several of ours":            {"10:10:", "12:12:", []uint64{10, 11}, true},
		"ours while another goes on": {"7:10:7", "7:11:7", []uint64{10}, true},
		"ours while one that came before goes on": {"10:10:", "10:12:10", []uint64{11}, true},
		"ours while a later one goes on":          {"10:10:", "11:11:", []uint64{10}, true},
		"another":                                 {"10:10:", "11:11:", nil, false},
		"another before ours":                     {"10:10:", "12:12:", []uint64{11}, false},
		"another after ours":                      {"10:10:", "12:12:", []uint64{10}, false},
		"one that was running":                    {"7:10:7", "10:10:", nil, false},
		"one of two that were running":            {"7:10:7,8", "8:11:8", []uint64{10}, false},
		"parts of ours":                           {"10:10:", "13:13:", []uint64{10}, false},
		"not a snapshot":                          {"", "10:10:", nil, false},
		"not a number":                            {"10:10:", "10:x:", nil, false},
		"not a list":                              {"10:10:", "10:10:x", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if holds := (&snapshot{text: c.since, own: c.own}).holdsAt(snapshot{text: c.now}); holds != c.holds {
				t.Errorf("from %s to %s with %v: %v", c.since, c.now, c.own, holds)
			}
		})
	}
}

// TestPartsAreComparedBeforeWhereSomethingWasCommitted in the cluster since the plan was made, in what comes after
// that, and only there.
func TestPartsAreComparedBeforeWhereSomethingWasCommitted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does []string
		once bool
	}{
		"nothing":                    {nil, true},
		"something that goes on":     {[]string{`BEGIN`, `CREATE TABLE unrelated ()`}, true},
		"something unrelated":        {[]string{`CREATE TABLE unrelated ()`}, false},
		"something that is given up": {[]string{`BEGIN`, `CREATE TABLE unrelated ()`, `ROLLBACK`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive := newArchive(t, "autovacuum", "off") // which commits as well
			reads, compared, commits := 0, 0, 0
			result, err := Sync(context.Background(), archive.asPostgres(), parse(t, archiveSpec), Options{Progress: func(p Progress) {
				switch p.Doing {
				case "reading as whom the session acts":
					reads++
				case "comparing the catalog with the plan":
					compared++
				case "committing":
					if commits++; commits == 1 {
						archive.exec(c.does...)
					}
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			of := len(result.Plan.Parts)
			want := of + of - 1
			if c.once {
				want = of
			}
			if reads != 2 || compared != want {
				t.Errorf("with %d parts, it reads %d times and compares %d times, not %d", of, reads, compared, want)
			}
			if c.once && len(c.does) > 0 {
				archive.exec(`ROLLBACK`)
			}
			archive.isDone()
		})
	}
}

// TestPartUndoneByAnother: what is done within one of our own transactions to what a later one changes is found by
// that at its end.
func TestPartUndoneByAnother(t *testing.T) {
	t.Parallel()
	c := newArchive(t, "autovacuum", "off") // it commits, and then the part finds out before it begins
	c.meddlingAt("t1", `IF current_setting('meddle.done', true) IS NULL THEN
		PERFORM set_config('meddle.done', 'yes', false); GRANT DELETE ON archive.t99 TO bob; END IF;`)
	_, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{})
	var partial *PartialError
	var state *StateError
	if !errors.As(err, &partial) || partial.Done != partial.Of-1 || !errors.As(err, &state) {
		t.Fatalf("%v", err)
	}
	saysAll(t, err, "TABLE archive.t99: bob has DELETE, had nothing")
	c.sync(archiveSpec, true)
	c.isDone()
}
