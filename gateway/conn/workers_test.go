package conn

import (
	"sync"
	"sync/atomic"
	"testing"
)

// However many connections have something to do, each has it done, and afterward few
// workers are kept.
func TestWorkersDoAllAndFewAreKept(t *testing.T) {
	var w Workers
	var all, begun sync.WaitGroup
	var done atomic.Int32
	const crowd = 2 * maxIdleWorkers
	hold := make(chan struct{})
	begun.Add(crowd)
	for range crowd {
		all.Go(func() {
			w.Do(func() { begun.Done(); <-hold; done.Add(1) })
		})
	}
	begun.Wait() // all at once: none waits for another
	close(hold)
	all.Wait()
	if done.Load() != crowd {
		t.Errorf("%d of %d are done", done.Load(), crowd)
	}
	if n := len(w.idle); n > maxIdleWorkers {
		t.Errorf("%d workers are kept, want %d at most", n, maxIdleWorkers)
	}
	w.Close()
	if n := len(w.idle); n != 0 {
		t.Errorf("%d workers wait after the end", n)
	}
}
