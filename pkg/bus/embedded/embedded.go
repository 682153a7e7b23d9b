// Package embedded runs a NATS server with JetStream inside this process, so
// that one program is a whole Parley.
package embedded

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rs/zerolog"
)

// Options of the server.
type Options struct {
	// Dir holds the streams; it is made where it does not exist.
	Dir string
	// SyncAlways has each message on the disk before it is acknowledged.
	// Otherwise the disk is synced every SyncInterval.
	SyncAlways   bool
	SyncInterval time.Duration
	Log          zerolog.Logger
}

// Server is a NATS server without a port. It satisfies
// nats.InProcessConnProvider.
type Server struct{ *server.Server }

// Start starts the server and returns when it accepts connections.
func Start(opts Options) (*Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "parley", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: filepath.Clean(opts.Dir),
		SyncAlways: opts.SyncAlways, SyncInterval: opts.SyncInterval,
		MaxPayload: 1 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the embedded NATS server: %w", err)
	}
	s.SetLogger(natsLog{opts.Log.With().Str("part", "nats").Logger()}, false, false)
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		s.Shutdown()
		return nil, errors.New("the embedded NATS server did not become ready within 30 s")
	}
	return &Server{s}, nil
}

// Close stops the server and returns when its files are closed.
func (s *Server) Close() {
	s.Shutdown()
	s.WaitForShutdown()
}

// natsLog gives the server's log lines the shape of all others.
type natsLog struct{ log zerolog.Logger }

func (l natsLog) Noticef(format string, v ...any) { l.log.Debug().Msgf(format, v...) }
func (l natsLog) Warnf(format string, v ...any)   { l.log.Warn().Msgf(format, v...) }
func (l natsLog) Errorf(format string, v ...any)  { l.log.Error().Msgf(format, v...) }
func (l natsLog) Debugf(format string, v ...any)  {}
func (l natsLog) Tracef(format string, v ...any)  {}

// Fatalf is only logged: ending the process is main's decision.
func (l natsLog) Fatalf(format string, v ...any) { l.log.Error().Msgf(format, v...) }
