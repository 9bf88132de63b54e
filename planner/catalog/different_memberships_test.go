package catalog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDifferentMemberships compares with looking each up, in lists that are long and short, in order and not.
func TestDifferentMemberships(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	list := func(most int) (rows []Membership) {
		for i := range random.IntN(most) {
			if random.IntN(4) > 0 {
				rows = append(rows, Membership{Member: fmt.Sprint("m", i), Grantor: "g", Options: Options{Admin: random.IntN(5) == 0}})
			}
		}
		if random.IntN(3) == 0 {
			random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		return rows
	}
	without := func(rows, others []Membership) (out []Membership) {
		for _, row := range rows {
			if !slices.Contains(others, row) {
				out = append(out, row)
			}
		}
		return out
	}
	differ := 0
	for range 2000 {
		a, b := list(60), list(60)
		onlyA, onlyB := DifferentMemberships(a, b)
		if !slices.Equal(onlyA, without(a, b)) || !slices.Equal(onlyB, without(b, a)) {
			t.Fatalf("%v and %v: only %v, only %v", a, b, onlyA, onlyB)
		}
		differ += len(onlyA) + len(onlyB)
	}
	if differ == 0 {
		t.Error("nothing differed")
	}
}
