package script

import (
	"slices"
	"testing"

	"pgsr/planner/catalog"
)

func TestStepsNameTheirStatement(t *testing.T) {
	d := Document{Server: from16, Statements: []Statement{
		{Change: catalog.DropRole{Name: "a"}},
		{Change: catalog.DropRole{Name: "b"}, As: "x"},
		{Change: catalog.DropRole{Name: "c"}, As: "y"},
	}}
	want := []Command{
		{`DROP ROLE "a"`, 0},
		{`SET LOCAL ROLE "x"`, 1}, {`DROP ROLE "b"`, 1},
		{`SET LOCAL ROLE "y"`, 2}, {`DROP ROLE "c"`, 2},
		{`SET LOCAL ROLE NONE`, 2},
	}
	if got := slices.Collect(Commands(d)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
