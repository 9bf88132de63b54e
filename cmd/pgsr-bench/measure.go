package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// measurement is one run of a program.
type measurement struct {
	// wall is from start to exit, cpu what the program itself took of the processors, server what the server took
	// meanwhile.
	wall, cpu, server time.Duration
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
	m, err := p.run(exec.CommandContext(p.ctx, b.pgsr, append(args, "--database-url", url)...))
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
	m, err := p.run(exec.CommandContext(p.ctx, b.psql, args...))
	if err == nil && s.parses {
		err = m.addParsing(s.spec)
	}
	return m, err
}

// addParsing adds what the YAML library takes to read a spec.
func (m *measurement) addParsing(spec string) error {
	start := time.Now()
	var document yaml.Node
	err := yaml.Unmarshal([]byte(spec), &document)
	took := time.Since(start)
	m.wall, m.cpu = m.wall+took, m.cpu+took
	return err
}

// said finds how many statements were run.
var said = regexp.MustCompile(`applied (\d+) statement`)

// run runs a program and measures it. Its output goes where it costs nothing but what writing it costs.
func (p *place) run(c *exec.Cmd) (measurement, error) {
	var messages bytes.Buffer
	c.Stderr = &messages
	before, start := p.serverTime(), time.Now()
	if err := c.Start(); err != nil {
		return measurement{}, err
	}
	memory := watchMemory(c.Process.Pid)
	err := c.Wait()
	m := measurement{wall: time.Since(start), memory: memory()}
	m.server = p.serverTime() - before
	if err != nil {
		return m, fmt.Errorf("%s: %w\n%s", c.Path, err, tail(messages.Bytes()))
	}
	m.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if found := said.FindSubmatch(messages.Bytes()); found != nil {
		m.statements, _ = strconv.Atoi(string(found[1]))
	}
	return m, nil
}

// tail gives the end of what a program said.
func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }

// serverTime is what the server's processes that have ended took of the processors. It waits until no connection of
// ours is left but the one that stays, so that the last one counts.
func (p *place) serverTime() time.Duration {
	for range 200 {
		if !hasBackends(p.server.PID(), p.stays) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.server.PID()))
	if err != nil {
		return 0
	}
	// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: after the name in parentheses, cutime and cstime, in
	// hundredths of a second.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[13])
	system, _ := strconv.Atoi(fields[14])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// hasBackends tells whether a server has processes that serve connections to the database, or that are ending, which
// have no title any more: what they took counts once they are gone. To look through all processes of the machine
// would itself take what is measured. https://man7.org/linux/man-pages/man5/proc_tid_children.5.html
func hasBackends(server int, but uint32) bool {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", server, server))
	return slices.ContainsFunc(strings.Fields(string(children)), func(pid string) bool {
		if pid == fmt.Sprint(but) {
			return false
		}
		title, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		return len(title) == 0 || strings.Contains(string(title), " "+database+" ")
	})
}

// watchMemory looks now and then at the most memory that a process has had so far, in MB, until the result is asked
// for. What the system says of a process that has ended counts the memory of the one that started it.
// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func watchMemory(pid int) (most func() float64) {
	done, result := make(chan struct{}), make(chan float64)
	go func() {
		highest := 0.0
		for {
			highest = max(highest, highWater(pid))
			select {
			case <-done:
				result <- highest
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() float64 { close(done); return <-result }
}

var highWaterLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

func highWater(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	found := highWaterLine.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kilobytes, _ := strconv.Atoi(string(found[1]))
	return float64(kilobytes) / 1024
}
