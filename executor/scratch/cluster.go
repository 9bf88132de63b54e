package scratch

import (
	"fmt"
	"os"
	"path/filepath"
)

// authentication lets everyone in over the socket and asks for a password over TCP.
const authentication = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"

// makeCluster makes a data directory in dir, with the accounts and rights that [Server] describes.
func makeCluster(who account, bin, dir string) error {
	if err := who.canRun(dir, filepath.Join(bin, "initdb")); err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if err := initdb(who, bin, dir, data); err != nil {
		return err
	}
	hba := filepath.Join(data, "pg_hba.conf")
	if err := os.WriteFile(hba, []byte(authentication), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", hba, err)
	}
	return nil
}

func initdb(who account, bin, dir, data string) error {
	cmd := who.command(dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C",
		"--auth=trust", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("making a cluster (%s): %w\n%s", cmd.Path, err, out)
	}
	return nil
}
