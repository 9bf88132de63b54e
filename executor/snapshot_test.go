package executor

import (
	"context"
	"errors"
	"testing"
)

func TestSnapshotAfterOurs(t *testing.T) {
	t.Parallel()
	for since, want := range map[snapshot]snapshot{
		"10:10:": "11:11:", "7:10:7": "7:11:7", "7:10:7,8": "7:11:7,8", "11:11:": "", "9:9:": "", "7:11:7": "", "": "", "10": "", "10:x:": "",
	} {
		after := since
		after.committed("10")
		if after != want {
			t.Errorf("from %q to %q, not %q", since, after, want)
		}
	}
	for _, id := range []string{"", "x"} {
		after := snapshot("x:x:")
		after.committed(id)
		if after != "" {
			t.Errorf("to %q by %q", after, id)
		}
	}
}

// TestPartsAreComparedBeforeWhereSomethingWasCommitted in the cluster since the plan was made, or has begun, in what
// comes after that, and only there.
func TestPartsAreComparedBeforeWhereSomethingWasCommitted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does []string
		// taken is how many parts are taken to begin where the ones before them have ended.
		taken int
	}{
		"nothing":                    {nil, 1000},
		"something that goes on":     {[]string{`BEGIN`, `CREATE TABLE unrelated ()`}, 2},
		"something unrelated":        {[]string{`CREATE TABLE unrelated ()`}, 1},
		"something that is given up": {[]string{`BEGIN`, `CREATE TABLE unrelated ()`, `ROLLBACK`}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive := newArchive(t, "autovacuum", "off") // which commits as well
			reads, compared, commits := 0, 0, 0
			result, err := Sync(context.Background(), archive.asPostgres(), parse(t, archiveSpec), Options{Progress: func(p Progress) {
				switch p.Doing {
				case "reading as whom the session acts", "verifying: reading as whom the session acts":
					reads++
				case "comparing the catalog with the plan", "verifying: comparing the catalog with the plan":
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
			want := of + of - min(of, c.taken)
			if reads != 2 || compared != want {
				t.Errorf("with %d parts, it reads %d times and compares %d times, not %d", of, reads, compared, want)
			}
			archive.exec(`ROLLBACK`)
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
