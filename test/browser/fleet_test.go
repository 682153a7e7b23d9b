package browser

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// startNATS builds and starts a NATS server, which the test ends, and returns its URL.
func startNATS(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	server := filepath.Join(dir, "nats-server")
	cmd := exec.Command("go", "build", "-o", server, "github.com/nats-io/nats-server/v2")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the NATS server: %v\n%s", err, out)
	}
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("listen: \"127.0.0.1:-1\"\njetstream {\n  store_dir: %q\n  sync_interval: always\n}\n", dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	logs := startProcess(t, exec.Command(server, "-c", conf))
	port, ready := regexp.MustCompile(`Listening for client connections on (\S+:\d+)`), ""
	eventually(t, "the NATS server is ready", func() (bool, string) {
		said := logs.String()
		if m := port.FindStringSubmatch(said); m != nil && strings.Contains(said, "Server is ready") {
			ready = m[1]
		}
		return ready != "", said
	})
	return "nats://" + ready
}

// startProcess starts a program, which is killed when the test ends.
func startProcess(t *testing.T, cmd *exec.Cmd) *lines {
	t.Helper()
	said := &lines{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return said
}

// startRole starts a role that serves no pages.
func startRole(t *testing.T, role string, env ...string) {
	t.Helper()
	cmd := exec.Command(program, role)
	cmd.Env = append([]string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH"), "LOG_FORMAT=json"}, env...)
	said := startProcess(t, cmd)
	eventually(t, role+" runs", func() (bool, string) { return strings.Contains(said.String(), `"running"`), said.String() })
}

// door is one address in front of several gateways, like a load balancer: a new
// connection goes to the first gateway that accepts it.
type door struct {
	listener net.Listener
	gateways []string // host:port
}

func openDoor(t *testing.T, gateways ...*parley) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener}
	for _, g := range gateways {
		d.gateways = append(d.gateways, strings.TrimPrefix(g.url, "http://"))
	}
	var mu sync.Mutex // guards open
	open := map[net.Conn]struct{}{}
	var joined sync.WaitGroup
	joined.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[client] = struct{}{}
			mu.Unlock()
			joined.Go(func() { d.join(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		joined.Wait()
	})
	return d
}

func (d *door) url() string { return "http://" + d.listener.Addr().String() }

func (d *door) join(client net.Conn) {
	defer func() { _ = client.Close() }()
	for _, addr := range d.gateways {
		server, err := net.DialTimeout("tcp", addr, patience)
		if err != nil {
			continue
		}
		up := make(chan struct{})
		go func() {
			defer close(up)
			_, _ = io.Copy(server, bufio.NewReader(client))
			_ = server.Close()
		}()
		_, _ = io.Copy(client, server)
		_ = client.Close()
		<-up
		return
	}
}
