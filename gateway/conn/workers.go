package conn

import (
	"sync"
	"sync/atomic"
)

// maxIdleWorkers is how many workers wait for work. Beyond it one that is done ends.
const maxIdleWorkers = 256

// Workers deal with what comes on connections, on stacks that have grown already: a new
// goroutine would let its own grow, by copying it, for nearly each frame. There are as many
// as connections with something to do, and a few that wait. The zero Workers is ready for
// use; its methods may be called concurrently.
type Workers struct {
	once sync.Once
	work chan job
	idle atomic.Int32
	all  sync.WaitGroup
}

// job is what one worker does, and where it says that it is done.
type job struct {
	do   func()
	done chan struct{}
}

var dones = sync.Pool{New: func() any { return make(chan struct{}, 1) }}

func (w *Workers) init() { w.work = make(chan job) }

// Do has a worker call do, and returns when it has returned.
func (w *Workers) Do(do func()) {
	w.once.Do(w.init)
	j := job{do, dones.Get().(chan struct{})}
	select {
	case w.work <- j: // one waits
	default:
		w.all.Go(func() { w.run(j) })
	}
	<-j.done
	dones.Put(j.done)
}

func (w *Workers) run(j job) {
	for more := true; more; {
		j.do()
		j.done <- struct{}{}
		if w.idle.Add(1) > maxIdleWorkers {
			w.idle.Add(-1)
			return
		}
		j.do = nil // what waits holds no connection
		j, more = <-w.work
		w.idle.Add(-1)
	}
}

// Close ends the workers once nothing calls Do anymore, and waits for them.
func (w *Workers) Close() {
	w.once.Do(w.init)
	close(w.work)
	w.all.Wait()
}
