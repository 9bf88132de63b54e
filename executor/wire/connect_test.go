package wire

import (
	"slices"
	"strings"
	"testing"
)

// TestAttempts: what came of connecting is said once, and a TLS that was refused is no reason where it went on without.
func TestAttempts(t *testing.T) {
	t.Parallel()
	const (
		refused = "127.0.0.1:1 (a): tls error: server refused TLS connection"
		unknown = `127.0.0.1:1 (a): server error: FATAL: database "x" does not exist (SQLSTATE 3D000)`
		nobody  = "127.0.0.1:1 (a): dial error: connection refused"
		other   = "127.0.0.1:2 (b): dial error: connection refused"
	)
	for _, c := range []struct{ said, want []string }{
		{[]string{refused, unknown}, []string{unknown}},
		{[]string{refused}, []string{refused}},
		{[]string{refused, refused}, []string{refused}},
		{[]string{refused, other}, []string{refused, other}},
		{[]string{nobody, other, nobody, other}, []string{nobody, other}},
		{[]string{"hostname resolving error: no such host", "no such host"}, []string{"no such host"}},
	} {
		if got := attempts(strings.Join(c.said, "\n")); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.said, got, c.want)
		}
	}
}
