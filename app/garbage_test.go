package app

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestASmallHeapIsCollectedRarely(t *testing.T) {
	t.Setenv("GOGC", "")
	defer spareCollections()()
	// The first collection ends what was before, and the second finds what is in use now.
	runtime.GC()
	runtime.GC()
	const pieces, each = 1024, 512 << 10
	before := collections()
	for range pieces {
		wasted = make([]byte, each)
	}
	// By default some hundred; with room to spare, one for each part of it.
	if n, most := collections()-before, uint32(3*pieces*each/spare); n > most {
		t.Errorf("%d collections while %d MB were allocated, and not at most %d", n, pieces*each>>20, most)
	}
}

func TestALargeHeapHoldsLittleGarbage(t *testing.T) {
	for scanned, want := range map[uint64]int{0: 1200, 8 << 20: 600, 24 << 20: 200, spare: 100, 2 * spare: 50, 1 << 30: 50} {
		if got := pacing(scanned); got != want {
			t.Errorf("with %d bytes in use it is %d, and not %d", scanned, got, want)
		}
	}
}

func TestWhatTheOperatorSaysOfCollectionsCounts(t *testing.T) {
	t.Setenv("GOGC", "150")
	was := debug.SetGCPercent(150)
	defer debug.SetGCPercent(was)
	end := spareCollections()
	runtime.GC()
	runtime.GC()
	end()
	if got := debug.SetGCPercent(150); got != 150 {
		t.Errorf("GOGC is %d, and not 150", got)
	}
}

// wasted is allocated on the heap, and not needed any more.
var wasted []byte

func collections() uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.NumGC
}
