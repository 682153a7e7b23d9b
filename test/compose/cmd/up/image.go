package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// mostBytes is the limit for the compressed image.
const mostBytes = 40e6

// image builds Parley's image as a newcomer would, and checks what is said about it.
func (r *run) image(ctx context.Context) error {
	if _, err := r.client.Do(ctx, "build", "--build-arg", "REVISION=of-the-test", "--tag", product, r.root); err != nil {
		return err
	}
	r.say("Built %s.", product)
	for _, check := range []func(context.Context) error{r.size, r.sameBinary, r.sameLayers, r.labelled, r.noShell, r.wrongSettings, r.alone} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	// So that compose builds it too.
	_, err := r.client.Do(ctx, "rmi", product)
	return err
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

func (r *run) size(ctx context.Context) error {
	var packed, plain counter
	z := gzip.NewWriter(&packed)
	if err := r.client.Save(ctx, product, io.MultiWriter(z, &plain)); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	r.say("The image has %.1f MB, compressed %.1f MB.", float64(plain.n)/1e6, float64(packed.n)/1e6)
	if packed.n > mostBytes {
		return fmt.Errorf("the compressed image has more than %.0f MB", mostBytes/1e6)
	}
	return nil
}

// sameBinary compares the image's program with one that is built outside Docker, in
// another folder, from the same tree.
func (r *run) sameBinary(ctx context.Context) error {
	id, err := r.client.Do(ctx, "create", product)
	if err != nil {
		return err
	}
	defer func() { _, _ = r.client.Do(ctx, "rm", id) }()
	inImage, outside := filepath.Join(r.dir, "parley.image"), filepath.Join(r.dir, "parley.here")
	if _, err := r.client.Do(ctx, "cp", id+":/parley", inImage); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", outside, ".")
	cmd.Dir, cmd.Env = r.root, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program outside of Docker: %w\n%s", err, out)
	}
	a, err := digest(inImage)
	if err != nil {
		return err
	}
	b, err := digest(outside)
	if err != nil {
		return err
	}
	switch {
	case a == b:
		r.say("The image's program is, byte for byte, what this machine builds from the tree: sha256 %s.", a)
	case r.standins["golang"]:
		return fmt.Errorf("the same Go made two programs of one tree: %s in the image, %s outside", a, b)
	default:
		r.say("The image's program has sha256 %s; this machine's Go, perhaps another one, makes %s.", a, b)
	}
	return nil
}

// sameLayers builds once more, without a cache.
func (r *run) sameLayers(ctx context.Context) error {
	again := product + "-again"
	if _, err := r.client.Do(ctx, "build", "--no-cache", "--tag", again, r.root); err != nil {
		return err
	}
	defer func() { _, _ = r.client.Do(ctx, "rmi", again) }()
	layers := [2]string{}
	for i, image := range []string{product, again} {
		text, err := r.client.Do(ctx, "inspect", "-f", "{{json .RootFS.Layers}}", image)
		if err != nil {
			return err
		}
		layers[i] = text
	}
	if layers[0] != layers[1] {
		return fmt.Errorf("two builds of one tree have other layers: %s and %s", layers[0], layers[1])
	}
	r.say("Built again from nothing it has the same %d layers, byte for byte.", strings.Count(layers[0], "sha256:"))
	return nil
}

func digest(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

func (r *run) labelled(ctx context.Context) error {
	text, err := r.client.Do(ctx, "inspect", "-f", `{{.Config.User}} {{index .Config.Labels "org.opencontainers.image.revision"}} {{json .Config.Healthcheck.Test}}`, product)
	if err != nil {
		return err
	}
	if want := `10001:10001 of-the-test ["CMD","/parley","health"]`; text != want {
		return fmt.Errorf("the image's user, revision and check are %s, not %s", text, want)
	}
	return nil
}

// noShell looks at all files of the image.
func (r *run) noShell(ctx context.Context) error {
	id, err := r.client.Do(ctx, "create", product)
	if err != nil {
		return err
	}
	defer func() { _, _ = r.client.Do(ctx, "rm", id) }()
	file := filepath.Join(r.dir, "image.tar")
	if _, err := r.client.Do(ctx, "export", "-o", file, id); err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var programs []string
	for archive := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		// Docker itself adds empty files for its mounts.
		if h.Typeflag == tar.TypeReg && h.Mode&0o111 != 0 && h.Size > 0 {
			programs = append(programs, h.Name)
		}
	}
	if len(programs) != 1 || programs[0] != "parley" {
		return fmt.Errorf("the image's programs are %v, not parley alone", programs)
	}
	r.say("It holds one program, no shell; its user is 10001.")
	return nil
}

func (r *run) wrongSettings(ctx context.Context) error {
	_, err := r.client.Do(ctx, "run", "--rm", "--network", "none", "-e", "NATS_URL=nats://nats:4222", "-e", "STREAMS=many", product, "botworker")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(err.Error(), `STREAMS: "many" is not a whole number`) {
		return fmt.Errorf("a wrong STREAMS does not end a role with code 2 and a sentence: %v", err)
	}
	return nil
}

// alone runs the whole system in one container that may write to /data only.
func (r *run) alone(ctx context.Context) error {
	volume, err := r.client.Do(ctx, "volume", "create")
	if err != nil {
		return err
	}
	defer func() { _, _ = r.client.Do(ctx, "volume", "rm", volume) }()
	id, err := r.client.Do(ctx, "run", "-d", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "-v", volume+":/data", product)
	if err != nil {
		return err
	}
	defer func() { _, _ = r.client.Do(ctx, "rm", "-f", id) }()
	err = wait.Until(ctx, time.Minute, "one container with everything is healthy", func(ctx context.Context) string {
		health, err := r.client.Do(ctx, "inspect", "-f", "{{.State.Health.Status}}", id)
		if err != nil {
			return err.Error()
		}
		if health != "healthy" {
			return "it is " + health
		}
		return ""
	})
	if err != nil {
		logs, _ := r.client.Do(ctx, "logs", "--tail", "30", id)
		return fmt.Errorf("%w\n%s", err, logs)
	}
	if _, err := r.client.Do(ctx, "exec", id, "/parley", "health", "live"); err != nil {
		return err
	}
	r.say("As one container with everything, read-only but for /data, it is healthy.")
	return nil
}
