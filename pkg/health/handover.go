package health

import (
	"context"
	"net"
	"sync"
	"time"
)

// kept is a listener that outlives the HTTP server that uses it: closing it only
// wakes who waits in Accept, by a time limit in the past, until open is called.
type kept struct{ *net.TCPListener }

// Close implements net.Listener.
func (k kept) Close() error { return k.SetDeadline(time.Now()) }

func (k kept) open() error { return k.SetDeadline(time.Time{}) }

// Handover returns the listener for a server that is not there yet: for as long as
// nobody accepts from it, s answers. The first Accept ends that, and from then on
// all connections are the caller's. Run must have been called; its context ends
// the listener no more after the handover.
func (s *Server) Handover() net.Listener { return &handover{Listener: s.listener, from: s} }

type handover struct {
	net.Listener
	from *Server

	once   sync.Once
	failed error // why it could not be taken over
}

// lastAnswers is how long questions that are being answered have at a handover.
const lastAnswers = time.Second

// Accept implements net.Listener.
func (h *handover) Accept() (net.Conn, error) {
	h.once.Do(h.take)
	if h.failed != nil {
		return nil, h.failed
	}
	return h.Listener.Accept()
}

// take ends the server that answered so far. Who connects meanwhile waits in the
// listener's queue.
func (h *handover) take() {
	ctx, cancel := context.WithTimeout(context.Background(), lastAnswers)
	defer cancel()
	if h.from.http.Shutdown(ctx) != nil {
		_ = h.from.http.Close()
	}
	<-h.from.served
	h.failed = kept{h.from.listener}.open()
}
