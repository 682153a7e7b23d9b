// Package embedded runs a NATS server with JetStream inside this process, so
// that one program is a whole Parley.
package embedded

import (
	"errors"
	"fmt"
	"math"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rs/zerolog"
)

// Options of the server.
type Options struct {
	// Dir holds the streams; it is created if it does not exist.
	Dir string
	// SyncAlways syncs each message to disk before it is acknowledged. Otherwise the
	// disk is synced every SyncInterval.
	SyncAlways   bool
	SyncInterval time.Duration
	// Reserve is how many bytes of Dir's file system are reserved for what was accepted
	// already: with less, Server.Room says that nothing more may be accepted. 0: no
	// reserve.
	Reserve uint64
	Log     zerolog.Logger
}

// Server is a NATS server without a port. It satisfies
// nats.InProcessConnProvider: connections reach the current server, which Run replaces
// with a new one if it can no longer store anything. Its methods may be called
// concurrently.
type Server struct {
	opts Options
	room *room

	mu     sync.Mutex // guards what follows
	now    *server.Server
	closed bool
}

// Start starts the server and returns when it accepts connections.
func Start(opts Options) (*Server, error) {
	now, err := start(opts)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, now: now, room: newRoom(opts.Reserve)}
	why, _ := unwell(now)
	s.look(why)
	return s, nil
}

func start(opts Options) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "parley", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: filepath.Clean(opts.Dir),
		// Otherwise NATS would limit itself, for as long as it runs, to three quarters
		// of what is free when it starts: little if it starts on a full disk.
		JetStreamMaxStore: math.MaxInt64,
		SyncAlways:        opts.SyncAlways, SyncInterval: opts.SyncInterval,
		MaxPayload: 1 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the embedded NATS server: %w", err)
	}
	s.SetLogger(newNATSLog(opts.Log), false, false)
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		end(s)
		return nil, errors.New("the embedded NATS server did not become ready within 30 s")
	}
	return s, nil
}

// end stops a server and returns when its files are closed.
func end(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// InProcessConn connects to the current server.
func (s *Server) InProcessConn() (net.Conn, error) { return s.present().InProcessConn() }

func (s *Server) present() *server.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Free returns how many bytes are free on the file system of the server's folder.
func (s *Server) Free() (uint64, error) { return freeBytes(s.opts.Dir) }

// Close stops the server and returns when its files are closed.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	now := s.now
	s.mu.Unlock()
	end(now)
}
