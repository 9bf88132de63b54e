package resolve

import (
	"fmt"

	"pgsr/planner/lists"
)

// leaverWarnings say of each leaver how much goes with it. They also name what DROP ROLE does not wait for: its
// sessions, and their replication slots.
func (r *resolver) leaverWarnings() []string {
	var out []string
	for _, l := range r.eachLeaver() {
		if f := r.fateOf(l); !r.spec.Local || f != (fate{}) {
			out = append(out, fmt.Sprintf("role %q is to be gone, for good: %s", l.name, f.inWords(l.heir)))
		}
		facts := r.current.Leavers[l.name]
		if facts == nil {
			continue
		}
		if facts.Sessions > 0 && !l.EndSessions {
			out = append(out, fmt.Sprintf("role %q has %s, which can go on until they end: write end_sessions: true to end them", l.name, lists.Counted(facts.Sessions, "session", "sessions")))
		}
		for _, slot := range facts.Slots {
			out = append(out, fmt.Sprintf("a session of role %q streams from replication slot %q: let another role do so, or drop the slot with pg_drop_replication_slot()", l.name, slot))
		}
	}
	return out
}
