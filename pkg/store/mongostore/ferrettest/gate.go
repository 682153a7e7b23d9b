package ferrettest

import (
	"encoding/binary"
	"errors"
	"net"
	"sync"
)

// gate passes MongoDB's wire protocol on, message by message.
type gate struct {
	addr, backend string
	writes        sync.Mutex // held from a write's request to its reply

	mu       sync.Mutex // guards the fields below
	listener net.Listener
	conns    map[net.Conn]bool
	cut      map[string]int
	watch    func(Command) // nil: nobody watches
	running  sync.WaitGroup
}

func newGate(addr, backend string) (*gate, error) {
	g := &gate{addr: addr, backend: backend, conns: make(map[net.Conn]bool), cut: make(map[string]int)}
	if err := g.Back(); err != nil {
		return nil, err
	}
	return g, nil
}

// Back opens the gate, at the address that it had before.
func (g *gate) Back() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, err := net.Listen("tcp", g.addr)
	if err != nil {
		return err
	}
	g.addr, g.listener = l.Addr().String(), l
	g.running.Go(func() { g.accept(l) })
	return nil
}

// Away closes the gate and every connection, and returns when they are closed.
func (g *gate) Away() {
	g.mu.Lock()
	if g.listener != nil {
		_ = g.listener.Close()
		g.listener = nil
	}
	for c := range g.conns {
		_ = c.Close()
	}
	g.mu.Unlock()
	g.running.Wait()
}

// Cut closes the connection on which the command comes next, without passing it
// on.
func (g *gate) Cut(command string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cut[command]++
}

func (g *gate) cuts(command string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cut[command] == 0 {
		return false
	}
	g.cut[command]--
	return true
}

// Watch has f called with every command before it is passed on, by several connections
// at once. What can't be read ends its connection.
func (g *gate) Watch(f func(Command)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watch = f
}

// seen shows a request to whoever watches.
func (g *gate) seen(request []byte) error {
	g.mu.Lock()
	watch := g.watch
	g.mu.Unlock()
	if watch == nil {
		return nil
	}
	if binary.LittleEndian.Uint32(request[12:]) != opMsg {
		return nil // a driver's first greeting
	}
	c, err := parse(request)
	if err != nil {
		return err
	}
	watch(c)
	return nil
}

func (g *gate) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", g.backend)
		if err != nil {
			_ = client.Close()
			continue
		}
		g.mu.Lock()
		if g.listener != l {
			g.mu.Unlock()
			_, _ = client.Close(), server.Close()
			return
		}
		g.conns[client], g.conns[server] = true, true
		g.running.Go(func() {
			_ = g.pass(client, server)
			_, _ = client.Close(), server.Close()
			g.mu.Lock()
			defer g.mu.Unlock()
			delete(g.conns, client)
			delete(g.conns, server)
		})
		g.mu.Unlock()
	}
}

// pass carries requests and their replies until a connection ends. FerretDB
// answers every request with one message.
func (g *gate) pass(client, server net.Conn) error {
	for {
		request, err := readMessage(client)
		if err != nil {
			return err
		}
		name := command(request)
		if g.cuts(name) {
			return errors.New("cut")
		}
		if err := g.seen(request); err != nil {
			return err
		}
		if err := g.roundTrip(client, server, request, name); err != nil {
			return err
		}
	}
}

func (g *gate) roundTrip(client, server net.Conn, request []byte, name string) error {
	reply, err := func() ([]byte, error) {
		switch name {
		case "insert", "update", "delete", "findAndModify", "createIndexes", "create", "drop", "dropDatabase":
			g.writes.Lock()
			defer g.writes.Unlock()
		}
		if _, err := server.Write(request); err != nil {
			return nil, err
		}
		return readMessage(server)
	}()
	if err != nil {
		return err
	}
	_, err = client.Write(reply)
	return err
}
