package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// root is the repository's root, relative to this folder.
const root = "../.."

// variants are rendered: the overlays as they are, and production with each optional
// component.
var variants = []string{"local", "production", "production with keda", "production with llm", "production with traces", "production with csi", "production with disks", "region/eu", "region/ap"}

var trees = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parley-k8s")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "k8s"))); err != nil {
		return "", err
	}
	for _, overlay := range []string{"local", "production"} {
		secrets := filepath.Join(dir, "overlays", overlay, "secrets")
		// Whoever runs the test may have real ones, which it must not read.
		files, err := os.ReadDir(secrets)
		if err != nil {
			return "", err
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".example") {
				if err := os.Remove(filepath.Join(secrets, f.Name())); err != nil {
					return "", err
				}
			}
		}
		if err := run(root, "go", "run", "./k8s/secrets", "-host", "chat.example.org", secrets); err != nil {
			return "", err
		}
	}
	for _, component := range []string{"keda", "llm", "traces", "csi", "disks"} {
		with := filepath.Join(dir, "overlays", "production with "+component)
		text := fmt.Sprintf("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../production]\ncomponents: [../../components/%s]\nnamespace: parley\n", component)
		if err := os.Mkdir(with, 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(with, "kustomization.yaml"), []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// TestMain removes what the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := trees(); err == nil {
		_ = os.RemoveAll(dir)
	}
	if dir, err := programFolder(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	// This module's own build settings are not the program's.
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

var rendered = struct {
	sync.Mutex // guards text
	text       map[string]string
}{text: map[string]string{}}

// render returns a variant's manifests as kubectl apply -k would send them.
func render(t testing.TB, variant string) string {
	t.Helper()
	dir, err := trees()
	if err != nil {
		t.Fatal(err)
	}
	rendered.Lock()
	defer rendered.Unlock()
	if text, ok := rendered.text[variant]; ok {
		return text
	}
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, "overlays", variant))
	if err != nil {
		t.Fatalf("render %s: %v", variant, err)
	}
	text, err := all.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	rendered.text[variant] = string(text)
	return string(text)
}

// programFolder holds the program, built from the working tree.
var programFolder = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parley-program")
	if err != nil {
		return "", err
	}
	return dir, run(root, "go", "build", "-o", filepath.Join(dir, "parley"), ".")
})

func program(t testing.TB) string {
	t.Helper()
	dir, err := programFolder()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "parley")
}
