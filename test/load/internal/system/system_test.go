package system_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// start starts a system. A process that exits on its own fails the test.
func start(t *testing.T, o system.Options) *system.System {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // with the build
	t.Cleanup(cancel)
	o.Dir = t.TempDir()
	program, err := proc.Parley(ctx, o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	o.Program = program
	s := system.New(o)
	t.Cleanup(func() {
		for _, fault := range s.Stop() {
			t.Error(fault)
		}
	})
	if err := s.Start(context.WithoutCancel(ctx)); err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(3 * time.Minute); !holds(); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("still not: %s", what)
		}
	}
}

func TestAClusterIsHarmedAndComesBack(t *testing.T) {
	s := start(t, system.Options{Gateways: 1, Bots: 1, Escalations: 1, Histories: 1, NATSNodes: 3, Streams: 2, Sync: "100ms"})
	ctx := t.Context()
	if got := s.Members(""); len(got) != 7 {
		t.Errorf("the members are %v", got)
	}
	memory := s.Memory()
	for _, name := range s.Members("") {
		if memory[name] < 1<<20 {
			t.Errorf("%s has %d bytes in memory", name, memory[name])
		}
	}

	t.Run("roles die and pause", func(t *testing.T) {
		for _, name := range []string{"botworker-1", "gateway-1", "historyworker-1"} {
			must(t, s.Pause(name), s.Kill(name), s.StartAgain(name))
		}
		must(t, s.Terminate("escalation-1"), s.StartAgain("escalation-1"))
		must(t, s.Pause("gateway-1"), s.Continue("gateway-1"), s.AwaitGateway(ctx, "gateway-1"))
		if got := s.Peaks()["botworker-1"]; got < 1<<20 {
			t.Errorf("botworker-1 had %d bytes at most", got)
		}
	})
	t.Run("the leader changes", func(t *testing.T) { leaderChanges(t, s) })
	t.Run("clients learn of no other way", func(t *testing.T) { noOtherWay(t, s) })
	t.Run("a cut off gateway", func(t *testing.T) { cutOff(t, s) })
	t.Run("a node without routes", func(t *testing.T) { withoutRoutes(t, s) })
	t.Run("the store", func(t *testing.T) { storeAway(t, s) })
	t.Run("all that it holds", func(t *testing.T) { dumped(t, s) })
}

func leaderChanges(t *testing.T, s *system.System) {
	var was string
	lead := func() bool { name, err := s.Leader(t.Context(), "CHAT_0"); was = name; return err == nil }
	eventually(t, "somebody leads", lead)
	must(t, s.Kill(was))
	eventually(t, "another node leads", func() bool {
		name, err := s.Leader(t.Context(), "CHAT_0")
		return err == nil && name != was
	})
	must(t, s.StartAgain(was), s.AwaitReady(t.Context()))
}

func noOtherWay(t *testing.T, s *system.System) {
	lines, err := s.Lines("gateway-1")
	must(t, err)
	for _, l := range lines {
		nc, err := nats.Connect("nats://" + l.Addr())
		must(t, err)
		must(t, nc.Flush())
		if all := nc.Servers(); len(all) != 1 {
			t.Errorf("a client was told of %v", all)
		}
		nc.Close()
	}
}

// cutOff checks that a gateway that can't reach NATS says so, and is ready again
// afterward.
func cutOff(t *testing.T, s *system.System) {
	lines, err := s.Lines("gateway-1")
	must(t, err)
	for _, l := range lines {
		l.Cut()
	}
	eventually(t, "the gateway knows that NATS is away", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		return s.AwaitReady(ctx) != nil
	})
	for _, l := range lines {
		l.Heal()
	}
	must(t, s.AwaitReady(t.Context()))
}

// withoutRoutes separates one node from the others: there is no other path, so it can't
// lead, and one of the others can.
func withoutRoutes(t *testing.T, s *system.System) {
	nodes := s.Members(system.NATS)
	var was string
	eventually(t, "somebody leads", func() bool {
		name, err := s.Leader(t.Context(), "CHAT_1")
		was = name
		return err == nil
	})
	for _, other := range nodes {
		if other == was {
			continue
		}
		lines, err := s.Routes(was, other)
		must(t, err)
		if lines[0].Open()+lines[1].Open() == 0 {
			t.Errorf("no route goes over the lines of %s and %s", was, other)
		}
		defer lines[0].Heal()
		defer lines[1].Heal()
		lines[0].Cut()
		lines[1].Cut()
	}
	rest := slices.DeleteFunc(slices.Clone(nodes), func(n string) bool { return n == was })
	eventually(t, "another node leads", func() bool {
		must(t, s.Pause(was)) // so that it is not asked
		defer func() { must(t, s.Continue(was)) }()
		name, err := s.Leader(t.Context(), "CHAT_1")
		return err == nil && slices.Contains(rest, name)
	})
}

func storeAway(t *testing.T, s *system.System) {
	place := dump.Place{File: s.StoreFile(), Mongo: s.MongoURL()}
	must(t, s.StoreAway(t.Context(), true), s.StoreAway(t.Context(), true))
	if _, err := dump.Store(t.Context(), place, t.TempDir()); err != nil {
		t.Errorf("a reader was locked out: %v", err)
	}
	must(t, s.StoreAway(t.Context(), false), s.StoreAway(t.Context(), false))
}

func dumped(t *testing.T, s *system.System) {
	dir := t.TempDir()
	place := dump.Place{File: s.StoreFile(), Mongo: s.MongoURL()}
	for want := range 2 {
		// A node that led before it was cut off still answers for a moment, with what
		// it held then.
		var inStore, inStreams int
		eventually(t, fmt.Sprintf("streams and store are known to hold %d", want), func() bool {
			var err error
			inStore, inStreams, err = dump.AwaitStore(t.Context(), s.NATSURL(), place, 2*time.Minute)
			must(t, err)
			return inStreams >= want && inStore >= want
		})
		n, err := dump.Stream(t.Context(), s.NATSURL(), dir, inStreams)
		must(t, err)
		m, err := dump.Store(t.Context(), place, dir)
		must(t, err)
		if n != want || m != want || inStore != want || inStreams != want {
			t.Fatalf("there are %d and %d events in the streams, %d and %d in the store; want %d", n, inStreams, m, inStore, want)
		}
		if want == 0 {
			publish(t, s)
		}
	}
	streamed, err := history.Read[history.Event](filepath.Join(dir, history.StreamFile))
	must(t, err)
	stored, err := history.Read[history.Event](filepath.Join(dir, history.StoreFile))
	must(t, err)
	e := streamed[0]
	if e != stored[0] || e.ID != "n1" || e.User != "ada" || e.Role != "agent" || e.Text != "a note" || e.Kind != "note" || e.At == "" || e.Seq == 0 {
		t.Errorf("the stream holds %+v, the store %+v", e, stored[0])
	}
	if n, err := dump.Dead(t.Context(), s.NATSURL()); n != 0 || err != nil {
		t.Errorf("there are %d dead letters (%v)", n, err)
	}
}

// publish stores a note in a chat, bypassing Parley. It waits until the stream has a
// leader again after the faults injected before, and stores the note only once.
func publish(t *testing.T, s *system.System) {
	nc, err := nats.Connect(s.NATSURL())
	must(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	must(t, err)
	eventually(t, "the stream takes a note", func() bool {
		_, err := js.Publish(t.Context(), "note.0.aaaaaaaaaaaaaaaa",
			[]byte(`{"kind":"note","id":"ada/n1","from":{"role":"agent","name":"Ada","user":"ada"},"text":"a note"}`), jetstream.WithMsgID("n1"))
		return err == nil
	})
}

// The MongoDB-compatible server dies and becomes unreachable; events from that time are
// stored in the end.
func TestMongoIsHarmedAndComesBack(t *testing.T) {
	s := start(t, system.Options{Gateways: 1, Histories: 1, Store: system.Mongo, Streams: 1})
	for range 2 { // first frozen, then cut
		must(t, s.StoreAway(t.Context(), true), s.StoreAway(t.Context(), false))
	}
	must(t, s.Kill(system.StoreServer), s.StartAgain(system.StoreServer))
	if name, err := s.Leader(t.Context(), "CHAT_0"); name != "nats-1" || err != nil {
		t.Errorf("%q leads (%v)", name, err)
	}
	dumped(t, s)
}
