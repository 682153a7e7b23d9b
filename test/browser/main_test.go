package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// program is the built Parley.
var program string

// Two browsers, as for two people: two processes with their own profiles.
var visitors, agents *browser

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "parley-browser-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program = filepath.Join(dir, "parley")

	var built, first, second error
	var all sync.WaitGroup
	all.Go(func() { built = build(program) })
	all.Go(func() { visitors, first = openBrowser(filepath.Join(dir, "visitors")) })
	all.Go(func() { agents, second = openBrowser(filepath.Join(dir, "agents")) })
	all.Wait()
	defer visitors.close()
	defer agents.close()
	if err := errors.Join(built, first, second); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// build makes the program as a user would.
func build(target string) error {
	cmd := exec.Command("go", "build", "-o", target, ".")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build Parley: %w\n%s", err, out)
	}
	return nil
}
