package conn

import (
	"runtime"
	"sync"
)

// writers write for all sockets. There are as many as can run at once, and only while there
// is something to write: they never wait for a client. A goroutine for each write would cost
// as much as all else that a frame needs, since it begins with a small stack, which a system
// call outgrows.
type writers struct {
	mu      sync.Mutex
	line    []*Socket // that have something to write, from first on: each once
	first   int
	running int
}

// sharedWriters are those of all sockets.
var sharedWriters writers

// write has the socket written to.
func (w *writers) write(s *Socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first > 64 && w.first > len(w.line)/2 { // or a line that is never empty would grow
		w.line, w.first = append(w.line[:0], w.line[w.first:]...), 0
	}
	w.line = append(w.line, s)
	if w.running < runtime.GOMAXPROCS(0) {
		w.running++
		go w.run()
	}
}

func (w *writers) run() {
	b := batch{attempt: new(attempt)}
	for s := w.next(); s != nil; s = w.next() {
		s.write(&b)
	}
}

// next returns the socket whose turn it is, or nil if the writer is to end.
func (w *writers) next() *Socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == len(w.line) {
		w.running--
		return nil
	}
	s := w.line[w.first]
	w.line[w.first] = nil
	if w.first++; w.first == len(w.line) {
		w.line, w.first = w.line[:0], 0
	}
	return s
}
