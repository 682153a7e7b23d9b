// Package bustest gives tests a real NATS server with JetStream.
package bustest

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
)

// Server is an embedded NATS server that ends with the test.
type Server struct {
	t      testing.TB
	server *embedded.Server
}

// Start starts a server on a folder of the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &Server{t: t, server: s}
}

// Connect returns one more connection, as another process would have, with two
// streams. It is closed with the test.
func (s *Server) Connect(name string) *bus.Conn {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := bus.Connect(ctx, bus.Options{InProcess: s.server, Name: name, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// Conn starts a server and returns a connection to it.
func Conn(t testing.TB) *bus.Conn {
	t.Helper()
	return Start(t).Connect(t.Name())
}

// Eventually waits until the condition holds, or fails the test after ten seconds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for pause := time.Millisecond; !holds(); pause = min(2*pause, 50*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
		time.Sleep(pause)
	}
}
