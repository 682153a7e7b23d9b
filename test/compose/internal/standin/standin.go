// Package standin exists only because no image can be pulled on some machines: it builds
// images under the names of the public ones. Each does what Parley needs of the real one,
// and its description says what it lacks.
package standin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/parley-chat/parley/test/compose/internal/docker"
)

// Maker makes stand-ins from the repository in Root, with Dir for what it builds.
type Maker struct {
	Client *docker.Client
	Root   string
	Dir    string
}

// kinds are the images that there are stand-ins for, by their repository's name.
var kinds = map[string]func(m *Maker, ctx context.Context, image string) (what string, err error){
	"golang": (*Maker).golang,
	"nats":   (*Maker).nats,
	"mongo":  (*Maker).mongo,
}

// Make makes the stand-in for an image and returns a sentence that says what it is made
// of and what it lacks.
func (m *Maker) Make(ctx context.Context, image string) (what string, err error) {
	name, _, _ := strings.Cut(image, ":")
	kind := kinds[name]
	if kind == nil {
		return "", fmt.Errorf("there is no stand-in for the image %s", image)
	}
	if what, err = kind(m, ctx, image); err != nil {
		return "", fmt.Errorf("make a stand-in for %s: %w", image, err)
	}
	return what, nil
}

// Label says what a stand-in is, so that nobody takes it for the real one.
const Label = "parley.standin"

// environment of all commands inside the stand-ins.
const pathLine = "ENV PATH=/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin"

// shell puts busybox with its commands into an image.
func (m *Maker) shell(ctx context.Context) (func(*files), error) {
	program, err := exec.LookPath("busybox")
	if err != nil {
		return nil, errors.New("busybox is missing (Debian: apt-get install busybox-static)")
	}
	list, err := exec.CommandContext(ctx, program, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("busybox --list: %w", err)
	}
	return func(f *files) {
		for _, dir := range []string{"bin", "usr", "usr/bin", "usr/local", "usr/local/bin", "etc", "data"} {
			f.dir(dir, 0o755, 0)
		}
		f.dir("tmp", 0o1777, 0)
		f.copy(program, "bin/busybox", 0o755)
		for _, name := range strings.Fields(string(list)) {
			if name != "busybox" && !strings.ContainsAny(name, "[/") {
				f.link("bin/"+name, "busybox")
			}
		}
		f.link("bin/[", "busybox")
	}, nil
}

// build compiles a program for an image.
func (m *Maker) build(ctx context.Context, folder, pkg, name string) (string, error) {
	program := filepath.Join(m.Dir, name)
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, pkg)
	cmd.Dir = filepath.Join(m.Root, folder)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return program, nil
}

// imported makes an image from a shell and the other files that it needs.
func (m *Maker) imported(ctx context.Context, image string, changes []string, what func(*files)) error {
	shell, err := m.shell(ctx)
	if err != nil {
		return err
	}
	changes = append(changes, pathLine, "LABEL "+Label+"="+image)
	return m.Client.Import(ctx, image, changes, func(w io.Writer) error {
		return write(w, func(f *files) { shell(f); what(f) })
	})
}
