package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// measurement is one run of a program.
type measurement struct {
	// wall is from start to exit, cpu what the program itself took of that.
	wall, cpu time.Duration
	// memory is the most that it had, in MB.
	memory                 float64
	statements, roundTrips int
}

// program runs pgsr, through a proxy if its round trips are to be counted.
func (b *bench) program(p *place, args []string, counting bool) (measurement, error) {
	url, trips := p.url(), func() int { return 0 }
	if counting {
		proxy, err := startProxy(p.server)
		if err != nil {
			return measurement{}, err
		}
		defer proxy.close()
		url, trips = proxy.url(p.actor.role), proxy.roundTrips
	}
	m, err := run1(exec.CommandContext(p.ctx, b.pgsr, append(args, "--database-url", url)...))
	m.roundTrips = trips()
	return m, err
}

// floor runs psql, in one transaction if it changes something.
func (b *bench) floor(p *place, s step) (measurement, error) {
	if s.floor == nil {
		return measurement{}, nil
	}
	script, err := p.file("floor.sql", s.floor(p.actor))
	if err != nil {
		return measurement{}, err
	}
	args := []string{"-qX", "-v", "ON_ERROR_STOP=1", "-d", p.url(), "-f", script}
	if !s.reads {
		args = append(args, "-1")
	}
	return run1(exec.CommandContext(p.ctx, b.psql, args...))
}

// said finds how many statements were run.
var said = regexp.MustCompile(`applied (\d+) statement`)

// run1 runs a program and measures it. Its output goes where it costs nothing but what writing it costs.
func run1(c *exec.Cmd) (measurement, error) {
	var messages bytes.Buffer
	c.Stderr = &messages
	start := time.Now()
	err := c.Run()
	m := measurement{wall: time.Since(start)}
	if err != nil {
		return m, fmt.Errorf("%s: %w\n%s", c.Path, err, tail(messages.Bytes()))
	}
	m.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	m.memory = float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	if found := said.FindSubmatch(messages.Bytes()); found != nil {
		m.statements, _ = strconv.Atoi(string(found[1]))
	}
	return m, nil
}

// tail gives the end of what a program said.
func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }
