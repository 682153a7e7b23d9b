package health

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// kept is a listener that outlives the HTTP server that uses it: closing it only
// wakes who waits in Accept, by a time limit in the past, until open is called.
type kept struct{ *net.TCPListener }

// Accept implements net.Listener.
func (k kept) Accept() (net.Conn, error) {
	c, err := k.TCPListener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, net.ErrClosed // else an HTTP server waits for the next one
	}
	return c, err
}

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

// Accept implements net.Listener.
func (h *handover) Accept() (net.Conn, error) {
	h.once.Do(h.take)
	if h.failed != nil {
		return nil, h.failed
	}
	return h.Listener.Accept()
}

// take has the server that answered so far accept no more. What it has accepted it
// still answers, one question each (http.Server's Shutdown would drop who was
// accepted and had not asked yet). Who connects meanwhile waits in the listener's
// queue.
func (h *handover) take() {
	h.from.http.SetKeepAlivesEnabled(false)
	l := kept{h.from.listener}
	if h.failed = l.Close(); h.failed == nil {
		<-h.from.served
		h.failed = l.open()
	}
}
