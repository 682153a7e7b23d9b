package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// spare is how many bytes at least may be allocated between two collections of garbage.
// Go's default is as many as are in use, and a role has so few that the collector took up
// to a fifth of its time.
const spare = 48 << 20

// spareCollections keeps collections that far apart until end is called. A heap in which
// more is in use is collected when half of that has been allocated, and a limit (GOMEMLIMIT)
// counts as always. If GOGC is set, that counts, and nothing is done.
func spareCollections() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	p := &pace{percent: usual}
	p.adjust()
	cycle := &afterCycle{p}
	runtime.SetFinalizer(cycle, (*afterCycle).again)
	return p.end
}

// usual is Go's default of GOGC.
const usual = 100

// large is GOGC for a large heap. It belongs to many connections, most of them silent: then
// there is little garbage, and memory is what a visitor costs.
const large = 50

// pacing returns what GOGC has to be if the collector has that many bytes to look
// through, as of the last collection.
func pacing(scanned uint64) int {
	const least = 4 << 20 // Go counts no heap as smaller
	return int(max(large, usual*spare/max(scanned, least)))
}

// pace adjusts GOGC after each collection.
type pace struct {
	sync.Mutex
	percent int
	ended   bool
}

// afterCycle is garbage at once, so that its finalizer runs after each collection.
type afterCycle struct{ *pace }

func (c *afterCycle) again() {
	if c.adjust() {
		runtime.SetFinalizer(c, (*afterCycle).again)
	}
}

// adjust reports whether it goes on. Setting it stops the program for a moment, so small
// differences are left.
func (p *pace) adjust() bool {
	p.Lock()
	defer p.Unlock()
	if p.ended {
		return false
	}
	if want := pacing(scanned()); want*10 < p.percent*9 || want*10 > p.percent*11 {
		p.percent = want
		debug.SetGCPercent(want)
	}
	return true
}

func (p *pace) end() {
	p.Lock()
	defer p.Unlock()
	p.ended = true
	debug.SetGCPercent(usual)
}

// scanned returns how many bytes the last collection found in use: those on the heap, and
// the stacks and variables that Go counts with them.
func scanned() (bytes uint64) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(samples)
	for _, s := range samples {
		if s.Value.Kind() == metrics.KindUint64 {
			bytes += s.Value.Uint64()
		}
	}
	return bytes
}
