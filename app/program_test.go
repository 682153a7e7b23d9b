package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// builds is the folder that the program is built into.
var builds string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if builds, err = os.MkdirTemp("", "parley-app"); err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(builds) }()
		return m.Run()
	}())
}

// build makes the program once, with the race detector if the tests have it.
var build = sync.OnceValues(func() (out []byte, err error) {
	args := []string{"build", "-o", filepath.Join(builds, "parley")}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	return exec.Command("go", append(args, "..")...).CombinedOutput()
})

// program returns a command that runs the program until the context ends. It reads
// no setting but these.
func program(ctx context.Context, t *testing.T, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	if out, err := build(); err != nil {
		t.Fatalf("build parley: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(builds, "parley"), args...)
	cmd.Env = append([]string{"STREAMS=2", "NATS_SYNC=100ms"}, settings...)
	return cmd
}

// parley runs the program with one setting to its end.
func parley(t *testing.T, setting string, args ...string) (code int, out string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := program(ctx, t, []string{setting}, args...)
	defer time.AfterFunc(bustest.Patience, cancel).Stop() // the build doesn't count
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), both.String()
}
