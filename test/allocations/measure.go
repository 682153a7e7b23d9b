package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	of := map[string][]figure{}
	for _, f := range registered {
		if of[f.pkg] == nil {
			packages = append(packages, f.pkg)
		}
		of[f.pkg] = append(of[f.pkg], f)
	}
	var all []figure
	for _, pkg := range packages {
		got, err := measure(ctx, root, pkg, patterns(of[pkg]))
		if err != nil {
			return nil, fmt.Errorf("benchmarks of %s: %w", pkg, err)
		}
		all = append(all, got...)
	}
	return all, nil
}

// patterns returns, for each function, what to pass as -test.bench: all that is inside it if
// the function itself is registered, otherwise what is registered of it.
func patterns(registered []figure) []string {
	var tops []string
	parts := map[string][][]string{} // by function, by depth
	whole := map[string]bool{}
	for _, f := range registered {
		names := strings.Split(f.name, "/")
		top := names[0]
		if !slices.Contains(tops, top) {
			tops = append(tops, top)
		}
		whole[top] = whole[top] || len(names) == 1
		for i, name := range names {
			if len(parts[top]) == i {
				parts[top] = append(parts[top], nil)
			}
			if name = regexp.QuoteMeta(name); !slices.Contains(parts[top][i], name) {
				parts[top][i] = append(parts[top][i], name)
			}
		}
	}
	var out []string
	for _, top := range tops {
		levels := parts[top]
		if whole[top] {
			levels = levels[:1]
		}
		var level []string
		for _, names := range levels {
			level = append(level, "^("+strings.Join(names, "|")+")$")
		}
		out = append(out, strings.Join(level, "/"))
	}
	return out
}

// measure runs benchmarks of one package, on one processor, since each processor has pools
// of its own. Nothing is collected meanwhile, since a collection empties the pools; the
// memory limit is there for a benchmark that gets out of hand.
func measure(ctx context.Context, root, pkg string, patterns []string) ([]figure, error) {
	tmp, err := os.MkdirTemp("", "parley-allocations-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the program: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	program := filepath.Join(tmp, "bench.test")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, pkg)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	var all []figure
	for _, pattern := range patterns {
		run := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", pattern,
			"-test.benchmem", "-test.benchtime", iterations, "-test.count", rounds, "-test.cpu", "1")
		run.Dir = filepath.Join(root, filepath.FromSlash(pkg))
		run.Env = append(os.Environ(), "GOGC=off", "GOMEMLIMIT=1GiB")
		out, err := run.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%w\n%s", err, out)
		}
		all = append(all, results(pkg, string(out))...)
	}
	return all, nil
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
