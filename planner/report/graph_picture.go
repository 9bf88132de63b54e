package report

import (
	"fmt"
	"strings"

	"pgsr/planner/script"
)

// picture is a graph in pixels, as the page's template draws it.
type picture struct {
	Width, Height int
	Boxes         []pictureBox
	Lines         []pictureLine
	// Hidden counts the nodes that are left out, of Total.
	Hidden, Total int
}

type pictureBox struct {
	X, Y, Width, Height, Radius, TextX, TextY int
	Text, Full, Class                         string
}

type pictureLine struct {
	Path, Class, Text, Full string
	TextX, TextY            int
}

// The measures of the picture.
const (
	mostNodes    = 48
	mostLabels   = 48
	boxWidth     = 210
	boxHeight    = 30
	columnWidth  = 370
	rowHeight    = 46
	margin       = 12
	mostLetters  = 26
	mostOnALine  = 22
	arrowsLength = 7
)

// pictureOf draws a plan; nil: there is nothing to draw.
func pictureOf(statements []script.Statement) *picture {
	g := graphOf(statements)
	p := &picture{Total: len(g.nodes)}
	if p.Hidden = g.reduce(mostNodes); len(g.nodes) == 0 {
		return nil
	}
	columns := g.layOut()
	tallest := 0
	for _, column := range columns {
		tallest = max(tallest, len(column))
	}
	p.Width = (len(columns)-1)*columnWidth + boxWidth + 2*margin
	p.Height = tallest*rowHeight + 2*margin
	for i, column := range columns {
		top := margin + (tallest-len(column))*rowHeight/2
		for _, node := range column {
			node.x, node.y = margin+i*columnWidth, top+node.row*rowHeight+(rowHeight-boxHeight)/2
		}
	}
	p.draw(g)
	return p
}

func (p *picture) draw(g *graph) {
	for _, node := range g.nodes {
		p.Boxes = append(p.Boxes, boxOf(node))
	}
	var labels labels
	for _, e := range g.edges {
		line := lineOf(e)
		if len(g.edges) <= mostLabels {
			line.TextX, line.TextY = labels.place(line.Text, e)
		} else {
			line.Text = "" // which is still what the line says when one points at it
		}
		p.Lines = append(p.Lines, line)
	}
}

func boxOf(n *graphNode) pictureBox {
	class, radius := "role", boxHeight/2
	if n.IsObject {
		class, radius = "object", 4
	}
	return pictureBox{
		X: n.x, Y: n.y, Width: boxWidth, Height: boxHeight, Radius: radius, TextX: n.x + boxWidth/2, TextY: n.y + boxHeight/2 + 4,
		Text: elided(n.Label, mostLetters), Full: n.Label, Class: class + " " + markClass(n.Mark),
	}
}

// lineOf draws an edge from the right side of a box to the left side of another, straight where it passes a column.
func lineOf(e *graphEdge) pictureLine {
	x, y := e.from.x+boxWidth, e.from.middle()
	path := fmt.Sprintf("M%d %d", x, y)
	for _, dummy := range e.dummies {
		path += curveTo(x, y, dummy.x, dummy.middle()) + fmt.Sprintf("H%d", dummy.x+boxWidth)
		x, y = dummy.x+boxWidth, dummy.middle()
	}
	path += curveTo(x, y, e.to.x-arrowsLength, e.to.middle())
	all := strings.Join(e.Labels, ", ")
	text := all
	if text == "member" {
		text = ""
	}
	return pictureLine{
		Path: path, Class: markClass(e.Mark), Full: e.from.Label + " → " + e.to.Label + ": " + all,
		Text: elided(text, mostOnALine),
	}
}

// curveTo leaves and arrives horizontally.
func curveTo(x1, y1, x2, y2 int) string {
	bend := (columnWidth - boxWidth) / 2
	return fmt.Sprintf("C%d %d %d %d %d %d", x1+bend, y1, x2-bend, y2, x2, y2)
}

func (n *graphNode) middle() int { return n.y + boxHeight/2 }

// elided leaves the middle of a text out that is too long, since names often differ at their ends.
func elided(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	head := (most - 1) / 2
	return string(letters[:head]) + "…" + string(letters[len(letters)-(most-1-head):])
}
