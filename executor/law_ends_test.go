package executor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
)

// When something of a spec ends: it has come, or it comes while plans name it.
const (
	lawEnded = "ended"
	lawSoon  = "soon"
)

// soonMoment is in some days.
var soonMoment = time.Now().Add(72 * time.Hour).UTC().Format("2006-01-02T15:04:05Z")

func endMoment(until string) string {
	if until == lawEnded {
		return "2001-02-03T04:05:06Z"
	}
	return soonMoment
}

func endText(until string) string {
	if until == "" {
		return ""
	}
	return " UNTIL '" + endMoment(until) + "'"
}

// inForce gives a spec without what has ended.
func (s lawSpec) inForce() lawSpec {
	out := slices.Clone(s)
	inForce := func(phrases []lawPhrase) []lawPhrase {
		return slices.DeleteFunc(slices.Clone(phrases), func(p lawPhrase) bool { return p.until == lawEnded })
	}
	for i := range out {
		r := &out[i]
		r.grants, r.directGrants = inForce(r.grants), inForce(r.directGrants)
		r.futures = slices.DeleteFunc(slices.Clone(r.futures), func(f lawFuture) bool { return f.until == lawEnded })
		if r.elsewhere != nil {
			other := *r.elsewhere
			other.grants, other.directGrants = inForce(other.grants), inForce(other.directGrants)
			r.elsewhere = &other
		}
		r.memberOf = slices.DeleteFunc(slices.Clone(r.memberOf), func(l lawMembership) bool { return l.until == lawEnded })
	}
	return out
}

// end makes one up, mostly none.
func (m *specMaker) end() string {
	return pick(m.more, []string{"", "", "", "", "", "", "", lawEnded, lawSoon, lawSoon})
}

// addEnded lets some of the memberships end, and lists what has ended and is of what is not there.
func (m *specMaker) addEnded(role *lawRole) {
	for i := range role.memberOf {
		listed := &role.memberOf[i]
		if listed.until = m.end(); listed.until == lawEnded && !m.mayEnd(listed.role, role.name) {
			listed.until = lawSoon
		}
	}
	if m.more.chance(10) {
		role.memberOf = append(role.memberOf, lawMembership{role: "no such role", until: lawEnded})
	}
	if m.more.chance(10) {
		gone := lawObject{kind: "TABLE", schema: pick(m.more, m.schemas), name: "no such table"}
		role.grants = append(role.grants, lawPhrase{privileges: []string{"SELECT"}, objects: []lawObject{gone}, until: lawEnded})
	}
}

// mayEnd tells whether the connecting role may revoke a membership.
func (m *specMaker) mayEnd(group, member string) bool {
	return !slices.ContainsFunc(m.state.ofKind("membership"), func(row fact) bool {
		return row[1] == group && row[2] == member && !(m.acts[row[3]] && m.administers[group])
	})
}

// endPhrases lets some end. What has ended is revoked, which the connecting role must have the right to.
func (m *specMaker) endPhrases(role *lawRole) {
	for _, list := range []*[]lawPhrase{&role.grants, &role.directGrants} {
		for i := range *list {
			p := &(*list)[i]
			isPassedOn := list == &role.grants && m.actor != "postgres" // by privilege roles that may be somebody else's
			if until := m.end(); p.until == "" && (until != lawEnded || !isPassedOn && m.isOurs(lawPhrase{privileges: []string{""}, objects: p.objects, kind: p.kind, inSchema: p.inSchema, holding: p.holding})) {
				p.until = until
			}
		}
	}
}

// endedIsAsNotWritten is the law that what has ended is as if it were not written: it comes to the same plan.
func (l *lawRun) endedIsAsNotWritten(conn *pgx.Conn, said string) {
	if l.spec.yaml() == l.written.yaml() {
		return
	}
	text := ""
	switch plan, err := Plan(context.Background(), conn, l.spec.parsed(l), l.options); {
	case err == nil:
		text = l.sayPlan(plan, nil)
	case errors.As(err, new(*planner.Refusal)):
		text = err.Error()
	default:
		return // which says where in the spec
	}
	places := regexp.MustCompile(`[^\s]*\b\d+:\d+: `)
	if said, text = places.ReplaceAllString(said, ""), places.ReplaceAllString(text, ""); text != said {
		l.expect("ended", append([]string{"planned with what has ended (-) and without it (+):"}, diffLines(strings.Split(said, "\n"), strings.Split(text, "\n"))...))
	}
}

// endsAreNamed is the law that a plan names what ends soon, and nothing else.
func (l *lawRun) endsAreNamed() {
	var wrong []string
	m := &expectation{lawRun: l, owners: l.after.owners()}
	may := map[string]bool{}
	for _, role := range l.spec {
		must := func(text string) {
			is := slices.ContainsFunc(l.plan.Ends, func(end string) bool {
				return strings.Contains(end, fmt.Sprintf("role %q: ", role.name)) && strings.Contains(end, text)
			})
			if !is {
				wrong = append(wrong, fmt.Sprintf("not named: role %q: %s", role.name, text))
			}
		}
		for i, list := range [][]lawPhrase{role.grants, role.directGrants} {
			// What lasts does not end, by ALL AND FUTURE too; with the same phrase WITH GRANT OPTION, that one is named.
			lasting := m.expand(slices.DeleteFunc(slices.Clone([][]lawPhrase{list, role.direct()}[i]), func(p lawPhrase) bool { return p.until != "" && !(p.until == lawSoon && p.withOption) }))
			for _, p := range list {
				if p.until != lawSoon {
					continue
				}
				may[role.name] = true
				gives := m.expand([]lawPhrase{p})
				for h := range gives {
					if !p.withOption && !lasting[h] && m.owners[h.object] != role.name && l.before.owners()[h.object] != role.name {
						must(p.text())
						break
					}
				}
				maps.Copy(lasting, gives) // of phrases that end together the first is named
			}
		}
		for _, f := range role.futures {
			may[role.name] = may[role.name] || f.until == lawSoon
		}
		for _, listed := range role.memberOf {
			if may[role.name] = may[role.name] || listed.until == lawSoon; listed.until == lawSoon {
				must(fmt.Sprintf("membership in %q", listed.role))
			}
		}
	}
	for _, end := range l.plan.Ends {
		_, who, _ := strings.Cut(end, "role ")
		if !slices.ContainsFunc(l.spec, func(r lawRole) bool { return may[r.name] && strings.HasPrefix(who, fmt.Sprintf("%q: ", r.name)) }) {
			wrong = append(wrong, "named: "+end)
		}
	}
	l.expect("ends", wrong)
}
