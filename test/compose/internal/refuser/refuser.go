// Package refuser exists only because no MongoDB image can be pulled on some machines: it
// is just enough of a MongoDB server to refuse a password. It says hello, answers every
// attempt to sign in with MongoDB's error 18, and everything else with error 13.
package refuser

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Server counts the attempts.
type Server struct {
	listener net.Listener
	attempts atomic.Int64
}

// Listen opens an address such as 127.0.0.1:0.
func Listen(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen in MongoDB's place: %w", err)
	}
	return &Server{listener: l}, nil
}

// Addr returns where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Attempts returns how often somebody tried to sign in.
func (s *Server) Attempts() int { return int(s.attempts.Load()) }

// Run serves until the context ends.
func (s *Server) Run(ctx context.Context) error {
	var served sync.WaitGroup
	defer served.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end()
	context.AfterFunc(ctx, func() { _ = s.listener.Close() })
	for {
		conn, err := s.listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("serve in MongoDB's place: %w", err)
		}
		served.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer func() { stop(); _ = conn.Close() }()
			for s.answer(conn) == nil {
			}
		})
	}
}

// The kinds of messages in MongoDB's protocol that a driver begins with.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013

	headerBytes = 16
	mostBytes   = 1 << 20
)

// answer reads one request and answers it.
func (s *Server) answer(conn net.Conn) error {
	var header [headerBytes]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return err
	}
	size, id, op := binary.LittleEndian.Uint32(header[0:]), binary.LittleEndian.Uint32(header[4:]), binary.LittleEndian.Uint32(header[12:])
	if size < headerBytes || size > mostBytes {
		return errors.New("that is no message of MongoDB's")
	}
	body := make([]byte, size-headerBytes)
	if _, err := io.ReadFull(conn, body); err != nil {
		return err
	}
	command, err := commandOf(op, body)
	if err != nil {
		return err
	}
	_, err = conn.Write(message(op, id, s.reply(command)))
	return err
}

func (s *Server) reply(command string) document {
	var d document
	switch command {
	case "hello", "isMaster", "ismaster":
		d.boolean("ismaster", true)
		d.boolean("isWritablePrimary", true)
		d.boolean("helloOk", true)
		d.int32("maxBsonObjectSize", 16<<20)
		d.int32("maxMessageSizeBytes", 48_000_000)
		d.int32("maxWriteBatchSize", 100_000)
		d.int32("minWireVersion", 0)
		d.int32("maxWireVersion", 21) // MongoDB 7
		d.double("ok", 1)
	case "saslStart", "saslContinue":
		s.attempts.Add(1)
		d.refusal(18, "AuthenticationFailed", "Authentication failed.")
	default:
		d.refusal(13, "Unauthorized", "Command "+command+" requires authentication")
	}
	return d
}
