package process_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/cluster/internal/process"
	"github.com/parley-chat/parley/test/internal/tree"
	"github.com/parley-chat/parley/test/internal/wait"
)

func TestAProcessIsEndedAndItsLogKept(t *testing.T) {
	dir := t.TempDir()
	group := filepath.Join(dir, "cgroup.procs")
	p, err := process.Start(process.Spec{Name: "talker", Logs: dir, Cgroup: group, Args: []string{"sh", "-c", "echo I run; exec sleep 1000"}})
	if err != nil {
		t.Fatal(err)
	}
	err = wait.Until(t.Context(), time.Minute, "it speaks", func(context.Context) string {
		if said := tree.Tail(p.Log); said != "I run\n" {
			return "it said " + said
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	p.End(10 * time.Second)
	if !p.Ended() {
		t.Error("the process has not ended")
	}
	if pid, err := os.ReadFile(group); err != nil || strings.TrimSpace(string(pid)) == "" {
		t.Errorf("the process was not put into its control group: %q, %v", pid, err)
	}
}

func TestWhatIgnoresTheSignalIsKilled(t *testing.T) {
	dir := t.TempDir()
	p, err := process.Start(process.Spec{Name: "deaf", Logs: dir, Cgroup: filepath.Join(dir, "procs"), Args: []string{"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"}})
	if err != nil {
		t.Fatal(err)
	}
	p.End(100 * time.Millisecond)
	if !p.Ended() {
		t.Error("the process has not ended")
	}
}
