package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"pgsr/executor"
)

const flagProgress = "progress"

func progressFlag() cli.Flag {
	return choice(flagProgress, "how far it is: on a terminal a line that is drawn anew and goes away, in plain a line now and then", "auto", "plain", "none")
}

// meter shows on stderr how far a run is. Nothing is shown of one that is over at once.
type meter struct {
	mu  sync.Mutex
	out io.Writer
	// redraws tells that there is one line, which is drawn anew; width is how much there is room for.
	redraws bool
	width   int
	state   executor.Progress
	// running is when the first statement was sent.
	running time.Time
	// drawn is how long the line is that stands there, and paused keeps it away.
	drawn   int
	paused  bool
	stopped chan struct{}
	stop    func()
}

// A terminal is redrawn so often that it moves, a log so seldom that it can be read.
const (
	firstDrawn, eachDrawn = 500 * time.Millisecond, 200 * time.Millisecond
	firstPlain, eachPlain = 2 * time.Second, 10 * time.Second
)

// meter starts one of the kind that the flag says. It is to be stopped before anything else is written.
func (p *program) meter(c *cli.Context) *meter {
	m := &meter{out: p.stderr, stopped: make(chan struct{})}
	m.stop = sync.OnceFunc(func() {
		close(m.stopped)
		m.pause()
	})
	p.unfinished.note(func() { p.unfinished.meter = m })
	kind, _ := p.lookupEnv("TERM")
	switch how := c.String(flagProgress); {
	case how == "plain":
		go m.keepDrawing(firstPlain, eachPlain)
	case how == "auto" && kind != "dumb" && isTerminal(p.stderr):
		m.redraws, m.width = true, widthOf(p.stderr)
		go m.keepDrawing(firstDrawn, eachDrawn)
	}
	return m
}

// widthOf gives how many characters a terminal's line has.
func widthOf(screen any) int {
	const usual = 80
	file, ok := screen.(*os.File)
	if !ok {
		return usual
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return width
}

func (m *meter) keepDrawing(first, each time.Duration) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-m.stopped:
			return
		case <-timer.C:
			m.draw()
			timer.Reset(each)
		}
	}
}

// tell is what [executor.Options] wants for progress.
func (m *meter) tell(p executor.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.Of > 0 && p.Done == 0 {
		m.running = time.Now()
	}
	m.state = p
}

func (m *meter) draw() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paused || m.state.Doing == "" {
		return
	}
	text := harmless(progressText(m.state, time.Since(m.running)))
	if !m.redraws {
		fmt.Fprintln(m.out, text)
		return
	}
	if letters := []rune(text); len(letters) >= m.width { // what does not fit would begin a line of its own
		text = string(letters[:m.width-1])
	}
	length := utf8.RuneCountInString(text)
	fmt.Fprint(m.out, "\r"+text+strings.Repeat(" ", max(m.drawn-length, 0)))
	m.drawn = max(m.drawn, length)
}

// pause takes the line away, so that something else can be written.
func (m *meter) pause() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paused = true
	m.erase()
}

func (m *meter) resume() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paused = false
}

func (m *meter) erase() {
	if m.drawn > 0 {
		fmt.Fprint(m.out, "\r"+strings.Repeat(" ", m.drawn)+"\r")
		m.drawn = 0
	}
}

// Write writes something else in the line's place, which then comes again below.
func (m *meter) Write(text []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
	return m.out.Write(text)
}

// progressText says how far it is after the statements have been running for some time.
func progressText(p executor.Progress, running time.Duration) string {
	doing := p.Doing
	if p.Parts > 0 {
		doing = fmt.Sprintf("transaction %d of %d: %s", p.Part, p.Parts, doing)
	}
	if p.Database != "" {
		doing = fmt.Sprintf("database %q: %s", p.Database, doing)
	}
	if p.Attempt > 1 {
		doing = fmt.Sprintf("attempt %d: %s", p.Attempt, doing)
	}
	if p.Of == 0 {
		return doing
	}
	text := fmt.Sprintf("%s: %d of %d", doing, p.Done, p.Of)
	if p.Done == 0 || running <= 0 {
		return text
	}
	rate := float64(p.Done) / running.Seconds()
	left := time.Duration(float64(p.Of-p.Done) / rate * float64(time.Second))
	return fmt.Sprintf("%s, %.0f a second, %v left", text, rate, left.Round(time.Second))
}
