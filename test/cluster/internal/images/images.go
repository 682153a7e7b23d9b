// Package images exists only because some machines can't pull images: it builds the
// images of the cluster's pods. Parley and NATS are the real ones; MongoDB has a
// stand-in.
package images

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/parley-chat/parley/test/cluster/internal/image"
	"github.com/parley-chat/parley/test/cluster/internal/tools"
)

// Maker builds images.
type Maker struct {
	Root  string // of the repository
	Tools string // folder with the programs of package tools
	Dir   string // for built files and the archives
}

// Names of the cluster's own images.
const (
	Pause  = "pause:local"
	Names  = "coredns:local"
	Policy = "kube-network-policies:local"
	// Next is Parley with other pages, as after a change of them.
	Next = "parley-next:local"
)

// kinds are the images that can be built, by repository name.
var kinds = map[string]func(m *Maker, ctx context.Context, name, out string) error{
	"parley": (*Maker).parley, "parley-next": (*Maker).next, "nats": (*Maker).nats, "mongo": (*Maker).mongo,
	"pause": (*Maker).pause, "coredns": (*Maker).tool, "kube-network-policies": (*Maker).tool,
}

// Make builds the image with that name and returns its archive.
func (m *Maker) Make(ctx context.Context, name string) (archive string, err error) {
	repository, _, _ := strings.Cut(name, ":")
	kind := kinds[repository]
	if kind == nil {
		return "", fmt.Errorf("there is nothing to make the image %s of", name)
	}
	archive = filepath.Join(m.Dir, repository+".tar")
	return archive, kind(m, ctx, name, archive)
}

// certificates are the paths at which distributions keep the CA certificates they
// trust.
var certificates = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// base is the set of files that all images have.
func base() []image.File {
	return []image.File{
		{Name: "etc", Dir: true, Mode: 0o755}, {Name: "etc/ssl", Dir: true, Mode: 0o755}, {Name: "etc/ssl/certs", Dir: true, Mode: 0o755},
		{Name: "tmp", Dir: true, Mode: 0o1777},
	}
}

// parley is the same image as the Dockerfile's.
func (m *Maker) parley(ctx context.Context, name, out string) error {
	return m.program(ctx, name, out)
}

// next is an image whose pages differ in a line.
func (m *Maker) next(ctx context.Context, name, out string) error {
	const file = "web/shared/words.js"
	text, err := os.ReadFile(filepath.Join(m.Root, file))
	if err != nil {
		return fmt.Errorf("change the pages: %w", err)
	}
	changed := filepath.Join(m.Dir, "words.js")
	if err := os.WriteFile(changed, append(text, "\n// The next version.\n"...), 0o600); err != nil {
		return fmt.Errorf("change the pages: %w", err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(m.Root, file): changed}})
	if err != nil {
		return fmt.Errorf("change the pages: %w", err)
	}
	list := filepath.Join(m.Dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return fmt.Errorf("change the pages: %w", err)
	}
	return m.program(ctx, name, out, "-overlay", list)
}

// program is an image of the program, built with these flags.
func (m *Maker) program(ctx context.Context, name, out string, flags ...string) error {
	program := strings.TrimSuffix(out, ".tar")
	if err := tools.Go(ctx, m.Root, program, ".", append(flags, "-ldflags", "-s -w -buildid=")...); err != nil {
		return err
	}
	trusted := ""
	for _, file := range certificates {
		if _, err := os.Stat(file); err == nil && trusted == "" {
			trusted = file
		}
	}
	if trusted == "" {
		return errors.New("this machine has no CA certificates (Debian: apt-get install ca-certificates)")
	}
	files := append(base(), image.File{Name: "etc/ssl/certs/ca-certificates.crt", From: trusted, Mode: 0o644},
		image.File{Name: "data", Dir: true, Mode: 0o755, Owner: 10001}, image.File{Name: "parley", From: program, Mode: 0o755})
	return image.Write(out, name, image.Config{Entrypoint: []string{"/parley"}, User: "10001:10001", Env: []string{"ADDR=:8080", "DATA_DIR=/data"}}, files)
}

// nats is the NATS server in the version of Parley's go.mod.
func (m *Maker) nats(ctx context.Context, name, out string) error {
	program := filepath.Join(m.Dir, "nats-server")
	if err := tools.Go(ctx, m.Root, program, "github.com/nats-io/nats-server/v2"); err != nil {
		return err
	}
	return image.Write(out, name, image.Config{Entrypoint: []string{"/nats-server"}}, append(base(), image.File{Name: "nats-server", From: program, Mode: 0o755}))
}

func (m *Maker) pause(ctx context.Context, name, out string) error {
	program := filepath.Join(m.Dir, "pause")
	if err := tools.Go(ctx, filepath.Join(m.Root, "test", "cluster"), program, "./cmd/pause", "-ldflags", "-s -w"); err != nil {
		return err
	}
	return image.Write(out, name, image.Config{Entrypoint: []string{"/pause"}}, []image.File{{Name: "pause", From: program, Mode: 0o755}})
}

// tool is an image of one of the cluster's own programs.
func (m *Maker) tool(_ context.Context, name, out string) error {
	program, _, _ := strings.Cut(name, ":")
	return image.Write(out, name, image.Config{Entrypoint: []string{"/" + program}},
		append(base(), image.File{Name: program, From: filepath.Join(m.Tools, program), Mode: 0o755}))
}

// shell is busybox and its commands.
func shell(ctx context.Context) ([]image.File, error) {
	program, err := exec.LookPath("busybox")
	if err != nil {
		return nil, fmt.Errorf("find a shell: %w", err)
	}
	list, err := exec.CommandContext(ctx, program, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("busybox --list: %w", err)
	}
	files := append(base(), image.File{Name: "bin", Dir: true, Mode: 0o755}, image.File{Name: "bin/busybox", From: program, Mode: 0o755})
	for _, name := range strings.Fields(string(list)) {
		if name != "busybox" && !strings.Contains(name, "/") {
			files = append(files, image.File{Name: "bin/" + name, Link: "busybox"})
		}
	}
	return files, nil
}
