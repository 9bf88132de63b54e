package spec_test

import (
	"regexp"
	"sync"
	"testing"

	"pgsr/planner/spec"
)

// editorPatterns are those of phrases, compiled.
var editorPatterns = sync.OnceValue(func() (p struct{ grant, fits, owned, ignored *regexp.Regexp }) {
	all := spec.EditorPatterns()
	p.grant, p.fits = regexp.MustCompile(all.Grant), regexp.MustCompile(all.Fits)
	p.owned, p.ignored = regexp.MustCompile(all.Owned), regexp.MustCompile(all.Ignored)
	return p
})

// matchesPatterns holds a phrase that is read against the patterns for editors, which must take it.
func matchesPatterns(t *testing.T, phrase string, patterns ...*regexp.Regexp) {
	t.Helper()
	for _, pattern := range patterns {
		if !pattern.MatchString(phrase) {
			t.Errorf("%q is read, and an editor would refuse it", phrase)
		}
	}
}

// TestPatternsSeeWhatIsWrong: a word that there is not, a target that is none, a phrase that YAML cut.
func TestPatternsSeeWhatIsWrong(t *testing.T) {
	p := editorPatterns()
	for _, phrase := range []string{
		"", "SELECT", "SELECT (a", "b) ON TABLE s.t", "SELCT ON TABLE s.t", "USAGE ON TABLE s.t", "SELECT ON SCHEMA s", "SELECT ON TABEL s.t", "SELECT ON t",
		"SELECT ON TABLE t", "SELECT ON VIEW s.t", "SELECT ON TABLE s.t TO r", "SELECT ON TABLE s.t;", "SELECT ON s.*", "ON TABLE s.t", `SELECT ON s."t`,
		"SELECT ON ALL TABLES", "SELECT ON ALL TABLES IN s", "SELECT ON TABLES MATCHING t IN SCHEMA s", "SELECT ON FUTURE TABLES", "USAGE ON SCHEMA a.b",
		"GRANT SELECT ON TABLE s.t", "DELETE (a) ON TABLE s.t", "SELECT ON LARGE OBJECT x", "SELECT ON TABLE s.t WITH ADMIN OPTION",
	} {
		if p.grant.MatchString(phrase) && p.fits.MatchString(phrase) {
			t.Errorf("%q: an editor would take it", phrase)
		}
	}
	for _, phrase := range []string{"", "b", "SELECT ON s.t", "PARAMETER a.b", "SCHEMA", "SCHEMA a.b", "TABLE t", "FUTURE TABLES FOR ROLE b", "s.t WITH GRANT OPTION", "VIEW s.t"} {
		if p.owned.MatchString(phrase) {
			t.Errorf("owns: %q: an editor would take it", phrase)
		}
	}
	for _, phrase := range []string{"", "b", "EXTENSION x", "CREATE ON SCHEMA c", "FUTURE TABLES FOR ROLE b", "ROLE"} {
		if p.ignored.MatchString(phrase) {
			t.Errorf("ignore: %q: an editor would take it", phrase)
		}
	}
}
