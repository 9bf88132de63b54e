package wire

import "testing"

func TestVersionsThatMayServe(t *testing.T) {
	for version, may := range map[string]bool{
		"9.6.24": false, "9devel": false, "10.23 (Debian 10.23-1.pgdg110+1)": true, "13devel": true, "14.0": true, "14beta1": true, "18.1 (Debian)": true, "19devel": true, "": true, "odd": true,
	} {
		if err := checkVersion(version); (err == nil) != may {
			t.Errorf("%q: %v", version, err)
		}
	}
}
