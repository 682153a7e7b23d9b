package proxies

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
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

	"github.com/parley-chat/parley/test/internal/ports"
	"github.com/parley-chat/parley/test/internal/tree"
	"github.com/parley-chat/parley/test/internal/wait"
)

// patience is how long anything may take that takes a moment on an idle machine.
const patience = 3 * time.Minute

const (
	host = "chat.example.org"
	// localHost is a name that Parley answers to without PUBLIC_URL, although only its own
	// machine reaches it.
	localHost     = "parley.localhost"
	adminPassword = "a password for the proxies' test"
)

// program is Parley, built by TestMain; certFile, keyFile and bothFile hold a certificate
// for host and localHost that roots trusts.
var (
	program                     string
	certFile, keyFile, bothFile string
	roots                       = x509.NewCertPool()
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley-proxies-")
	if err == nil {
		err = prepare(dir)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func prepare(dir string) error {
	root, err := tree.Root()
	if err != nil {
		return err
	}
	program = filepath.Join(dir, "parley")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build Parley: %w\n%s", err, out)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // a proxy's workers may be another user
		return err
	}
	return certificate(dir)
}

func certificate(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host, localHost}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	roots.AppendCertsFromPEM(cert)
	certFile, keyFile, bothFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "both.pem")
	for name, data := range map[string][]byte{certFile: cert, keyFile: private, bothFile: append(cert, private...)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// lines is a log that may be written and read concurrently.
type lines struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.String() }

// startParley starts everything in one process on a free port, and returns the address and
// the log. The test ends it.
func startParley(t *testing.T, env ...string) (addr string, log *lines) {
	t.Helper()
	return startRole(t, nil, env...)
}

// startRole starts the program with arguments, as startParley does without.
func startRole(t *testing.T, args []string, env ...string) (addr string, log *lines) {
	t.Helper()
	log = &lines{}
	cmd := exec.Command(program, args...)
	cmd.Env = append([]string{
		"DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "ADMIN_PASSWORD=" + adminPassword, "LOG_FORMAT=json", "DRAIN_TIME=200ms",
		"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH"),
	}, env...)
	// The address is in no line if PUBLIC_URL is set, so one is chosen here.
	addr = free(t)
	cmd.Env = append(cmd.Env, "ADDR="+addr)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan bool, 1)
	run(t, cmd, log, func() {
		defer close(ready)
		for text := bufio.NewScanner(out); text.Scan(); {
			if strings.Contains(text.Text(), "ready") {
				ready <- true
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
	})
	select {
	case ok := <-ready:
		if !ok {
			t.Fatalf("Parley ended before it was ready:\n%s", log)
		}
	case <-time.After(patience):
		t.Fatalf("Parley is not ready:\n%s", log)
	}
	return addr, log
}

// run starts a process, with read in a goroutine of its own, and ends both with the test.
// The channel is closed when the process has ended.
func run(t *testing.T, cmd *exec.Cmd, log *lines, read func()) <-chan struct{} {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a proxy has workers
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v (make setup installs what is missing)", cmd.Path, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		read()
		_ = cmd.Wait()
	}()
	limit := 10 * time.Second // a proxy may miss a signal while it starts its workers
	if cmd.Path == program {
		limit = patience
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(limit):
			if cmd.Path == program {
				t.Errorf("Parley did not end within %v:\n%s", limit, log)
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if t.Failed() {
			t.Logf("what %s said:\n%s", filepath.Base(cmd.Path), log)
		}
	})
	return ended
}

// startProxy starts a proxy that is installed, and waits until it listens on addr.
func startProxy(t *testing.T, addr, name string, arguments ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		t.Fatalf("%s is not installed: run make setup", name)
	}
	startProxyAt(t, addr, path, arguments...)
}

// startProxyAt starts the program at the path, and waits until it listens on addr.
func startProxyAt(t *testing.T, addr, path string, arguments ...string) {
	t.Helper()
	name := filepath.Base(path)
	log := &lines{}
	cmd := exec.Command(path, arguments...)
	dir := t.TempDir()
	cmd.Env = []string{"HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.Stdout, cmd.Stderr = log, log
	ended := run(t, cmd, log, func() {})
	err := wait.Until(t.Context(), patience, name+" listens on "+addr, func(context.Context) string {
		select {
		case <-ended:
			t.Fatalf("%s ended:\n%s", name, log)
		default:
		}
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err.Error()
		}
		_ = conn.Close()
		return ""
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
}

// given are the addresses that free returned: the system may give one of them again.
var given = map[string]bool{}

// free returns an address on which nothing listens.
func free(t *testing.T) string {
	t.Helper()
	for {
		addr, err := ports.Address()
		if err != nil {
			t.Fatal(err)
		}
		if !given[addr] {
			given[addr] = true
			return addr
		}
	}
}

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

// write puts a configuration into a file of the test's own.
func write(t *testing.T, name, config string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// trusting is what a browser takes to be secure.
func trusting() *tls.Config { return &tls.Config{RootCAs: roots} }

// warned waits for a line of the log that fits.
func warned(t *testing.T, log *lines, pattern string) {
	t.Helper()
	fits := regexp.MustCompile(pattern)
	err := wait.Until(t.Context(), patience, "a line of the log that fits "+pattern, func(context.Context) string {
		if fits.MatchString(log.String()) {
			return ""
		}
		return log.String()
	})
	if err != nil {
		t.Fatal(err)
	}
}
