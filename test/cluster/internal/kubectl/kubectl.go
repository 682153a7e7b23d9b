// Package kubectl runs kubectl, the command that people use, so that the test tries
// what they would do.
package kubectl

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Client runs kubectl against one cluster. It is safe for concurrent use.
type Client struct {
	Program    string
	Kubeconfig string
	Dir        string // working directory, to which paths of manifests are relative
	Home       string // for kubectl's own files
}

// Do runs kubectl and returns its standard output. The error contains the end of its
// output.
func (c *Client) Do(ctx context.Context, args ...string) (string, error) {
	return c.Input(ctx, "", args...)
}

// Input is Do with text on standard input.
func (c *Client) Input(ctx context.Context, text string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.Program, args...)
	cmd.Dir, cmd.Stdin = c.Dir, strings.NewReader(text)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Home, "KUBECONFIG=" + c.Kubeconfig}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(errs.String() + out.String())
		if n := len(said); n > 3000 {
			said = "… " + said[n-3000:]
		}
		return out.String(), fmt.Errorf("kubectl %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return strings.TrimSpace(out.String()), nil
}

// Parley is Do in Parley's namespace.
func (c *Client) Parley(ctx context.Context, args ...string) (string, error) {
	return c.Do(ctx, append([]string{"-n", "parley"}, args...)...)
}

// Lines is Parley with its output split into lines, without empty ones.
func (c *Client) Lines(ctx context.Context, args ...string) ([]string, error) {
	text, err := c.Parley(ctx, args...)
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), err
}

// Until waits until a command's output contains a text.
func (c *Client) Until(ctx context.Context, limit time.Duration, what, text string, args ...string) error {
	return wait.Until(ctx, limit, what, func(ctx context.Context) string {
		out, err := c.Do(ctx, args...)
		if err != nil {
			return err.Error()
		}
		if !strings.Contains(out, text) {
			return "it says " + out
		}
		return ""
	})
}
