package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// LeftCount says how much is left; empty: nothing.
func LeftCount(left []catalog.Left) string {
	if len(left) == 0 {
		return ""
	}
	otherwise := 0
	for _, l := range left {
		if l.Otherwise {
			otherwise++
		}
	}
	text := "left as it is, where mode sync would take it: " + Count(len(left), "thing", "things")
	if otherwise > 0 {
		text += fmt.Sprintf(", %s of them given in another way, too", Number(otherwise))
	}
	return text
}
