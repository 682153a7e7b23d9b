package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/internal/tree"
	"github.com/parley-chat/parley/test/internal/wait"
)

// ErrNone says that no engine can run here, and what would help.
var ErrNone = errors.New("no Docker engine is at hand: start one, or be root on a machine with dockerd (Debian: apt-get install docker.io docker-compose)")

// Find returns a client of the engine that runs here, or starts one in dir, with its own
// socket and images. stop ends what was started.
func Find(ctx context.Context, dir string, say func(format string, v ...any)) (c *Client, stop func(), err error) {
	c = &Client{}
	if version, err := c.Do(ctx, "version", "-f", "{{.Server.Version}}"); err == nil {
		say("The engine that runs here: %s.", version)
		return c, func() {}, nil
	}
	dockerd, err := exec.LookPath("dockerd")
	if err != nil || os.Geteuid() != 0 {
		return nil, nil, ErrNone
	}
	if c, stop, err = start(ctx, dockerd, dir); err != nil {
		return nil, nil, errors.Join(ErrNone, err)
	}
	info, err := c.Do(ctx, "info", "-f", "{{.ServerVersion}} with storage {{.Driver}}, cgroups {{.CgroupVersion}}")
	if err != nil {
		stop()
		return nil, nil, err
	}
	say("An engine of our own: %s.", info)
	return c, stop, nil
}

// stopLimit is how long the engine may take to end with its containers.
const stopLimit = 60 * time.Second

func start(ctx context.Context, dockerd, dir string) (*Client, func(), error) {
	c := &Client{env: []string{"DOCKER_HOST=unix://" + filepath.Join(dir, "docker.sock")}, Ours: true}
	log, err := os.Create(filepath.Join(dir, "dockerd.log"))
	if err != nil {
		return nil, nil, fmt.Errorf("start an engine: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(dockerd,
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "dockerd.pid"), "--host", "unix://"+filepath.Join(dir, "docker.sock"))
	cmd.Stdout, cmd.Stderr = log, log
	// Ctrl-C must reach only this program, which then ends the containers first.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start an engine: %w", err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		limit := time.NewTimer(stopLimit)
		defer limit.Stop()
		select {
		case <-ended:
		case <-limit.C:
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	err = wait.Until(ctx, time.Minute, "start an engine", func(ctx context.Context) string {
		select {
		case <-ended:
			return "dockerd has ended"
		default:
		}
		if _, err := c.Do(ctx, "ps"); err != nil {
			return err.Error()
		}
		return ""
	})
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("%w\n%s", err, tree.Tail(log.Name()))
	}
	return c, stop, nil
}
