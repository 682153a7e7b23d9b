package system_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// onSmallDisk is run by a shell that lives as long as the disk. It mounts the disk if it
// has to, and starts the program again with each line that it reads, so that a kill -9 of
// the program leaves the disk as it is.
const onSmallDisk = `
if [ "$3" = mount ]; then
	mount --make-rprivate / 2>/dev/null
	mount -t tmpfs -o size="$4",mode=0700 parley "$1" || exit 9
fi
echo mounted
while read -r _; do "$2" 2>>"$5" & echo "pid $!"; wait $!; echo ended; done
`

// smallDisk is a file system of a few megabytes with a Parley on it. path reaches it from
// outside the shell's mount namespace.
type smallDisk struct {
	t     *testing.T
	path  string
	shell *exec.Cmd
	in    io.WriteCloser
	log   string

	mu    sync.Mutex // guards what follows
	lines []string
	begun int // how many lines there were before the last start
}

// newSmallDisk creates the disk in a mount namespace of its own, as root or as a user who
// may create user namespaces. If neither is allowed, as in a container, /dev/shm has to be
// small.
func newSmallDisk(t *testing.T, program, size string, env ...string) *smallDisk {
	t.Helper()
	root := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Setpgid: true}
	user := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER, Setpgid: true,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var faults []error
	for _, attr := range []*syscall.SysProcAttr{root, user} {
		d, err := startOnDisk(t, attr, t.TempDir(), program, "mount", size, env)
		if err == nil {
			return d
		}
		faults = append(faults, err)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err == nil && fs.Blocks*uint64(fs.Bsize) <= 256<<20 {
		dir, err := os.MkdirTemp("/dev/shm", "parley-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		d, err := startOnDisk(t, &syscall.SysProcAttr{Setpgid: true}, dir, program, "as it is", size, env)
		if err == nil {
			return d
		}
		faults = append(faults, err)
	}
	t.Fatalf("a small file system is needed, as root or in a user namespace: %v", errors.Join(faults...))
	return nil
}

func startOnDisk(t *testing.T, attr *syscall.SysProcAttr, dir, program, how, size string, env []string) (*smallDisk, error) {
	d := &smallDisk{t: t, log: filepath.Join(t.TempDir(), "parley.log")}
	d.shell = exec.Command("/bin/sh", "-c", onSmallDisk, "sh", dir, program, how, size, d.log)
	d.shell.SysProcAttr = attr
	d.shell.Env = append([]string{"PATH=" + os.Getenv("PATH"), "ADDR=127.0.0.1:0", "DATA_DIR=" + filepath.Join(dir, "data"), "ADMIN_PASSWORD=" + adminPassword,
		"RATE_PER_CONNECTION=1000", "RATE_PER_ADDRESS=100000", "BYTES_PER_ADDRESS=0", "MESSAGES_PER_ADDRESS=0", "BYTES_PER_CHAT=0", "MESSAGES_PER_CHAT=0", "READ_PER_ADDRESS=0", "LOG_FORMAT=json", "LOG_LEVEL=info"}, env...)
	var err error
	if d.in, err = d.shell.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.shell.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.shell.Start(); err != nil {
		return nil, err
	}
	done, mounted := make(chan error, 1), make(chan struct{})
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "mounted" {
				close(mounted)
			}
			d.mu.Lock()
			d.lines = append(d.lines, lines.Text())
			d.mu.Unlock()
		}
		done <- d.shell.Wait()
	}()
	select {
	case <-mounted:
	case err := <-done:
		return nil, fmt.Errorf("mount a file system of %s: %w", size, err)
	}
	d.path = filepath.Join(fmt.Sprintf("/proc/%d/root", d.shell.Process.Pid), dir)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log ends with\n%s", d.tail())
		}
		_ = syscall.Kill(-d.shell.Process.Pid, syscall.SIGKILL) // the shell's group: the program too
		<-done
	})
	return d, nil
}

// said returns the first match in the output since the last start.
func (d *smallDisk) said(what *regexp.Regexp) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lines[d.begun:] {
		if m := what.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}

var (
	saidPID   = regexp.MustCompile(`^pid (\d+)$`)
	saidEnded = regexp.MustCompile(`^(ended)$`)
	saidURL   = regexp.MustCompile(`"visitors":"(http://[^"]+)/"`)
)

// begin starts the program and returns at once.
func (d *smallDisk) begin() (pid int) {
	d.t.Helper()
	d.mu.Lock()
	d.begun = len(d.lines)
	d.mu.Unlock()
	if _, err := io.WriteString(d.in, "\n"); err != nil {
		d.t.Fatal(err)
	}
	bustest.Eventually(d.t, "the program to run", func() bool { return d.said(saidPID) != "" })
	pid, err := strconv.Atoi(d.said(saidPID))
	if err != nil {
		d.t.Fatal(err)
	}
	return pid
}

// serves waits until the program serves and returns where.
func (d *smallDisk) serves() (url string) {
	d.t.Helper()
	bustest.Eventually(d.t, "the program to serve", func() bool {
		url = d.said(saidURL)
		if url == "" && d.said(saidEnded) != "" {
			d.t.Fatalf("the program ended:\n%s", d.tail())
		}
		return url != ""
	})
	return url
}

// kill is kill -9 or another signal, and waits.
func (d *smallDisk) kill(pid int, signal syscall.Signal) {
	d.t.Helper()
	if err := syscall.Kill(pid, signal); err != nil {
		d.t.Fatal(err)
	}
	bustest.Eventually(d.t, "the program to end", func() bool { return d.said(saidEnded) != "" })
}

// free returns how much room there is.
func (d *smallDisk) free() int64 {
	d.t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.path, &fs); err != nil {
		d.t.Fatal(err)
	}
	return int64(fs.Bavail) * fs.Bsize
}

// fill writes a file until only that many bytes are left.
func (d *smallDisk) fill(leave int64) {
	d.t.Helper()
	f, err := os.OpenFile(filepath.Join(d.path, "filler"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for n := d.free() - leave; n > 0; n = d.free() - leave {
		if _, err := f.Write(bytes.Repeat([]byte("x"), int(min(n, 1<<20)))); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			d.t.Fatal(err)
		}
	}
}

// clear makes space again.
func (d *smallDisk) clear() {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.path, "filler")); err != nil {
		d.t.Fatal(err)
	}
}

// logged counts the log lines that contain the words.
func (d *smallDisk) logged(words string) (n int) {
	d.t.Helper()
	data, err := os.ReadFile(d.log)
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.Count(string(data), words)
}

func (d *smallDisk) tail() string {
	data, err := os.ReadFile(d.log)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}
