package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseFigures reads the file: a benchmark a line, as package, name, allocations, bytes. The
// figures are missing where a benchmark is only registered. Lines that begin with # are
// comments.
func parseFigures(text string) ([]figure, error) {
	var out []figure
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		f := figure{pkg: fields[0]}
		if len(fields) != 2 && len(fields) != 4 || !strings.HasPrefix(f.pkg, "./") || !strings.HasPrefix(fields[1], "Benchmark") {
			return nil, fmt.Errorf("line %d: expected a package like ./pkg/chat, the name of a benchmark and, if they are known, its allocations and bytes per operation", n)
		}
		f.name = fields[1]
		if len(fields) == 4 {
			var errs [2]error
			f.allocs, errs[0] = strconv.ParseInt(fields[2], 10, 64)
			f.bytes, errs[1] = strconv.ParseInt(fields[3], 10, 64)
			if errs[0] != nil || errs[1] != nil {
				return nil, fmt.Errorf("line %d: the figures are whole numbers", n)
			}
			f.known = true
		}
		if seen[f.key()] {
			return nil, fmt.Errorf("line %d: %s is there twice", n, f.name)
		}
		seen[f.key()] = true
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no benchmark is registered")
	}
	return out, nil
}

// written returns the file with other figures: its first comment, and the benchmarks sorted.
func written(text string, is []figure) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		b.WriteString(line)
	}
	is = slices.Clone(is)
	slices.SortFunc(is, func(a, b figure) int { return strings.Compare(a.key(), b.key()) })
	for _, f := range is {
		fmt.Fprintf(&b, "%s %s %d %d\n", f.pkg, f.name, f.allocs, f.bytes)
	}
	return b.String()
}
