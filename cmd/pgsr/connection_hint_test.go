package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestHintsInOtherLanguages: what helps does not hang on the language of the server (lc_messages). The errors are those
// of a German PostgreSQL 15, and of one that speaks English.
func TestHintsInOtherLanguages(t *testing.T) {
	for _, c := range []struct{ code, routine, message, hint string }{
		{"53300", "InitializeSessionUserId", "zu viele Verbindungen von Rolle »lim«", "the role has no connection left"},
		{"53300", "InitializeSessionUserId", `too many connections for role "lim"`, "the role has no connection left"},
		{"53300", "CheckMyDatabase", "zu viele Verbindungen für Datenbank »nolim«", "the database has no connection left"},
		{"53300", "InitProcess", "tut mir leid, schon zu viele Verbindungen", "the server has no connection left"},
		{"28000", "ClientAuthentication", "pg_hba.conf lehnt Verbindung ab für Host »127.0.0.1«, Benutzer »tlsonly«, Datenbank »postgres«, keine Verschlüsselung", "sslmode=require"},
		{"28000", "ClientAuthentication", `no pg_hba.conf entry for host "127.0.0.1", user "tlsonly", database "postgres", no encryption`, "sslmode=require"},
		{"28000", "ClientAuthentication", "pg_hba.conf lehnt Verbindung ab für Host »127.0.0.1«, Benutzer »a«, Datenbank »b«, SSL-Verschlüsselung", "lets nobody in that way"},
		{"28000", "InitializeSessionUserId", "Rolle »nobody« existiert nicht", "lets nobody in that way"},
	} {
		if hint := serverHint(&pgconn.PgError{Code: c.code, Routine: c.routine, Message: c.message}, false); !strings.Contains(hint, c.hint) {
			t.Errorf("%s: got %q, not %q", c.message, hint, c.hint)
		}
	}
	for message, hint := range map[string]string{
		"canceling statement due to statement timeout":           "\nthe timeout is that of --statement-timeout",
		"storniere Anfrage wegen Zeitüberschreitung der Anfrage": "\nif that was a timeout, it is that of --statement-timeout",
		"canceling statement due to user request":                "",
	} {
		if got := timeoutHint(&pgconn.PgError{Code: "57014", Message: message}); !strings.HasPrefix(got, hint) || (hint == "") != (got == "") {
			t.Errorf("%s: got %q, not %q", message, got, hint)
		}
	}
}
