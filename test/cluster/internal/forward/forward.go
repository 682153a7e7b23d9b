// Package forward forwards TCP connections, like the load balancer in front of a
// cluster.
package forward

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// silence is how long a node may leave data unacknowledged or keep-alive probes
// unanswered before its connections are closed. A real load balancer also checks its
// nodes' health; without this, a visitor of a dead node would wait for minutes.
const silence = 10 * time.Second

// Forwarder listens on loopback and forwards connections to one address.
type Forwarder struct {
	URL string

	to       string
	listener net.Listener
	running  sync.WaitGroup
	stop     context.CancelFunc
}

// Start listens on a free port. Close ends it and all its connections.
func Start(to string) (*Forwarder, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("forward to %s: %w", to, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &Forwarder{URL: "http://" + l.Addr().String(), to: to, listener: l, stop: stop}
	f.running.Go(func() { f.accept(ctx) })
	return f, nil
}

// Close returns once all connections are closed.
func (f *Forwarder) Close() {
	f.stop()
	_ = f.listener.Close()
	f.running.Wait()
}

func (f *Forwarder) accept(ctx context.Context) {
	for {
		in, err := f.listener.Accept()
		if err != nil {
			return // closed
		}
		f.running.Go(func() { f.pass(ctx, in) })
	}
}

func (f *Forwarder) pass(ctx context.Context, in net.Conn) {
	defer func() { _ = in.Close() }()
	d := net.Dialer{Timeout: 3 * time.Second, Control: impatient,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 3, Interval: silence / 3, Count: 2}}
	out, err := d.DialContext(ctx, "tcp", f.to)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	ended := context.AfterFunc(ctx, func() { _, _ = in.Close(), out.Close() })
	defer ended()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(in, out)
		_ = in.Close() // data that nobody would receive is not accepted either
	})
	_, _ = io.Copy(out, in)
	_ = out.Close()
	back.Wait()
}

// impatient sets Linux's TCP_USER_TIMEOUT, for which package syscall has no name.
func impatient(_, _ string, c syscall.RawConn) error {
	const userTimeout = 18
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, int(silence.Milliseconds()))
	})
	return errors.Join(err, failed)
}
