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
		{`DROP ROLE "a"`, 0, false},
		{`SET LOCAL ROLE "x"`, 1, true}, {`DROP ROLE "b"`, 1, false},
		{`SET LOCAL ROLE "y"`, 2, true}, {`DROP ROLE "c"`, 2, false},
		{`SET LOCAL ROLE NONE`, 2, true},
	}
	if got := slices.Collect(Commands(d)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
