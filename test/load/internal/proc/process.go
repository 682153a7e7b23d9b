package proc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Spec says what to run.
type Spec struct {
	Name string // of its log file, too
	Path string
	Args []string
	Env  []string // added to this process's own, without Parley's settings
	Dir  string   // for the log
	// Ready is called with each line of the standard output until it returns true. If
	// it is nil the process is ready at once.
	Ready func(line string) bool
}

// Process is a running program. It is killed when the context given to Start
// ends, whatever else happens.
type Process struct {
	Name string
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended

	mu     sync.Mutex // guards what follows
	wanted bool       // that it ends
}

// Start runs the program and returns when it is ready.
func Start(ctx context.Context, s Spec) (*Process, error) {
	p := &Process{Name: s.Name, log: filepath.Join(s.Dir, s.Name+".log"), done: make(chan struct{})}
	file, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	p.cmd = exec.CommandContext(ctx, s.Path, s.Args...)
	p.cmd.Env, p.cmd.Dir, p.cmd.Stderr = append(plain(os.Environ()), s.Env...), s.Dir, file
	p.cmd.Cancel = func() error { p.expect(); return p.cmd.Process.Kill() }
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	ready := make(chan struct{})
	go func() {
		defer close(p.done)
		watch(out, file, s.Ready, ready)
		_ = p.cmd.Wait()
		_ = file.Close()
	}()
	if s.Ready == nil {
		return p, nil
	}
	limit := time.NewTimer(60 * time.Second)
	defer limit.Stop()
	select {
	case <-ready:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("%s ended before it was ready:\n%s", s.Name, p.Tail())
	case <-limit.C:
		p.Kill()
		return nil, fmt.Errorf("%s was not ready within a minute:\n%s", s.Name, p.Tail())
	}
}

// watch reads the output to its end, and closes ready at the line that says so.
func watch(out io.Reader, log io.Writer, isReady func(string) bool, ready chan struct{}) {
	lines := bufio.NewScanner(out)
	waiting := isReady != nil
	for lines.Scan() {
		_, _ = fmt.Fprintln(log, lines.Text())
		if waiting && isReady(lines.Text()) {
			waiting = false
			close(ready)
		}
	}
	_, _ = io.Copy(io.Discard, out) // a line that is too long must not block it
}

// plain is the environment without Parley's settings, which may be meant for another
// installation.
func plain(env []string) []string {
	var kept []string
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "PATH", "HOME", "TMPDIR", "LANG", "TZ", "GOMAXPROCS", "GOGC", "GODEBUG", "GOMEMLIMIT":
			kept = append(kept, pair)
		}
	}
	return kept
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill sends SIGKILL, to a paused process too, and returns when the process is gone.
func (p *Process) Kill() {
	p.expect()
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop sends SIGTERM, and ends the process after the limit, by SIGQUIT first: then what its
// goroutines wait for is in its log. A paused process is continued, so that it can end. Stop
// reports whether the process ended by itself.
func (p *Process) Stop(limit time.Duration) (inTime bool) {
	p.expect()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	}
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	timer.Reset(limit)
	select {
	case <-p.done:
	case <-timer.C:
		p.Kill()
	}
	return false
}

// Pause sends SIGSTOP: the process stops running, its connections stay open.
func (p *Process) Pause() error { return p.signal(syscall.SIGSTOP) }

// Continue sends SIGCONT, which undoes Pause.
func (p *Process) Continue() error { return p.signal(syscall.SIGCONT) }

func (p *Process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("send %v to %s: %w", s, p.Name, err)
	}
	return nil
}

// Done returns a channel that is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

func (p *Process) expect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
}

// Died reports whether the process ended although nobody stopped it.
func (p *Process) Died() bool {
	select {
	case <-p.done:
	default:
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.wanted
}

// Tail returns the end of the log.
func (p *Process) Tail() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	if n := len(data); n > 3000 {
		data = data[n-3000:]
	}
	return strings.TrimSpace(string(data))
}
