package script

import (
	"fmt"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Origin says where a plan comes from.
type Origin struct {
	// Version is that of the program.
	Version string
	// Now is when the plan was made; the zero time: not said.
	Now time.Time
	// Sources are the files of the spec.
	Sources []Source
}

// Source is one file, and the SHA-256 of what it held, in hexadecimal.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// HeaderLines says of a document when it was made, by which version, for which database and server, from what, as
// whom, how much it changes, and what ends soon.
func HeaderLines(d Document) []string {
	lines := []string{d.Origin.WrittenBy()}
	for _, source := range d.Origin.Sources {
		lines = append(lines, fmt.Sprintf("from %s (SHA-256 %s)", source.Name, source.SHA256))
	}
	lines = append(lines,
		"for "+DescribeDatabase(d.Server)+" on "+DescribeServer(d.Server),
		"as "+DescribeUser(d.Server),
		d.Counts(),
	)
	if before := d.ReliesOn.Before; !before.IsZero() {
		lines = append(lines, "stale from "+timestamp(before.At)+" on, when something that it gives ends")
	}
	for _, end := range d.Ends {
		lines = append(lines, "ends soon: "+end)
	}
	if left := LeftCount(d.Left); left != "" {
		lines = append(lines, left)
	}
	return lines
}

// WrittenBy says by which version a plan was made, and when, in UTC, since readers may be anywhere.
func (o Origin) WrittenBy() string {
	text := strings.TrimSpace("Written by pgsr " + o.Version)
	if !o.Now.IsZero() {
		text += " at " + o.Now.UTC().Format("2006-01-02 15:04:05") + " UTC"
	}
	return text
}

// DescribeDatabase names the database that a plan is for.
func DescribeDatabase(s catalog.Server) string {
	return fmt.Sprintf("database %s (OID %d)", s.Database, s.DatabaseOID)
}

// DescribeServer names its version, 15.18, and its cluster.
func DescribeServer(s catalog.Server) string {
	text := fmt.Sprintf("PostgreSQL %d.%d", s.VersionNum/10000, s.VersionNum%10000)
	if s.SystemIdentifier != "" {
		text += ", system identifier " + s.SystemIdentifier
	}
	return text
}

// DescribeUser names the role that a plan is to be run as.
func DescribeUser(s catalog.Server) string {
	if s.SessionUser == s.CurrentUser || s.SessionUser == "" {
		return "role " + s.CurrentUser
	}
	return fmt.Sprintf("role %s (of session user %s)", s.CurrentUser, s.SessionUser)
}
