package deploy

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// process is the program as a pod runs it: with the arguments and the environment
// of the rendered manifest, except for addresses and files.
type process struct {
	t    testing.TB
	name string
	cmd  *exec.Cmd
	done chan struct{}

	mu     sync.Mutex // guards what follows
	output strings.Builder
	url    string // of a gateway
}

func volume(pod corev1.PodSpec, name string) string {
	for _, v := range pod.Volumes {
		if v.Name == name && v.ConfigMap != nil {
			return v.ConfigMap.Name
		}
	}
	return ""
}

// startRole starts a workload's program. extra are settings that the test adds.
func (c *cluster) startRole(name string, extra ...string) *process {
	c.t.Helper()
	return c.startWith(name, nil, extra...)
}

// startWith is startRole, with arguments after those of the pod.
func (c *cluster) startWith(name string, args []string, extra ...string) *process {
	c.t.Helper()
	var of workload
	for _, w := range c.manifests.workloads() {
		if w.name == name {
			of = w
		}
	}
	container := of.container()
	env, _, missing := c.manifests.environment(container)
	if len(missing) > 0 {
		c.t.Fatal(missing)
	}
	env["NATS_URL"] = strings.ReplaceAll(env["NATS_URL"], "@nats:4222", "@"+c.address(len(name)))
	env["NATS_CA"] = c.ca()
	env["ADDR"] = "127.0.0.1:0"
	delete(env, "HEALTH_ADDR")
	delete(env, "MONGO_URL") // the store is SQLite here
	env["DATA_DIR"] = c.t.TempDir()
	p := &process{t: c.t, name: name, cmd: exec.Command(program(c.t), slices.Concat(container.Args, args)...), done: make(chan struct{})}
	for k, v := range env {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	p.cmd.Env = append(p.cmd.Env, extra...)
	r, w, err := os.Pipe()
	if err != nil {
		c.t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	_ = w.Close()
	go p.read(r)
	c.t.Cleanup(p.stop)
	return p
}

var ready = regexp.MustCompile(`"visitors":"(http://[^"]+)/"`)

func (p *process) read(r io.ReadCloser) {
	defer close(p.done)
	defer func() { _ = r.Close() }()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.mu.Lock()
		p.output.WriteString(lines.Text() + "\n")
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			p.url = m[1]
		}
		p.mu.Unlock()
	}
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

func (p *process) says(words string) {
	p.t.Helper()
	eventually(p.t, p.name+" says "+words, func() bool {
		select {
		case <-p.done:
			p.t.Fatalf("%s has ended:\n%s", p.name, p.said())
		default:
		}
		return strings.Contains(p.said(), words)
	})
}

// ends waits until the process ends by itself.
func (p *process) ends() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end:\n%s", p.name, p.said())
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("%s: %v\n%s", p.name, err, p.said())
	}
}

// stop ends the process as Kubernetes does, and waits.
func (p *process) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		p.t.Errorf("%s did not end within %v:\n%s", p.name, patience, p.said())
	}
	_ = p.cmd.Wait()
	if p.t.Failed() {
		p.t.Logf("%s:\n%s", p.name, p.said())
	}
}

// complaints are the lines that a log must not have: something was refused, or is not
// as the role needs it.
func (p *process) complaints() []string {
	return slices.DeleteFunc(strings.Split(p.said(), "\n"), func(line string) bool {
		return !strings.Contains(line, "ermission") && !strings.Contains(line, "other settings") && !strings.Contains(line, "NATS reports") && !strings.Contains(line, "temporarily unavailable")
	})
}
