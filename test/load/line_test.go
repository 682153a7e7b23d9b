package load

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// line is a network link between a client and a server, which a test can cut and lead
// to another server.
type line struct {
	listener net.Listener

	mu     sync.Mutex // guards the fields below
	server string
	open   map[net.Conn]struct{}
}

func newLine(t *testing.T, base string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, open: map[net.Conn]struct{}{}}
	l.to(base)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { l.join(client) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); l.cut(); wg.Wait() })
	return l
}

func (l *line) addr() string { return l.listener.Addr().String() }

// to leads the line to another server; open connections stay.
func (l *line) to(base string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server = strings.TrimPrefix(base, "http://")
}

// cut closes all connections without warning.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
	}
}

func (l *line) join(client net.Conn) {
	defer func() { _ = client.Close() }()
	l.mu.Lock()
	server, err := net.Dial("tcp", l.server)
	if err == nil {
		l.open[client], l.open[server] = struct{}{}, struct{}{}
	}
	l.mu.Unlock()
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	up := make(chan struct{})
	go func() {
		defer close(up)
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
	_ = client.Close()
	<-up
}
