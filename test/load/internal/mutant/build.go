package mutant

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// overlayFile names the file that tells go build which files to read instead.
const overlayFile = "overlay.json"

// Build builds the mutant of that name into the folder, beside the files that differ
// from the real ones, and returns the program.
func Build(ctx context.Context, name, into string) (program string, err error) {
	m, err := find(name)
	if err != nil {
		return "", err
	}
	root, err := proc.Root()
	if err != nil {
		return "", err
	}
	if into, err = filepath.Abs(into); err != nil {
		return "", fmt.Errorf("build mutant %s: %w", name, err)
	}
	overlay, err := m.write(root, filepath.Join(into, "without-"+name))
	if err != nil {
		return "", err
	}
	program = filepath.Join(into, "parley")
	return program, m.compile(ctx, root, overlay, "-o", program, ".")
}

// write puts the changed files into a folder and returns the overlay that names
// them.
func (m Mutant) write(root, folder string) (overlay string, err error) {
	changed, err := m.apply(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, src := range changed {
		original, mutated := filepath.Join(root, filepath.FromSlash(file)), filepath.Join(folder, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(mutated), 0o700); err != nil {
			return "", fmt.Errorf("write mutant %s: %w", m.Name, err)
		}
		if err := os.WriteFile(mutated, []byte(src), 0o600); err != nil {
			return "", fmt.Errorf("write mutant %s: %w", m.Name, err)
		}
		replace[original] = mutated
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("write mutant %s: %w", m.Name, err)
	}
	overlay = filepath.Join(folder, overlayFile)
	if err := os.WriteFile(overlay, data, 0o600); err != nil {
		return "", fmt.Errorf("write mutant %s: %w", m.Name, err)
	}
	return overlay, nil
}

// compile runs go build in the repository with the overlay.
func (m Mutant) compile(ctx context.Context, root, overlay string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-overlay", overlay}, args...)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build mutant %s: %w\n%s", m.Name, err, out)
	}
	return nil
}
