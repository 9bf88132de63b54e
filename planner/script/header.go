package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Origin says where a plan comes from.
type Origin struct {
	// Version is that of the program.
	Version string
	// Sources are the files of the spec.
	Sources []Source
}

// Source is one file, and the SHA-256 of what it held, in hexadecimal.
type Source struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// HeaderLines says of a document by which version it was made, for which database and server, from what, as
// whom, how much it changes, and what ends soon.
func HeaderLines(d Document) []string {
	lines := append(d.Origin.lines(),
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

// lines say by which version and from what a plan was made.
func (o Origin) lines() []string {
	return append([]string{o.WrittenBy()}, lists.Map(o.Sources, func(s Source) string { return fmt.Sprintf("from %s (SHA-256 %s)", s.Name, s.SHA256) })...)
}

// WrittenBy says by which version a plan was made. It does not say when: the same state gives the same plan.
func (o Origin) WrittenBy() string { return strings.TrimSpace("Written by pgsr " + o.Version) }

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
