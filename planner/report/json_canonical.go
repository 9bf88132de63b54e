package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"pgsr/planner/catalog"
)

// checkCanonical refuses a file that is not, except for white space, what pgsr writes of it. So whoever reads the file
// reads what will be done.
func checkCanonical(data, written []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return err
	}
	for i, c := range compact.Bytes() {
		if i == len(written) || c != written[i] {
			return fmt.Errorf("the plan is not as pgsr writes it: it goes on with %s, and what was read of it with %s",
				excerpt(compact.Bytes()[i:]), excerpt(written[i:]))
		}
	}
	return nil
}

// excerpt shows the beginning of a text.
func excerpt(text []byte) string {
	const most = 60
	return catalog.Printable(string(bytes.ToValidUTF8(text[:min(most, len(text))], nil)))
}
