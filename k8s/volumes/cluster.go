package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// cluster is what kubectl reaches. kubectl's own configuration says which one.
type cluster struct {
	namespace string
	overlay   string // folder
	out       io.Writer
	patience  time.Duration // for each wait
}

func (c *cluster) say(format string, v ...any) { _, _ = fmt.Fprintf(c.out, format+"\n", v...) }

// do runs kubectl in the namespace and returns what it prints.
func (c *cluster) do(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "kubectl", append([]string{"--namespace", c.namespace}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// get reads one object; found is false if there is none of that name.
func get[T any](ctx context.Context, c *cluster, kind, name string) (v T, found bool, err error) {
	text, err := c.do(ctx, "get", kind, name, "--ignore-not-found", "--output", "json")
	if err != nil || strings.TrimSpace(text) == "" {
		return v, false, err
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, false, fmt.Errorf("read %s %s: %w", kind, name, err)
	}
	return v, true, nil
}

// wanted returns the StatefulSets with volumes that the overlay describes.
func (c *cluster) wanted(ctx context.Context) ([]stateful, error) {
	text, err := c.do(ctx, "create", "--dry-run=client", "--output", "json", "--kustomize", c.overlay)
	if err != nil {
		return nil, err
	}
	all, err := statefuls(strings.NewReader(text))
	if err == nil && len(all) == 0 {
		err = errors.New(c.overlay + " has no StatefulSet with volumes")
	}
	return all, err
}

// apply applies the overlay. A StatefulSet whose claims differ from the overlay's can't be
// changed: it is deleted first, without its pods, which go on and are taken over.
func (c *cluster) apply(ctx context.Context, want []stateful) error {
	for _, s := range want {
		is, found, err := get[stateful](ctx, c, "statefulset", s.Metadata.Name)
		if err != nil {
			return err
		}
		if !found || same(is, s) {
			continue
		}
		if _, err := c.do(ctx, "delete", "statefulset", s.Metadata.Name, "--cascade=orphan"); err != nil {
			return err
		}
		c.say("deleted the StatefulSet %s, not its pods and volumes", s.Metadata.Name)
	}
	if _, err := c.do(ctx, "delete", "job", "setup", "mongo-init", "--ignore-not-found"); err != nil {
		return err
	}
	if _, err := c.do(ctx, "apply", "--kustomize", c.overlay); err != nil {
		return err
	}
	c.say("applied %s", c.overlay)
	return nil
}

// ready waits until every pod of the StatefulSet is ready in its newest version.
func (c *cluster) ready(ctx context.Context, name string) error {
	_, err := c.do(ctx, "rollout", "status", "statefulset/"+name, "--timeout", c.patience.String())
	return err
}

// until waits until done returns true. what is what it waits for, in words.
func (c *cluster) until(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	for {
		ok, err := done()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, errors.Join(err, ctx.Err()))
		case <-time.After(time.Second):
		}
	}
}
