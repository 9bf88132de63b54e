package script

import "pgsr/planner/catalog"

// commentOnRole: https://www.postgresql.org/docs/current/sql-comment.html
type commentOnRole catalog.CommentOnRole

func (ch commentOnRole) sql(writer) (string, error) {
	text := "NULL"
	if ch.Comment != "" {
		text = literal(ch.Comment)
	}
	return "COMMENT ON ROLE " + role(ch.Name) + " IS " + text, nil
}

func (ch commentOnRole) summary() string {
	if ch.Comment == "" {
		return "remove the comment on role " + catalog.DisplayName(ch.Name)
	}
	return "comment on role " + catalog.DisplayName(ch.Name) + ": " + catalog.Printable(ch.Comment)
}

func (ch commentOnRole) mark() Mark      { return Changes }
func (ch commentOnRole) names() []string { return []string{ch.Name} }
