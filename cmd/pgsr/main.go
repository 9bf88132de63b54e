// Command pgsr makes PostgreSQL roles be what a file says they are. Its commands read flags, make one call and print;
// what they mean is in docs/commands.md. Data goes to stdout, everything else to stderr.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package main

import "os"

func main() {
	collectGarbageLater()
	p := &program{lookupEnv: os.LookupEnv, stdin: os.Stdin, stdout: unlessClosed(os.Stdout), stderr: os.Stderr}
	os.Exit(run(untilInterrupted(), os.Args, p))
}
