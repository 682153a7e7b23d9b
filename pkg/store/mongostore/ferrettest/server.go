package ferrettest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// Server is FerretDB on SQLite behind a gate. FerretDB reads a document and
// writes it back in two steps, so two updates at once can lose one, which MongoDB
// never does; the gate lets writes through one after the other. It can also close,
// as if the server were away, and cut a connection before a command.
type Server struct {
	*gate
	cancel context.CancelFunc
	done   chan error
}

// Start starts a server that keeps its files in dir, which it makes, and listens
// on addr; the port 0 takes a free one. Close ends it.
func Start(dir, addr string) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("start FerretDB: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start FerretDB: %w", err)
	}
	f, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		// A panic closes the connection; only the log says what it was.
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + filepath.ToSlash(dir) + "/",
	})
	if err != nil {
		return nil, fmt.Errorf("start FerretDB in %s: %w", dir, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{cancel: cancel, done: make(chan error, 1)}
	go func() { s.done <- f.Run(ctx) }()

	backend := strings.TrimSuffix(strings.TrimPrefix(f.MongoDBURI(), "mongodb://"), "/")
	if s.gate, err = newGate(addr, backend); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("listen on %s: %w", addr, err), <-s.done)
	}
	return s, nil
}

// URI returns the server's address for a client. It stays the same while the
// gate closes and opens again.
func (s *Server) URI() string { return "mongodb://" + s.addr + "/" }

// Close ends the server and waits until it has ended.
func (s *Server) Close() error {
	s.Away()
	s.cancel()
	if err := <-s.done; err != nil {
		return fmt.Errorf("stop FerretDB: %w", err)
	}
	return nil
}
