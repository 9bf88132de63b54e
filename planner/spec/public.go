package spec

// Public is what everyone has, by way of PUBLIC: only what is named is decided.
type Public struct {
	// Grants are what everyone is to have, Revokes what not.
	Grants, Revokes []Grant
	// In is the same in other databases.
	In []PublicInDatabase
}

// IsEmpty tells whether nothing is decided in the connected database.
func (p *Public) IsEmpty() bool { return p == nil || len(p.Grants)+len(p.Revokes) == 0 }

// checkPublic checks what everyone has.
func (c *checker) checkPublic() {
	c.checkPublicPhrases(c.spec.Public.Grants, c.spec.Public.Revokes)
	c.checkPublicDatabases()
}

func (c *checker) checkPublicPhrases(grants, revokes []Grant) {
	for i := range grants {
		c.refuse(KeyPublic, grants[i].At, publicProblem(&grants[i]))
	}
	for i := range revokes {
		g := &revokes[i]
		problem := publicProblem(g)
		if problem == "" && g.Target.Future != nil && len(g.Target.Future.Schemas) > 0 {
			problem = "default privileges in a schema only add to those for the whole database, so that PostgreSQL would ignore this: " + insteadOfSchema(g)
		}
		c.refuse(KeyPublic, g.At, problem)
	}
}

// publicProblem says why something can not be granted to PUBLIC, or revoked; empty if it can.
func publicProblem(g *Grant) string {
	switch {
	case g.WithOption:
		return "leave out WITH GRANT OPTION: PUBLIC can not have grant options"
	case g.Until != nil:
		return "leave out UNTIL: under public nothing ends"
	}
	return grantProblem(g)
}

// insteadOfSchema says what revokes default privileges from PUBLIC.
func insteadOfSchema(g *Grant) string {
	text := "leave out IN SCHEMA"
	if len(g.Target.Schemas) > 0 {
		text = "write ALL and FUTURE apart, FUTURE without IN SCHEMA"
	}
	return text
}
