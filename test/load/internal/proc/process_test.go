package proc_test

import (
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// talker runs a program that reports ready and then stays alive as the same program:
// one that execs another has next to no memory for a moment.
func talker(t *testing.T) *proc.Process {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "never written")
	p, err := proc.Start(t.Context(), proc.Spec{
		Name: "talker", Path: "/bin/sh", Args: []string{"-c", `mkfifo "$1" && exec 3<>"$1" && echo ready && read -r line <&3`, "talker", pipe}, Dir: t.TempDir(),
		Ready: func(line string) bool { return line == "ready" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestAPausedProcessCanBeKilled(t *testing.T) {
	p := talker(t)
	if err := p.Pause(); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	if p.Died() {
		t.Error("a process that was killed counts as one that died")
	}
	if err := p.Continue(); err == nil {
		t.Error("a dead process was continued")
	}
}

func TestAPausedProcessCanBeStopped(t *testing.T) {
	p := talker(t)
	if err := p.Pause(); err != nil {
		t.Fatal(err)
	}
	if !p.Stop(2 * time.Minute) {
		t.Error("it had to be killed")
	}
}

func TestMemoryOfAProcess(t *testing.T) {
	p := talker(t)
	resident, peak, err := p.Memory()
	if err != nil || resident < 64<<10 || peak < resident {
		t.Errorf("%d bytes, %d at most (%v)", resident, peak, err)
	}
	p.Kill()
	if _, _, err := p.Memory(); err == nil {
		t.Error("a dead process has memory")
	}
}

func TestFreePortsAreFreeAndDifferent(t *testing.T) {
	ports, err := proc.FreePorts(50)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ports)
	if n := len(slices.Compact(slices.Clone(ports))); n != 50 {
		t.Errorf("only %d of 50 ports differ", n)
	}
	l, err := net.Listen("tcp", proc.Loopback(ports[0]))
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}
