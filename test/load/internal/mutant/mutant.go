package mutant

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Mutant is a build of Parley that lacks a mechanism.
type Mutant struct {
	Name    string // of what is removed
	Promise string // that is broken without it: its number and words in docs/architecture.md
	Removes string // what the build does instead
	// Needs says what must happen for the breach to show, and Args are the torture's
	// arguments that make it happen; both are empty if ordinary talk and faults do.
	Needs string
	Args  []string
	// Regions is set if cmd/regions catches it: it needs more than one region.
	Regions bool
	// Attack is the attack of cmd/hostile that catches it. If it is empty the torture
	// does.
	Attack string
	Edits  []Edit
}

// Edit replaces a piece of a file of the repository. The piece must be there exactly
// once: a mutant that no longer fits the code is an error, not the real program under a
// wrong name.
type Edit struct{ File, Old, New string }

// Names lists the mutants' names, in their order.
func Names() []string {
	var names []string
	for _, m := range All() {
		names = append(names, m.Name)
	}
	return names
}

// find returns the mutant of that name.
func find(name string) (Mutant, error) {
	for _, m := range All() {
		if m.Name == name {
			return m, nil
		}
	}
	return Mutant{}, fmt.Errorf("there is no mutant %q; there are %s", name, strings.Join(Names(), ", "))
}

// apply returns the changed files, by their paths in the repository.
func (m Mutant) apply(root string) (map[string]string, error) {
	changed := map[string]string{}
	for _, e := range m.Edits {
		src, ok := changed[e.File]
		if !ok {
			data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.File)))
			if err != nil {
				return nil, fmt.Errorf("mutant %s: %w", m.Name, err)
			}
			src = string(data)
		}
		if n := strings.Count(src, e.Old); n != 1 {
			return nil, fmt.Errorf("mutant %s: %s holds %d times what is to be replaced: %s", m.Name, e.File, n, e.Old)
		}
		changed[e.File] = strings.Replace(src, e.Old, e.New, 1)
	}
	return changed, nil
}
