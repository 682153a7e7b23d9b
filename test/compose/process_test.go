package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/internal/ports"
	"github.com/parley-chat/parley/test/internal/tree"
	"github.com/parley-chat/parley/test/internal/wait"
)

// patience is how long a condition may take: a loaded machine is not a failure.
const patience = 3 * time.Minute

var (
	parleyBuilt = sync.OnceValues(func() (string, error) { return built("parley", ".") })
	natsBuilt   = sync.OnceValues(func() (string, error) { return built("nats-server", "github.com/nats-io/nats-server/v2") })
	// FerretDB, which stands in for MongoDB, has a module of its own.
	ferretBuilt = sync.OnceValues(func() (string, error) { return builtIn("pkg/store/mongostore/ferrettest", "ferret", "./cmd/ferret") })
	// builds is the folder for both; TestMain removes it.
	builds string
)

func TestMain(m *testing.M) {
	code, err := 1, error(nil)
	if builds, err = os.MkdirTemp("", "parley-processes-"); err == nil {
		code = m.Run()
		err = os.RemoveAll(builds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// built builds a program of the product's module.
func built(name, pkg string) (string, error) { return builtIn(".", name, pkg) }

// builtIn builds a program of the module in a folder of the repository.
func builtIn(folder, name, pkg string) (string, error) {
	root, err := tree.Root()
	if err != nil {
		return "", err
	}
	program := filepath.Join(builds, name)
	cmd := exec.Command("go", "build", "-o", program, pkg)
	cmd.Dir = filepath.Join(root, folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return program, nil
}

func program(t *testing.T, build func() (string, error)) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// parley prepares the command with these settings and no others.
func parley(t *testing.T, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, parleyBuilt), args...)
	cmd.Env = append([]string{"LOG_FORMAT=json"}, settings...)
	cmd.Dir = t.TempDir()
	return cmd
}

// ended runs a command that ends by itself, and returns its code and output; one that
// doesn't end is killed, and has the code -1.
func ended(t *testing.T, cmd *exec.Cmd) (code int, said string) {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// process runs until the test ends.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu   sync.Mutex // guards said
	said bytes.Buffer
}

func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(p.ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(cmd.Args, " "), p.output())
		}
	})
	return p
}

// Write receives the process's output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// says waits until the process's output matches, and returns the first group.
func (p *process) says(t *testing.T, pattern string) string {
	t.Helper()
	var found []string
	look := regexp.MustCompile(pattern)
	err := wait.Until(t.Context(), patience, pattern+" is said", func(context.Context) string {
		if found = look.FindStringSubmatch(p.output()); found != nil {
			return ""
		}
		return "it said " + p.output()
	})
	if err != nil {
		t.Fatal(err)
	}
	return found[len(found)-1]
}

// lives fails the test if the process has ended by itself.
func (p *process) lives(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Errorf("%s ended: %v", strings.Join(p.cmd.Args, " "), p.cmd.ProcessState)
	default:
	}
}

// startNATS starts a NATS server with a user parley, and returns its host and port.
func startNATS(t *testing.T, password string) string {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("listen: \"127.0.0.1:-1\"\nauthorization { user: parley, password: %q }\njetstream { store_dir: %q }\n", password, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server := start(t, exec.CommandContext(t.Context(), program(t, natsBuilt), "-c", conf))
	server.says(t, "Server is ready")
	return server.says(t, `Listening for client connections on (\S+:\d+)`)
}

// freeAddress returns an address of this machine at which nobody listens now.
func freeAddress(t *testing.T) string {
	t.Helper()
	addr, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}
