package report

import (
	"fmt"
	"slices"
	"strings"
)

// reduce makes a graph small enough to be read. Nodes that are alike become one box. If that is not enough, nodes with
// few edges go. It counts the nodes that are gone.
func (g *graph) reduce(most int) int {
	if len(g.nodes) > most || len(g.edges) > most {
		g.fold()
	}
	if len(g.nodes) <= most {
		return 0
	}
	kept := g.mostConnected(most)
	gone := 0
	for _, node := range g.nodes {
		if !kept[node] {
			gone += max(1, len(node.members))
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return !kept[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return !kept[e.from] || !kept[e.to] })
	return gone
}

// fewestFolded is how many nodes are worth folding.
const fewestFolded = 4

// fold lets one node stand for those that are alike: with the same mark, and the same edges to the same nodes.
func (g *graph) fold() {
	alike := map[string][]*graphNode{}
	neighbourhoods := g.neighbourhoods()
	for _, node := range g.nodes {
		if len(node.members) == 0 && node.degree > 0 {
			alike[neighbourhoods[node]] = append(alike[neighbourhoods[node]], node)
		}
	}
	gone := map[*graphNode]bool{}
	for _, same := range alike {
		if len(same) < fewestFolded {
			continue
		}
		same[0].members = same
		for _, node := range same[1:] {
			gone[node] = true
		}
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n *graphNode) bool { return gone[n] })
	g.edges = slices.DeleteFunc(g.edges, func(e *graphEdge) bool { return gone[e.from] || gone[e.to] })
}

// neighbourhoods writes, for each node, what it is and where its edges lead: the same text means that nodes are alike.
func (g *graph) neighbourhoods() map[*graphNode]string {
	place := map[*graphNode]int{}
	for i, node := range g.nodes {
		place[node] = i
	}
	ends := map[*graphNode][]string{}
	for _, e := range g.edges {
		text := fmt.Sprintf("%c%d%q", e.Mark, e.objects, e.Labels)
		ends[e.from] = append(ends[e.from], fmt.Sprintf(">%d%s", place[e.to], text))
		ends[e.to] = append(ends[e.to], fmt.Sprintf("<%d%s", place[e.from], text))
	}
	out := map[*graphNode]string{}
	for _, node := range g.nodes {
		slices.Sort(ends[node])
		out[node] = fmt.Sprintf("%t%c", node.IsObject, max(node.Mark, ' ')) + strings.Join(ends[node], "")
	}
	return out
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
