package main

import "fmt"

// figure is what one benchmark allocates in an operation, on average.
type figure struct {
	pkg, name     string // "./pkg/chat", "BenchmarkCleanText/plain"
	allocs, bytes int64
	known         bool // there are figures; false: it is only registered
}

// key tells a benchmark from all others.
func (f figure) key() string { return f.pkg + " " + f.name }

// How much more than what is written down is no fault: averages include what happens beside
// the operation, such as a map that grows or a server's timers.
const (
	moreAllocs, moreAllocsShare = 1, 0.10
	moreBytes, moreBytesShare   = 64, 0.20
)

// over reports whether a value exceeds what is written down by more than the larger of a
// fixed amount and a share.
func over(was, is, more int64, share float64) bool {
	return is > was+max(more, int64(share*float64(was)))
}

// compare returns, in a sentence each, what allocates more than it did or can't be compared,
// and what has become so much less that the lower figure should be written down.
func compare(was, is []figure) (faults, hints []string) {
	now := map[string]figure{}
	for _, f := range is {
		now[f.key()] = f
	}
	before := map[string]bool{}
	for _, w := range was {
		before[w.key()] = true
		f, ran := now[w.key()]
		switch {
		case !w.known:
			faults = append(faults, fmt.Sprintf("%s in %s is registered without figures.", w.name, w.pkg))
		case !ran:
			faults = append(faults, fmt.Sprintf("%s in %s did not run. Was it renamed or removed?", w.name, w.pkg))
		case over(w.allocs, f.allocs, moreAllocs, moreAllocsShare):
			faults = append(faults, fmt.Sprintf("%s in %s allocates %d times per operation; it was %d.", w.name, w.pkg, f.allocs, w.allocs))
		case over(w.bytes, f.bytes, moreBytes, moreBytesShare):
			faults = append(faults, fmt.Sprintf("%s in %s allocates %d bytes per operation; it was %d.", w.name, w.pkg, f.bytes, w.bytes))
		case over(f.allocs, w.allocs, moreAllocs, moreAllocsShare) || over(f.bytes, w.bytes, moreBytes, moreBytesShare):
			hints = append(hints, fmt.Sprintf("%s in %s allocates less now, %d times and %d bytes per operation, where it was %d and %d. Run \"make allocations\" so that it stays that way.", w.name, w.pkg, f.allocs, f.bytes, w.allocs, w.bytes))
		}
	}
	for _, f := range is {
		if !before[f.key()] {
			faults = append(faults, fmt.Sprintf("%s in %s is new and has no figures yet.", f.name, f.pkg))
		}
	}
	return faults, hints
}
