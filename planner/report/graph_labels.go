package report

import (
	"slices"
	"unicode/utf8"
)

// labels are the places taken by what is written on edges.
type labels []rectangle

type rectangle struct{ left, top, right, bottom int }

// The size of a letter on a line.
const letterWidth, letterHeight = 7, 12

// place finds a free place for a text on the last part of an edge: its middle, else ever nearer to its ends, above the
// line or below.
func (l *labels) place(text string, e *graphEdge) (x, y int) {
	if text == "" {
		return 0, 0
	}
	from := slices.Concat([]*graphNode{e.from}, e.dummies)[len(e.dummies)]
	x1, y1, x2, y2 := from.x+boxWidth, from.middle(), e.to.x-arrowsLength, e.to.middle()
	half := utf8.RuneCountInString(text) * letterWidth / 2
	for _, below := range []int{0, letterHeight} {
		for _, t := range []float64{0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2} {
			x, y = pointOnCurve(t, x1, y1, x2, y2)
			y += below
			area := rectangle{x - half, y - letterHeight, x + half, y}
			if !l.covers(area) {
				*l = append(*l, area)
				return x, y
			}
		}
	}
	return x, y
}

func (l *labels) covers(r rectangle) bool {
	for _, other := range *l {
		if r.left < other.right && other.left < r.right && r.top < other.bottom && other.top < r.bottom {
			return true
		}
	}
	return false
}

// pointOnCurve gives the point of a curve of [curveTo] at the parameter t.
// https://en.wikipedia.org/wiki/B%C3%A9zier_curve#Cubic_B%C3%A9zier_curves
func pointOnCurve(t float64, x1, y1, x2, y2 int) (x, y int) {
	bend, u := (columnWidth-boxWidth)/2, 1-t
	at := func(from, near, far, to int) int {
		return int(u*u*u*float64(from) + 3*u*u*t*float64(near) + 3*u*t*t*float64(far) + t*t*t*float64(to))
	}
	return at(x1, x1+bend, x2-bend, x2), at(y1, y1, y2, y2) - 2
}
