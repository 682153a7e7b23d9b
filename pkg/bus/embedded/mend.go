package embedded

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/parley-chat/parley/pkg/backoff"
)

// lookEvery is how often the free space is checked. What can be written in between must
// fit into the reserve.
const lookEvery = 250 * time.Millisecond

// minRoom is the free space that a new server needs, even without a reserve.
const minRoom = 4 << 20

// mending is the pause between restarts of a server that does not recover.
var mending = backoff.Policy{Min: time.Second, Max: time.Minute}

// errClosed ends what waits for a server that was closed.
var errClosed = errors.New("the embedded NATS server is closed")

// Room returns nil, or a *FullError if nothing more may be accepted.
func (s *Server) Room() error { return s.room.err() }

// Run watches the free space on the disk until the context ends, and restarts the server
// when it needs that. On a full disk NATS gives up a stream at its first failed write, and
// does not try again however much space there is later; only a new server on the same
// files does. What was acknowledged is in them. Connections reconnect to the new server
// by themselves.
func (s *Server) Run(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var next time.Time // no new server before
	mendable := true   // the current server was healthy once, or the disk is at fault
	hurt := ""
	for try := 1; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		if why, known := unwell(s.present()); known {
			hurt = why
		}
		free, enough := s.look(hurt)
		mendable = mendable || hurt == "" || !enough
		if hurt == "" && time.Since(next) > mending.Max {
			try = 1
		}
		if hurt == "" || !mendable || !enough || time.Now().Before(next) {
			continue
		}
		s.opts.Log.Warn().Str("why", hurt).Uint64("free", free).Msg("the embedded NATS server can't store, restarting it")
		err := s.replace(ctx)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, errClosed) {
				return nil
			}
			s.opts.Log.Error().Err(err).Int("try", try).Msg("the embedded NATS server does not start, trying again")
		}
		still, _ := unwell(s.present())
		next, mendable = time.Now().Add(mending.Delay(try)), err != nil || still == ""
		try++
	}
}

// look checks the free space, logs once if that changed the answer, and reports whether
// there is enough to start a server.
func (s *Server) look(hurt string) (free uint64, enough bool) {
	free, err := freeBytes(s.opts.Dir)
	if err != nil {
		s.opts.Log.Debug().Err(err).Msg("the room on the disk is not known")
		free = s.opts.Reserve + s.opts.Reserve/4
	}
	changed, full := s.room.looked(free, hurt != "")
	switch {
	case changed && full:
		s.opts.Log.Error().Uint64("free", free).Uint64("reserve", s.opts.Reserve).Str("dir", s.opts.Dir).Msg("no room on the disk: nothing more is accepted until there is")
	case changed:
		s.opts.Log.Warn().Uint64("free", free).Msg("there is room on the disk again")
	}
	return free, free >= minRoom && !scarce(free, s.opts.Reserve, true)
}

// unwell says why a server can't store, or nothing. known is false if that is unknown: a
// busy server does not always report its health in time.
func unwell(s *server.Server) (why string, known bool) {
	if !s.JetStreamEnabled() {
		return "JetStream is off", true
	}
	return judge(s.Healthz(&server.HealthzOptions{Details: true}))
}

// judge keeps only those of a server's faults that a restart would fix. A stream that is
// just being created, for example, is reported as missing.
func judge(health *server.HealthStatus) (why string, known bool) {
	for _, fault := range health.Errors {
		switch {
		case fault.Type == server.HealthzErrorConn:
			return "", false
		case fault.Type == server.HealthzErrorJetStream,
			fault.Type == server.HealthzErrorStream && strings.Contains(fault.Error, "write error"):
			return fault.Error, true
		}
	}
	return "", true
}

// replace stops the server and starts another one on its files.
func (s *Server) replace(ctx context.Context) error {
	end(s.present())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fresh, err := start(s.opts)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		end(fresh)
		return errClosed
	}
	s.now = fresh
	s.opts.Log.Warn().Msg("the embedded NATS server stores again")
	return nil
}
