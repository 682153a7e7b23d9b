package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// parley is the program running as a process, with data that outlives it.
type parley struct {
	t    *testing.T
	url  string // without a trailing slash; the same after a restart
	desk string // where agents go; if empty, to url
	// running is set for a system that this test neither started nor ends.
	running bool
	args    []string
	env     []string
	cmd     *exec.Cmd
	said    lines // on standard error, over all starts
}

// startParley starts everything in one process on a free port. The test ends it.
func startParley(t *testing.T, env ...string) *parley {
	t.Helper()
	return startServing(t, nil, append([]string{"DATA_DIR=" + filepath.Join(t.TempDir(), "data")}, env...))
}

// startServing starts the program with arguments that make it serve pages.
func startServing(t *testing.T, args, env []string) *parley {
	t.Helper()
	p := &parley{t: t, args: args, env: append([]string{
		"ADMIN_PASSWORD=" + adminPassword, "LOG_FORMAT=json",
		// Nothing else here needs the closing of connections spread out.
		"DRAIN_TIME=200ms",
	}, env...)}
	t.Cleanup(func() {
		if p.cmd != nil {
			p.stop()
		}
		p.judge()
	})
	p.start(free(t))
	return p
}

// free returns an address for a program that may be started again there. Its port is below
// the range for outgoing connections: one of them could otherwise take it meanwhile.
func free(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000)))
		if err == nil {
			_ = l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// restart starts the program again at the same address.
func (p *parley) restart() {
	p.t.Helper()
	p.start(strings.TrimPrefix(p.url, "http://"))
}

func (p *parley) start(addr string) {
	p.t.Helper()
	p.cmd = exec.Command(program, p.args...)
	p.cmd.Env = append([]string{"ADDR=" + addr, "HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH")}, p.env...)
	p.cmd.Stderr = &p.said
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatalf("start Parley: %v", err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(ready)
		visitors := regexp.MustCompile(`"visitors":"(http://[^"]+)/"`)
		for out := bufio.NewScanner(stdout); out.Scan(); {
			if found := visitors.FindStringSubmatch(out.Text()); found != nil {
				ready <- found[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, stdout)
	}()
	select {
	case url, ok := <-ready:
		if !ok {
			p.t.Fatalf("Parley ended before it was ready:\n%s", p.said.String())
		}
		p.url = url
	case <-time.After(patience):
		p.t.Fatalf("Parley is not ready after %v:\n%s", patience, p.said.String())
	}
}

// stop ends the program as a service manager would.
func (p *parley) stop() {
	p.t.Helper()
	if err := p.end(syscall.SIGTERM); err != nil {
		p.t.Errorf("Parley did not exit cleanly: %v", err)
	}
}

// kill ends the program as a power cut would.
func (p *parley) kill() {
	p.t.Helper()
	_ = p.end(syscall.SIGKILL)
}

func (p *parley) end(signal syscall.Signal) error {
	cmd := p.cmd
	p.cmd = nil
	if err := cmd.Process.Signal(signal); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("it was still running after %v", patience)
	}
}

// judge fails the test for anything that the program should not have had to log.
func (p *parley) judge() {
	said := p.said.String()
	for line := range strings.Lines(said) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "panic:") || strings.Contains(line, "DATA RACE") {
			p.t.Errorf("Parley logged: %s", strings.TrimSpace(line))
		}
	}
	if p.t.Failed() {
		p.t.Logf("what Parley logged:\n%s", said)
	}
}

// lines is a buffer that is safe for concurrent writers.
type lines struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
