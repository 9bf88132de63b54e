package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// TestIgnoredRolesThatThereCanNotBe: who writes public means everyone, of whom there is nothing to ignore.
func TestIgnoredRolesThatThereCanNotBe(t *testing.T) {
	for text, want := range map[string]string{
		"ROLE public": `6: "public" is a reserved name`, "ROLE a, PUBLIC": `9: "public" is a reserved name`, `ROLE "none"`: `6: "none" is a reserved name`,
		`ROLE "PUBLIC"`: "", `ROLE "None", pg_monitor`: "", "TABLE public.none": "",
	} {
		_, err := spec.ParseIgnored(text)
		if got := fmt.Sprint(err); (err == nil) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %v, but expected %q", text, err, want)
		}
	}
	for _, name := range []string{"public", "none"} {
		if err := (&spec.Spec{Ignore: []spec.Ignored{{Roles: []string{name}}}}).Validate(); err == nil {
			t.Errorf("%s is ignored", name)
		}
	}
}
