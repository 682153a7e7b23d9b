package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/parley-chat/parley/test/internal/tree"
)

func main() {
	accept := flag.Bool("accept", false, "write down what the benchmarks allocate now")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, os.Stdout, *accept)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !ok {
		os.Exit(1)
	}
}

// run reports whether nothing allocates more than the file says, or was accepted.
func run(ctx context.Context, out io.Writer, accept bool) (ok bool, err error) {
	root, err := tree.Root()
	if err != nil {
		return false, err
	}
	name := filepath.Join(root, "test", "allocations", "allocations.txt")
	data, err := os.ReadFile(name)
	if err != nil {
		return false, fmt.Errorf("read what is registered: %w", err)
	}
	was, err := parseFigures(string(data))
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	is, err := measureAll(ctx, root, was)
	if err != nil {
		return false, err
	}
	if accept {
		if err := os.WriteFile(name, []byte(written(string(data), is)), 0o644); err != nil {
			return false, fmt.Errorf("write down what is allocated: %w", err)
		}
		fmt.Fprintf(out, "%d benchmarks are written down in test/allocations/allocations.txt.\n", len(is))
		return true, nil
	}
	faults, hints := compare(was, is)
	for _, s := range append(faults, hints...) {
		fmt.Fprintln(out, s)
	}
	if len(faults) > 0 {
		fmt.Fprintln(out, "If that is meant, run \"make allocations\" and commit test/allocations/allocations.txt with the reason.")
		return false, nil
	}
	fmt.Fprintf(out, "%d benchmarks allocate no more than they did.\n", len(is))
	return true, nil
}
