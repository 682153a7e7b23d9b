package mutant

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := proc.Root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEveryMutantFitsTheCode(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range All() {
		changed, err := m.apply(root(t))
		if err != nil {
			t.Error(err)
		}
		for file, src := range changed {
			if original, err := os.ReadFile(filepath.Join(root(t), file)); err != nil || string(original) == src {
				t.Errorf("mutant %s changes nothing in %s (%v)", m.Name, file, err)
			}
		}
		if m.Name == "" || m.Promise == "" || m.Removes == "" || seen[m.Name] {
			t.Errorf("mutant %q has no unique name, or lacks an explanation", m.Name)
		}
		seen[m.Name] = true
	}
}

// Only the packages that an edit touches are compiled: no edit changes what other
// packages see of them.
func TestEveryMutantCompiles(t *testing.T) {
	for _, m := range All() {
		overlay, err := m.write(root(t), t.TempDir())
		if err != nil {
			t.Error(err)
			continue
		}
		packages := map[string]bool{}
		for _, e := range m.Edits {
			packages["./"+path.Dir(e.File)] = true
		}
		if err := m.compile(t.Context(), root(t), overlay, slices.Sorted(maps.Keys(packages))...); err != nil {
			t.Error(err)
		}
	}
}

func TestAMutantIsBuilt(t *testing.T) {
	program, err := Build(t.Context(), "note-hiding", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(program); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("no program was built: %v, %v", info, err)
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	for name, m := range map[string]Mutant{
		"not found":    {Name: "odd", Edits: []Edit{{"go.mod", "no such words", ""}}},
		"found twice":  {Name: "odd", Edits: []Edit{{"go.mod", "github.com", ""}}},
		"no such file": {Name: "odd", Edits: []Edit{{"no/such/file.go", "x", ""}}},
	} {
		_, err := m.apply(root(t))
		if err == nil || !strings.Contains(err.Error(), "odd") || !strings.Contains(err.Error(), m.Edits[0].File) {
			t.Errorf("%s: %v, want an error that names the mutant and the file", name, err)
		}
	}
	if _, err := Build(t.Context(), "nothing", t.TempDir()); err == nil || !strings.Contains(err.Error(), "message-id") {
		t.Errorf("an unknown name: %v", err)
	}
}
