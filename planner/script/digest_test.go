package script

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestStateIsWrittenAsJSON: a digest must not depend on how much memory it takes to make it, and leave out no part.
func TestStateIsWrittenAsJSON(t *testing.T) {
	moment := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	none, all := State{}, State{Before: Timestamp{At: &moment}}
	states := []State{none, {Before: all.Before}}
	for i := range reflect.TypeFor[State]().NumField() {
		for count := 1; count <= 2; count++ {
			one := State{}
			for _, s := range []*State{&one, &all} {
				if field := reflect.ValueOf(s).Elem().Field(i); field.Kind() == reflect.Slice {
					field.Set(reflect.MakeSlice(field.Type(), count, count))
				}
			}
			states = append(states, one, all)
		}
	}
	for _, s := range states {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		if writeState(&got, s); got.String() != string(want)+"\x00" {
			t.Errorf("got %q\nwant %s", got.String(), want)
		}
	}
}
