// Package docker drives Docker through its commands: an engine, images, and a compose
// project.
package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Client runs Docker's commands against one engine. It may be used concurrently.
type Client struct {
	env []string // added to this process's own
	// Ours is set if the engine was started for this client, on this machine.
	Ours bool
}

// command prepares one, without Parley's own settings: the shell's variables would win
// over the project's .env.
func (c *Client) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	for _, pair := range os.Environ() {
		switch name, _, _ := strings.Cut(pair, "="); name {
		case "PATH", "HOME", "TMPDIR", "LANG", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_BUILDKIT", "COMPOSE_DOCKER_CLI_BUILD":
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, c.env...)
	return cmd
}

// output runs a command and returns its standard output. The error holds the end of its
// standard error.
func output(cmd *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		said := strings.TrimSpace(errs.String() + out.String())
		if n := len(said); n > 3000 {
			said = "… " + said[n-3000:]
		}
		return out.String(), fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, said)
	}
	return strings.TrimSpace(out.String()), nil
}

// Do runs docker with the arguments and returns its standard output.
func (c *Client) Do(ctx context.Context, args ...string) (string, error) {
	return output(c.command(ctx, "docker", args...))
}

// Image reports whether the engine has the image, and the value of one of its labels.
func (c *Client) Image(ctx context.Context, image, label string) (value string, has bool) {
	value, err := c.Do(ctx, "image", "inspect", "-f", fmt.Sprintf("{{index .Config.Labels %q}}", label), image)
	return value, err == nil
}

// Import makes an image from a tar stream, with a Dockerfile's lines for its
// configuration.
func (c *Client) Import(ctx context.Context, image string, changes []string, write func(io.Writer) error) error {
	args := []string{"import"}
	for _, line := range changes {
		args = append(args, "--change", line)
	}
	cmd := c.command(ctx, "docker", append(args, "-", image)...)
	r, w := io.Pipe()
	cmd.Stdin = r
	wrote := make(chan error, 1)
	go func() {
		err := write(w)
		_ = w.CloseWithError(err)
		wrote <- err
	}()
	_, err := output(cmd)
	_ = r.CloseWithError(errors.New("docker import has ended"))
	if werr := <-wrote; err == nil && werr != nil {
		err = fmt.Errorf("make the files of %s: %w", image, werr)
	}
	return err
}

// Save writes the image's archive.
func (c *Client) Save(ctx context.Context, image string, to io.Writer) error {
	cmd := c.command(ctx, "docker", "save", image)
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = to, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("docker save %s: %w\n%s", image, err, errs.String())
	}
	return nil
}
