// Package proc builds Parley and what it needs, and runs them as processes.
package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const module = "module github.com/parley-chat/parley\n"

// Root returns the folder of the repository: the nearest one above that holds
// Parley's go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(data, []byte(module)) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("run this inside Parley's repository")
		}
		dir = up
	}
}

// Build runs go build for a package of the module in a folder of the repository, into
// another folder, and returns the program. The flags are go build's.
func Build(ctx context.Context, folder, pkg, into, name string, flags ...string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	program := filepath.Join(into, name)
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags...), "-o", program, pkg)...)
	cmd.Dir = filepath.Join(root, folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return program, nil
}

// Parley builds the program itself.
func Parley(ctx context.Context, into string) (string, error) {
	return Build(ctx, ".", ".", into, "parley")
}

// Race builds the program itself with the race detector, with which it exits with 66 if
// it found a race.
func Race(ctx context.Context, into string) (string, error) {
	return Build(ctx, ".", ".", into, "parley-race", "-race")
}

// NATS builds the nats-server that this module names.
func NATS(ctx context.Context, into string) (string, error) {
	return Build(ctx, "test/load", "github.com/nats-io/nats-server/v2", into, "nats-server")
}

// Ferret builds the MongoDB-compatible server of Parley's own tests.
func Ferret(ctx context.Context, into string) (string, error) {
	return Build(ctx, "pkg/store/mongostore/ferrettest", "./cmd/ferret", into, "ferret")
}

// Fill builds the program that fills a SQLite store with chats.
func Fill(ctx context.Context, into string) (string, error) {
	return Build(ctx, ".", "./pkg/store/storetest/fill", into, "fill")
}
