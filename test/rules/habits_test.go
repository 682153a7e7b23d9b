package rules_test

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostLines is the limit beyond which a file has more than one subject.
const mostLines = 400

// Tests wait for conditions. The one place that pauses between looks is
// bustest.Eventually, in all its forms.
func TestNoTestSleeps(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.helpsTests() {
			continue
		}
		for _, at := range f.sleeps {
			if within(f.folder(), "pkg/bus/bustest") && strings.HasPrefix(at.in, "Eventually") {
				continue
			}
			t.Errorf("%s:%d: %s calls time.Sleep; wait for the condition (bustest.Eventually)", f.path, at.line, at.in)
		}
	}
}

func TestNoTestIsSkipped(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.helpsTests() {
			continue
		}
		for _, at := range f.skips {
			t.Errorf("%s:%d: %s skips", f.path, at.line, at.in)
		}
	}
}

func TestNoFileIsLong(t *testing.T) {
	code := []string{".go", ".js", ".mjs", ".css", ".html", ".sql", ".sh"}
	walk(t, func(name string) {
		if !slices.Contains(code, path.Ext(name)) {
			return
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(src, []byte("\n")); n > mostLines {
			t.Errorf("%s has %d lines; with more than %d, a file has two subjects: split it", name, n, mostLines)
		}
	})
}

// The root only chooses the command. Everything else is a package.
func TestTheRootHoldsMainAlone(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.folder() == "." && f.path != "main.go" {
			t.Errorf("%s is in the root; the wiring is in app", f.path)
		}
	}
}
