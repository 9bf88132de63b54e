package main

import (
	"testing"
	"time"
)

func TestTimeoutsAreReadAsGoAndPostgreSQLWriteThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5s": 5 * time.Second, "500ms": 500 * time.Millisecond, "1m30s": 90 * time.Second, "2min": 2 * time.Minute, "1.5min": 90 * time.Second,
		"1h": time.Hour, "1d": 24 * time.Hour, "250": 250 * time.Millisecond, " 5 s ": 5 * time.Second, "1.5s": 1500 * time.Millisecond,
		"100us": 100 * time.Microsecond, "2147483647": longest,
	} {
		if got, err := parseTimeout(text); err != nil || got != want {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "0", "0s", "-1", "-5s", "5 parsecs", "2147483648", "25d", "1e99", "99999999999999999999999min", "NaN", "Infinity", "0x10"} {
		if _, err := parseTimeout(text); err == nil {
			t.Errorf("%q is taken for a time", text)
		}
	}
}
