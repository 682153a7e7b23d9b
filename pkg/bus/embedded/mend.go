package embedded

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/parley-chat/parley/pkg/backoff"
)

// lookEvery is how often the room is looked at. What can be written meanwhile has
// to fit into the reserve.
const lookEvery = 250 * time.Millisecond

// leastRoom is what a new server needs at least, also where nothing is reserved.
const leastRoom = 4 << 20

// mending is how long is waited between two starts of a server that does not
// become well.
var mending = backoff.Policy{Min: time.Second, Max: time.Minute}

// errClosed ends what waits for a server that nobody wants any more.
var errClosed = errors.New("the embedded NATS server is closed")

// Room returns nil, or a *FullError where nothing more may be accepted.
func (s *Server) Room() error { return s.room.err() }

// Run looks after the room on the disk until the context ends, and starts the
// server anew where it needs that. On a disk without room NATS gives up a stream
// at its first failed write, and does not try again however much room there is
// later; only a new server on the same files does. What it acknowledged is in
// them. Who is connected is connected to the new one by itself.
func (s *Server) Run(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var next time.Time // no new server before
	mendable := true   // the present server was well once, or the disk is to blame
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
		s.opts.Log.Warn().Str("why", hurt).Uint64("free", free).Msg("the embedded NATS server can't store, starting it anew")
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

// look asks for the room, says so once where that changed, and reports whether
// there is enough to start on.
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
	return free, free >= leastRoom && !scarce(free, s.opts.Reserve, true)
}

// unwell says why a server can't store, or nothing. known is false where that can't
// be told: a server that has much to do does not always say in time how it is.
func unwell(s *server.Server) (why string, known bool) {
	if !s.JetStreamEnabled() {
		return "JetStream is off", true
	}
	return judge(s.Healthz(&server.HealthzOptions{Details: true}))
}

// judge takes of a server's faults only those that a new one would mend. A stream
// that is just being made, say, is reported as one that is not there.
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

// replace ends the server and starts another one on its files.
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
