// Package process starts programs that run until they are ended, each with a log file
// and in a control group, so that their child processes can be found, too.
package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Spec describes the program to run.
type Spec struct {
	Name   string // also the name of its log file
	Logs   string // folder for the log
	Cgroup string // the file cgroup.procs of its control group
	Args   []string
}

// Process is a program that has been started.
type Process struct {
	Name  string
	Log   string
	cmd   *exec.Cmd
	ended chan struct{}
}

// Start runs the program. A shell joins the control group first and then becomes the
// program, so that no child process can be outside the group.
func Start(s Spec) (*Process, error) {
	p := &Process{Name: s.Name, Log: filepath.Join(s.Logs, s.Name+".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	defer func() { _ = log.Close() }()
	p.cmd = exec.Command("/bin/sh", append([]string{"-c", `echo $$ >"$0" && exec "$@"`, s.Cgroup}, s.Args...)...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	// Settings for Parley or Go in the caller's environment are not meant for it.
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.Logs}
	// Ctrl-C must reach only this program, which then ends the others in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	go func() { defer close(p.ended); _ = p.cmd.Wait() }()
	return p, nil
}

// Ended reports whether the process has ended, for whatever reason.
func (p *Process) Ended() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// End asks the process to end, and kills it if it does not within the limit.
func (p *Process) End(limit time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.Kill()
	}
}

// Kill kills the process and waits until it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
