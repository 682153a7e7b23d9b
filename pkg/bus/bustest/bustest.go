// Package bustest gives tests a real NATS server with JetStream.
package bustest

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
)

// Server is an embedded NATS server that ends with the test.
type Server struct {
	t   testing.TB
	dir string

	mu     sync.Mutex // guards what follows
	server *embedded.Server
	conns  []*bus.Conn // that Connect made
}

// Start starts a server whose files are in the test's temporary folder.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir()}
	s.start()
	t.Cleanup(s.Stop)
	return s
}

func (s *Server) start() {
	server, err := embedded.Start(embedded.Options{Dir: s.dir, SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
}

// InProcessConn implements nats.InProcessConnProvider: a connection that reconnects
// after a Restart reaches the new server.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	return server.InProcessConn()
}

// Stop stops the server; its files are kept for Restart. When it returns all connections
// that Connect made know: one that is ready after a Restart was made again.
func (s *Server) Stop() {
	s.t.Helper()
	s.mu.Lock()
	server, conns := s.server, s.conns
	s.mu.Unlock()
	server.Close()
	for _, c := range conns {
		Eventually(s.t, "a connection to notice that its server has stopped", func() bool { return c.Ready() != nil })
	}
}

// Restart stops the server and starts another one on the same files.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.start()
}

// Connect returns another connection, as another process would have, with two streams.
// It is closed when the test ends.
func (s *Server) Connect(name string) *bus.Conn {
	s.t.Helper()
	return s.ConnectWith(bus.Options{Name: name, Log: zerolog.Nop()})
}

// ConnectWith is Connect with further options.
func (s *Server) ConnectWith(opts bus.Options) *bus.Conn {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	opts.InProcess, opts.Streams, opts.Replicas = s, 2, 1
	c, err := bus.Connect(ctx, opts)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
	return c
}

// PurgeChats removes every event from the streams, as retention eventually does.
func (s *Server) PurgeChats() {
	s.t.Helper()
	s.chatStreams(func(ctx context.Context, stream jetstream.Stream) {
		if err := stream.Purge(ctx); err != nil {
			s.t.Fatal(err)
		}
	})
}

// Settled reports whether the durable consumer has acknowledged everything.
func (s *Server) Settled(consumer string) bool {
	s.t.Helper()
	settled := true
	s.chatStreams(func(ctx context.Context, stream jetstream.Stream) {
		c, err := stream.Consumer(ctx, consumer)
		if err != nil {
			settled = false
			return
		}
		info := c.CachedInfo()
		settled = settled && info.NumPending == 0 && info.NumAckPending == 0
	})
	return settled
}

// Held is how many unsettled deliveries all replicas of the durable consumer hold
// together.
func (s *Server) Held(consumer string) (held int) {
	s.t.Helper()
	s.chatStreams(func(ctx context.Context, stream jetstream.Stream) {
		if c, err := stream.Consumer(ctx, consumer); err == nil {
			held += c.CachedInfo().NumAckPending
		}
	})
	return held
}

// Waiting is how many pulls of the durable consumer wait in the stream of that name.
func (s *Server) Waiting(consumer, stream string) (n int) {
	s.t.Helper()
	s.chatStreams(func(ctx context.Context, one jetstream.Stream) {
		if one.CachedInfo().Config.Name != stream {
			return
		}
		if c, err := one.Consumer(ctx, consumer); err == nil {
			n = c.CachedInfo().NumWaiting
		}
	})
	return n
}

// Redelivered is how many unsettled deliveries of the durable consumer were delivered
// more than once.
func (s *Server) Redelivered(consumer string) (n int) {
	s.t.Helper()
	s.chatStreams(func(ctx context.Context, stream jetstream.Stream) {
		if c, err := stream.Consumer(ctx, consumer); err == nil {
			n += c.CachedInfo().NumRedelivered
		}
	})
	return n
}

func (s *Server) chatStreams(f func(context.Context, jetstream.Stream)) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		s.t.Fatal(err)
	}
	names := js.StreamNames(ctx)
	for name := range names.Name() {
		if !strings.HasPrefix(name, "CHAT_") {
			continue
		}
		stream, err := js.Stream(ctx, name)
		if err != nil {
			s.t.Fatal(err)
		}
		f(ctx, stream)
	}
	if err := names.Err(); err != nil {
		s.t.Fatal(err)
	}
}

// Conn starts a server and returns a connection to it.
func Conn(t testing.TB) *bus.Conn {
	t.Helper()
	return Start(t).Connect(t.Name())
}

// GivenBack returns a function that counts the deliveries of the durable consumer that
// have since been given back to NATS for redelivery. A delivery that a replica holds
// and does not give back is redelivered only after it has lapsed.
func (s *Server) GivenBack(consumer string) (count func() int) {
	s.t.Helper()
	return s.heard("$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.*." + consumer)
}

// Requests returns a function that counts the requests that JetStream's API has been sent
// since, of whatever kind. It has a connection of its own, so the last one may be counted a
// moment after its answer.
func (s *Server) Requests() (count func() int) {
	s.t.Helper()
	return s.heard("$JS.API.>")
}

// Reports returns a function that counts what replicas have told NATS of their deliveries
// since: that they are handled, given back, or still in work.
func (s *Server) Reports() (count func() int) {
	s.t.Helper()
	return s.heard("$JS.ACK.>")
}

// PullInboxes returns a function that counts the inboxes to which deliveries of the durable
// consumer in the stream have been asked for since. A replica uses a further one only while a
// pull on the one before is open.
func (s *Server) PullInboxes(stream, consumer string) (count func() int) {
	s.t.Helper()
	nc, sub := s.listen("$JS.API.CONSUMER.MSG.NEXT." + stream + "." + consumer)
	seen := map[string]bool{}
	return func() int {
		_ = nc.Flush()
		for n, _, _ := sub.Pending(); n > 0; n-- {
			if msg, err := sub.NextMsg(Patience); err == nil {
				seen[msg.Reply[:strings.LastIndexByte(msg.Reply, '.')+1]] = true
			}
		}
		return len(seen)
	}
}

// InWork returns a function that counts the deliveries that replicas have reported as in
// work since. A replica reports each that it has taken in, and has not settled, every second;
// Held also counts those that are still on their way to it.
func (s *Server) InWork() (count func() int) {
	s.t.Helper()
	nc, sub := s.listen("$JS.ACK.>")
	seen := map[string]bool{}
	return func() int {
		_ = nc.Flush()
		for n, _, _ := sub.Pending(); n > 0; n-- {
			if msg, err := sub.NextMsg(Patience); err == nil && string(msg.Data) == "+WPI" {
				seen[msg.Subject] = true
			}
		}
		return len(seen)
	}
}

// heard returns a function that counts the messages on a subject from now on.
func (s *Server) heard(subject string) (count func() int) {
	s.t.Helper()
	nc, sub := s.listen(subject)
	return func() int {
		_ = nc.Flush() // whatever was sent here before comes before its answer
		n, _, _ := sub.Pending()
		return n
	}
}

// listen subscribes, with a connection of its own, and returns once the server knows.
func (s *Server) listen(subject string) (*nats.Conn, *nats.Subscription) {
	s.t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(nc.Close)
	sub, err := nc.SubscribeSync(subject)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		s.t.Fatal(err)
	}
	return nc, sub
}

// Patience is how long a test waits for something that must happen: long enough for a
// busy machine. No test may depend on its length.
const Patience = 3 * time.Minute

// Eventually waits until the condition holds, or fails the test after Patience.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for pause := time.Millisecond; !holds(); pause = min(2*pause, 50*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", Patience, what)
		}
		time.Sleep(pause)
	}
}
