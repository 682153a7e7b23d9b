package ferrettest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

// The parts of a message: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const (
	headerSize = 16
	opMsg      = 2013
	maxMessage = 48 << 20
)

func readMessage(r io.Reader) ([]byte, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(header)
	if size < headerSize || size > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", size)
	}
	message := make([]byte, size)
	copy(message, header)
	_, err := io.ReadFull(r, message[headerSize:])
	return message, err
}

// command returns the name of the request's command: the first key of the
// document in an OP_MSG's first section. It is empty for other messages.
func command(message []byte) string {
	const key = headerSize + 4 + 1 + 4 + 1 // flags, section's kind, document's size, element's type
	if len(message) <= key || binary.LittleEndian.Uint32(message[12:]) != opMsg || message[headerSize+4] != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(message[key:], []byte{0})
	return string(name)
}
