package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// Each benchmark runs rounds times over that many iterations. The lowest average counts:
// what comes from elsewhere only adds to it.
const (
	iterations = "200x"
	rounds     = "3"
)

// measureAll runs the benchmarks, package by package.
func measureAll(ctx context.Context, root string, registered []figure) ([]figure, error) {
	var packages []string
	names := map[string][]string{}
	for _, f := range registered {
		if !slices.Contains(packages, f.pkg) {
			packages = append(packages, f.pkg)
		}
		if top, _, _ := strings.Cut(f.name, "/"); !slices.Contains(names[f.pkg], top) {
			names[f.pkg] = append(names[f.pkg], top)
		}
	}
	var all []figure
	for _, pkg := range packages {
		got, err := measure(ctx, root, pkg, names[pkg])
		if err != nil {
			return nil, fmt.Errorf("benchmarks of %s: %w", pkg, err)
		}
		all = append(all, got...)
	}
	return all, nil
}

// measure runs benchmarks of one package, on one processor, since each processor has pools
// of its own. Nothing is collected meanwhile, since a collection empties the pools; the
// memory limit is there for a benchmark that gets out of hand.
func measure(ctx context.Context, root, pkg string, names []string) ([]figure, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^("+strings.Join(names, "|")+")$",
		"-benchmem", "-benchtime", iterations, "-count", rounds, "-cpu", "1", pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOGC=off", "GOMEMLIMIT=1GiB")
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s%s", err, out.String(), fault.String())
	}
	return results(pkg, out.String()), nil
}

// results reads what go test printed.
func results(pkg, output string) []figure {
	var out []figure
	for line := range strings.Lines(output) {
		f, ok := result(line)
		if !ok {
			continue
		}
		f.pkg = pkg
		if i := slices.IndexFunc(out, func(o figure) bool { return o.name == f.name }); i >= 0 {
			out[i].allocs, out[i].bytes = min(out[i].allocs, f.allocs), min(out[i].bytes, f.bytes)
		} else {
			out = append(out, f)
		}
	}
	return out
}

// result reads a line such as
//
//	BenchmarkCleanText/plain   200   473.8 ns/op   12 B/op   1 allocs/op
//
// A benchmark may print other figures between these.
func result(line string) (figure, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return figure{}, false
	}
	f := figure{name: fields[0]}
	found := 0
	for i := 3; i < len(fields); i++ {
		to := map[string]*int64{"B/op": &f.bytes, "allocs/op": &f.allocs}[fields[i]]
		if to == nil {
			continue
		}
		n, err := strconv.ParseInt(fields[i-1], 10, 64)
		if err != nil {
			return figure{}, false
		}
		*to = n
		found++
	}
	f.known = found == 2
	return f, f.known
}
