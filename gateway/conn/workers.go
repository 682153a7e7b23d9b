package conn

import "sync"

// maxIdleWorkers is how many workers wait for work. Beyond it one that is done ends.
const maxIdleWorkers = 256

// Workers deal with what comes on connections, on stacks that have grown already: a new
// goroutine would let its own grow, by copying it, for nearly each frame. There are as many
// as connections with something to do, and a few that wait. The zero Workers is ready for
// use; its methods may be called concurrently.
type Workers struct {
	all sync.WaitGroup

	mu     sync.Mutex // guards what follows
	idle   []*worker  // the one that was busy last is at the end, and is taken first: its stack is in the cache
	closed bool
}

// worker is one that has a stack, and waits for something to do.
type worker struct{ work chan job }

// job is what one worker does, and where it says that it is done.
type job struct {
	do   func()
	done chan struct{}
}

var dones = sync.Pool{New: func() any { return make(chan struct{}, 1) }}

// Do has a worker call do, and returns when it has returned.
func (w *Workers) Do(do func()) {
	j := job{do, dones.Get().(chan struct{})}
	if one := w.take(); one != nil {
		one.work <- j
	} else {
		w.all.Go(func() { w.run(j) })
	}
	<-j.done
	dones.Put(j.done)
}

// take returns a worker that waits, or nil.
func (w *Workers) take() *worker {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := len(w.idle) - 1
	if last < 0 {
		return nil
	}
	one := w.idle[last]
	w.idle[last] = nil
	w.idle = w.idle[:last]
	return one
}

// wait adds one to those that wait, or returns false if it is to end.
func (w *Workers) wait(one *worker) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(w.idle) >= maxIdleWorkers {
		return false
	}
	w.idle = append(w.idle, one)
	return true
}

func (w *Workers) run(j job) {
	one := &worker{make(chan job, 1)} // who hands over a job does not wait for it to be taken
	for more := true; more; {
		j.do()
		kept := w.wait(one)
		j.done <- struct{}{}
		if !kept {
			return
		}
		j, more = <-one.work
	}
}

// Close ends the workers once nothing calls Do anymore, and waits for them.
func (w *Workers) Close() {
	w.mu.Lock()
	w.closed = true
	for _, one := range w.idle {
		close(one.work)
	}
	w.idle = nil
	w.mu.Unlock()
	w.all.Wait()
}
