package image_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parley-chat/parley/test/cluster/internal/image"
)

func TestAnImageIsReadBackAsItWasMeant(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("its code"), 0o700); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "image.tar")
	err := image.Write(out, "thing:1", image.Config{Entrypoint: []string{"/bin/thing"}, User: "10001"}, []image.File{
		{Name: "bin", Dir: true, Mode: 0o755}, {Name: "bin/thing", From: program, Mode: 0o755, Owner: 7},
		{Name: "bin/other", Link: "thing"}, {Name: "word", Text: "a word", Mode: 0o644},
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	outer, _ := read(t, data)
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	decode(t, outer["manifest.json"], &manifest)
	if len(manifest) != 1 || len(manifest[0].Layers) != 1 || manifest[0].RepoTags[0] != "thing:1" {
		t.Fatalf("the manifest is %s", outer["manifest.json"])
	}
	var config struct {
		OS     string
		Config image.Config
		Rootfs struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	decode(t, outer[manifest[0].Config], &config)
	layer := outer[manifest[0].Layers[0]]
	if want := fmt.Sprintf("sha256:%x", sha256.Sum256(layer)); len(config.Rootfs.DiffIDs) != 1 || config.Rootfs.DiffIDs[0] != want {
		t.Errorf("the layer has %s, the configuration names %v", want, config.Rootfs.DiffIDs)
	}
	if config.OS != "linux" || config.Config.User != "10001" || config.Config.Entrypoint[0] != "/bin/thing" {
		t.Errorf("the configuration is %+v", config)
	}
	files, heads := read(t, layer)
	if string(files["bin/thing"]) != "its code" || string(files["word"]) != "a word" {
		t.Errorf("the files are %q", files)
	}
	if h := heads["bin/thing"]; h.Mode != 0o755 || h.Uid != 7 {
		t.Errorf("the program has mode %o and owner %d", h.Mode, h.Uid)
	}
	if heads["bin/"].Typeflag != tar.TypeDir || heads["bin/other"].Linkname != "thing" {
		t.Errorf("the folder or the link is missing: %v", heads)
	}
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, archive []byte) (map[string][]byte, map[string]*tar.Header) {
	t.Helper()
	files, heads := map[string][]byte{}, map[string]*tar.Header{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files, heads
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name], heads[h.Name] = data, h
	}
}
