package scratch

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
)

// guard is a shell that outlives us when we are killed, to stop the server and remove its directory. It knows of our
// end by that of a pipe, which the system closes however we end.
type guard struct {
	shell *exec.Cmd
	pipe  io.WriteCloser
}

// guardScript reads a line when there is nothing to do, and nothing when we ended without a word. It waits for the
// server, which writes into its directory until it is gone.
const guardScript = `
if read -r dismissed; then exit 0; fi
kill -QUIT "$1"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	kill -0 "$1" || break
	sleep 0.2
done
rm -rf -- "$2"
`

func startGuard(pid int, dir string) (*guard, error) {
	g := &guard{shell: exec.Command("/bin/sh", "-c", guardScript, "sh", strconv.Itoa(pid), dir)}
	runAs(g.shell, nil)
	g.shell.Dir = "/"
	var err error
	if g.pipe, err = g.shell.StdinPipe(); err != nil {
		return nil, err
	}
	if err := g.shell.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard of a scratch server: %w", err)
	}
	return g, nil
}

// dismiss ends the guard. A nil guard needs none.
func (g *guard) dismiss() {
	if g == nil {
		return
	}
	fmt.Fprintln(g.pipe, "dismissed")
	_ = g.pipe.Close()
	_ = g.shell.Wait()
}
