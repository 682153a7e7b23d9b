// Package system_test checks the promises of the whole system: real roles, a real NATS
// server, a real store, and clients on real sockets.
package system_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/files/diskfiles"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
	"github.com/parley-chat/parley/web"
)

const adminPassword = "correct horse battery"

// system is a Parley whose roles a test starts and stops.
type system struct {
	t     *testing.T
	nats  *bustest.Server
	store store.Store
	kept  files.Store
	log   zerolog.Logger
	// connect returns a connection for a replica.
	connect func(name string) *bus.Conn
	// region is where the system is, and others are the ways from its gateways to others.
	region chat.Region
	first  chat.Region // of all regions; empty: each takes itself for it, and they share nothing
	others map[chat.Region]*bustest.Link
}

// replica is one running role with a connection of its own, as a process would have.
type replica struct {
	conn *bus.Conn
	url  string // of a gateway
	tell func() // tells it to stop, as SIGTERM does
	stop func() // the same, and waits
	kill func() // as kill -9 looks to all others: nothing more is sent
}

func newSystem(t *testing.T) *system {
	t.Helper()
	s := &system{t: t, nats: bustest.Start(t), log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.ErrorLevel)}
	st, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	s.store = st
	if s.kept, err = diskfiles.Open(filepath.Join(t.TempDir(), "files")); err != nil {
		t.Fatal(err)
	}
	s.connect = s.nats.Connect
	t.Cleanup(func() { _ = st.Close() })
	return s
}

// whole starts one replica of each role and returns the gateway.
func (s *system) whole() *replica {
	s.history()
	s.escalation(escalation.Options{})
	s.bot(echo{})
	return s.gateway()
}

func (s *system) run(name string, start func(conn *bus.Conn) func(context.Context) error) *replica {
	s.t.Helper()
	conn := s.connect(name)
	run := start(conn)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	var once sync.Once
	end := func(first func()) {
		once.Do(func() {
			first()
			cancel()
			select {
			case err := <-done:
				if err != nil {
					s.log.Debug().Err(err).Str("replica", name).Msg("ended")
				}
			case <-time.After(bustest.Patience):
				s.t.Errorf("%s does not end", name)
			}
		})
	}
	r := &replica{conn: conn, tell: cancel, stop: func() { end(func() {}) }, kill: func() { end(conn.Close) }}
	s.t.Cleanup(r.stop)
	return r
}

func (s *system) history() *replica {
	return s.run("historyworker", func(conn *bus.Conn) func(context.Context) error {
		return historyworker.New(historyworker.Options{Version: "0.0.0", Log: s.log}, conn, s.store, s.kept).Run
	})
}

func (s *system) escalation(opts escalation.Options) *replica {
	return s.run("escalation", func(conn *bus.Conn) func(context.Context) error {
		opts.Log = s.log
		w, err := escalation.New(opts, conn)
		if err != nil {
			s.t.Fatal(err)
		}
		return w.Run
	})
}

func (s *system) bot(thinker answer.Thinker) *replica {
	return s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Log: s.log}, conn, thinker).Run
	})
}

func (s *system) gateway(change ...func(*gateway.Options)) *replica {
	s.t.Helper()
	metrics := prometheus.NewRegistry()
	server, err := health.Listen("ADDR", "127.0.0.1:0", metrics, s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan struct{})
	r := s.run("gateway", func(conn *bus.Conn) func(context.Context) error {
		opts := gateway.Options{
			Server: server, Pages: web.Files, VisitorAuth: identity.Claim, AdminPassword: adminPassword,
			RatePerConnection: 1000, RatePerAddress: 100000, DrainTime: time.Second, Metrics: metrics, Version: "0.0.0", Log: s.log,
			Started: func(string) { close(ready) },
		}
		if s.region != "" {
			opts.Regions, opts.TokenKey = s.regions(conn), []byte(tokenKey)
		}
		for _, c := range change {
			c(&opts)
		}
		g := gateway.New(opts, conn)
		server.Began(g.Ready)
		return func(ctx context.Context) error {
			serving, end := context.WithCancel(context.WithoutCancel(ctx))
			ended := make(chan error, 1)
			go func() { ended <- server.Run(serving) }()
			err := g.Run(ctx)
			end()
			return errors.Join(err, <-ended)
		}
	})
	r.url = "http://" + server.Addr()
	select {
	case <-ready:
	case <-time.After(bustest.Patience):
		s.t.Fatal("the gateway does not get ready")
	}
	return r
}

// echo is a bot that repeats the last message that it covers, and hands over if that is
// "hand over".
type echo struct{}

func (echo) Think(_ context.Context, q answer.Question, _ answer.Progress) (answer.Answer, error) {
	last := q.Inputs[len(q.Inputs)-1].Text
	return answer.Answer{Text: "You said: " + last, Handover: last == "hand over"}, nil
}
