package report

import (
	"fmt"
	"slices"

	"pgsr/planner/script"
)

// cut makes a graph small enough to be read: many that are joined to the same node in the same way become one box,
// and if that is not enough, what has the fewest lines goes. It tells how many nodes are gone.
func (g *graph) cut(most int) int {
	if len(g.nodes) > most {
		g.fold()
	}
	if len(g.nodes) <= most {
		return 0
	}
	kept := g.keep(most)
	gone := 0
	for _, node := range g.nodes {
		if !kept[node] {
			gone += max(1, node.stands)
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return !kept[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return !kept[e.from] || !kept[e.to] })
	return gone
}

// foldKey is what nodes with one line have in common that are drawn as one.
type foldKey struct {
	other    *graphNode
	leaving  bool
	line     script.Mark
	node     script.Mark
	isObject bool
}

// fewest is how many nodes are worth folding.
const fewest = 4

// fold lets one node stand for those that have a single line, of the same sort, to the same node.
func (g *graph) fold() {
	leaves := map[foldKey][]*graphNode{}
	gone := map[*graphNode]bool{}
	for _, e := range g.edges {
		if key, leaf := foldKeyOf(e); leaf != nil {
			leaves[key] = append(leaves[key], leaf)
		}
	}
	for _, same := range leaves {
		if len(same) < fewest {
			continue
		}
		same[0].Label, same[0].stands = fmt.Sprintf("%s + %s others", shortened(same[0].Label, 11), script.Number(len(same)-1)), len(same)
		for _, leaf := range same[1:] {
			gone[leaf] = true
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return gone[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return gone[e.from] || gone[e.to] })
}

// foldKeyOf gives the end of a line that has no other one.
func foldKeyOf(e *graphEdge) (foldKey, *graphNode) {
	switch {
	case e.from.degree == 1:
		return foldKey{e.to, true, e.Mark, e.from.Mark, false}, e.from
	case e.to.degree == 1:
		return foldKey{e.from, false, e.Mark, e.to.Mark, e.to.IsObject}, e.to
	}
	return foldKey{}, nil
}

// mostTaken bounds how many nodes come along with one, so that one alone does not fill the picture.
const mostTaken = 6

// keep chooses nodes with many lines, each with some that it is joined to.
func (g *graph) keep(most int) map[*graphNode]bool {
	neighbours := g.neighbours()
	byLines := slices.Clone(g.nodes)
	slices.SortStableFunc(byLines, func(a, b *graphNode) int { return b.degree - a.degree })
	kept := map[*graphNode]bool{}
	for _, node := range byLines {
		near := neighbours[node]
		for _, each := range append([]*graphNode{node}, near[:min(mostTaken, len(near))]...) {
			if len(kept) < most {
				kept[each] = true
			}
		}
	}
	return kept
}
