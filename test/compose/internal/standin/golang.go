// This file exists only because no image can be pulled on some machines.

package standin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// certificates are the files in which distributions keep the authorities that they trust.
var certificates = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// golang is this machine's Go, together with the modules that Parley needs, since the
// build may be unable to reach a module proxy.
func (m *Maker) golang(ctx context.Context, image string) (string, error) {
	goroot, err := goEnv(ctx, "GOROOT")
	if err != nil {
		return "", err
	}
	modules, err := m.modules(ctx)
	if err != nil {
		return "", err
	}
	trusted := ""
	for _, file := range certificates {
		if _, err := os.Stat(file); err == nil && trusted == "" {
			trusted = file
		}
	}
	if trusted == "" {
		return "", errors.New("this machine has no CA certificates (Debian: apt-get install ca-certificates)")
	}
	changes := []string{"ENV GOPROXY=file:///modules", "ENV GONOSUMDB=*", "ENV GOFLAGS=-modcacherw", "ENV GOTOOLCHAIN=local", "ENV GOPATH=/go"}
	err = m.imported(ctx, image, changes, func(f *files) {
		for _, dir := range []string{"etc/ssl", "etc/ssl/certs", "go", "root"} {
			f.dir(dir, 0o755, 0)
		}
		f.text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", 0o644)
		f.copy(trusted, "etc/ssl/certs/ca-certificates.crt", 0o644)
		f.tree(goroot, "usr/local/go", func(name string) bool {
			return name == "test" || name == "api" || name == "doc" || path.Base(name) == "testdata" || strings.HasSuffix(name, "_test.go")
		})
		f.tree(modules, "modules", func(string) bool { return false })
	})
	version := strings.TrimPrefix(runtime.Version(), "go")
	return fmt.Sprintf("Go %s of this machine, busybox, and Parley's modules as a file proxy", version), err
}

// modules downloads the modules in Parley's go.mod, from this machine's cache if it has
// them, and returns the folder, which has the form of a module proxy.
func (m *Maker) modules(ctx context.Context) (string, error) {
	have, err := goEnv(ctx, "GOMODCACHE")
	if err != nil {
		return "", err
	}
	proxy, err := goEnv(ctx, "GOPROXY")
	if err != nil {
		return "", err
	}
	cache := filepath.Join(m.Dir, "modules")
	cmd := exec.CommandContext(ctx, "go", "mod", "download")
	cmd.Dir = m.Root
	cmd.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOFLAGS=-modcacherw", "GOPROXY=file://"+filepath.ToSlash(have)+"/cache/download,"+proxy)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("download the modules: %w\n%s", err, out)
	}
	return filepath.Join(cache, "cache", "download"), nil
}

func goEnv(ctx context.Context, name string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", name).Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}
