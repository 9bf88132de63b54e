package report

import (
	"fmt"
	"slices"

	"pgsr/planner/script"
)

// reduce makes a graph small enough to be read. Many nodes with one edge to the same node become one box. If that is
// not enough, nodes with few edges go. It counts the nodes that are gone.
func (g *graph) reduce(most int) int {
	if len(g.nodes) > most {
		g.fold()
	}
	if len(g.nodes) <= most {
		return 0
	}
	kept := g.mostConnected(most)
	gone := 0
	for _, node := range g.nodes {
		if !kept[node] {
			gone += max(1, node.represents)
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return !kept[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return !kept[e.from] || !kept[e.to] })
	return gone
}

// foldKey is what nodes have in common that are folded into one.
type foldKey struct {
	other    *graphNode
	leaving  bool
	line     script.Mark
	node     script.Mark
	isObject bool
}

// fewestFolded is how many nodes are worth folding.
const fewestFolded = 4

// fold lets one node represent those whose only edge leads to the same node and has the same mark.
func (g *graph) fold() {
	leaves := map[foldKey][]*graphNode{}
	gone := map[*graphNode]bool{}
	for _, e := range g.edges {
		if key, leaf := foldKeyOf(e); leaf != nil {
			leaves[key] = append(leaves[key], leaf)
		}
	}
	for _, same := range leaves {
		if len(same) < fewestFolded {
			continue
		}
		same[0].Label, same[0].represents = fmt.Sprintf("%s + %s others", elided(same[0].Label, 11), script.Number(len(same)-1)), len(same)
		for _, leaf := range same[1:] {
			gone[leaf] = true
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return gone[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return gone[e.from] || gone[e.to] })
}

// foldKeyOf gives the end of an edge that has no other edge.
func foldKeyOf(e *graphEdge) (foldKey, *graphNode) {
	switch {
	case e.from.degree == 1:
		return foldKey{e.to, true, e.Mark, e.from.Mark, false}, e.from
	case e.to.degree == 1:
		return foldKey{e.from, false, e.Mark, e.to.Mark, e.to.IsObject}, e.to
	}
	return foldKey{}, nil
}

// mostNeighbours bounds how many nodes come along with one, so that none fills the picture alone.
const mostNeighbours = 6

// mostConnected chooses nodes with many edges, each with some of its neighbours.
func (g *graph) mostConnected(most int) map[*graphNode]bool {
	neighbours := g.neighbours()
	byLines := slices.Clone(g.nodes)
	slices.SortStableFunc(byLines, func(a, b *graphNode) int { return b.degree - a.degree })
	kept := map[*graphNode]bool{}
	for _, node := range byLines {
		near := neighbours[node]
		for _, each := range append([]*graphNode{node}, near[:min(mostNeighbours, len(near))]...) {
			if len(kept) < most {
				kept[each] = true
			}
		}
	}
	return kept
}
