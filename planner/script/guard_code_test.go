package script

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGuardAsksWhatIsRead: what counts as code for a guard is what counts when it is planned.
func TestGuardAsksWhatIsRead(t *testing.T) {
	read, err := os.ReadFile("../../queries/code.sql")
	if err != nil {
		t.Fatal(err)
	}
	plain := func(sql string) string {
		sql = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(sql, "")
		return strings.Join(strings.Fields(strings.ReplaceAll(sql, "pg_catalog.", "")), " ")
	}
	for _, between := range [][2]string{{"WITH RECURSIVE", ") SELECT"}, {"SELECT 1 AS n", ") AS a"}} {
		of := func(sql string) string {
			_, after, _ := strings.Cut(plain(sql), between[0])
			within, _, found := strings.Cut(after, between[1])
			if !found {
				t.Fatalf("no %q", between)
			}
			return within
		}
		if want, got := of(string(read)), of(codeOfTables); got != want {
			t.Errorf("a guard asks\n%s\nand what is read is\n%s", got, want)
		}
	}
}
