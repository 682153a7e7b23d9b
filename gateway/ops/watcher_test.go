package ops_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/spent"
)

// role is a replica of a role that runs until stop is called, at the latest to
// the test's end.
func role(t *testing.T, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// stage is a server with all roles but the bot.
type stage struct {
	server *bustest.Server
	conn   *bus.Conn
	clock  *clock
	w      *ops.Watcher
}

type clock struct {
	mu sync.Mutex // guards skipped
	// skipped is how far it is ahead of the machine's.
	skipped time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skipped)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skipped += d
}

func begin(t *testing.T, opts ops.Options) *stage {
	t.Helper()
	s := &stage{server: bustest.Start(t), clock: &clock{}}
	s.conn = s.server.Connect("gateway")
	if err := s.conn.MakeAll(t.Context(), roles.Durables()); err != nil {
		t.Fatal(err)
	}
	opts.Now, opts.Log = s.clock.now, zerolog.Nop()
	if opts.Desk == nil {
		opts.Desk = func() ops.Desk { return ops.Desk{Agents: []string{"Grace"}} }
	}
	role(t, func(ctx context.Context) error { return s.conn.Serve(ctx, roles.Gateway.Service, "1.0.0") })
	line, history := s.server.Connect("escalation"), s.server.Connect("historyworker")
	nothing := func(context.Context, bus.Delivery) error { return nil }
	role(t, func(ctx context.Context) error {
		return line.Serve(ctx, roles.Escalation.Service, "1.0.0", line.Replay("escalation", nothing))
	})
	role(t, func(ctx context.Context) error {
		return history.Serve(ctx, roles.Historyworker.Service, "1.0.0", bus.Handle(roles.HistoryChats, func(context.Context, roles.ChatsRequest) (roles.ChatsReply, error) {
			return roles.ChatsReply{}, nil
		}))
	})
	// What waits for them would be said, the longer a test looks the sooner.
	role(t, func(ctx context.Context) error {
		return line.Consume(ctx, bus.Consumer{Name: "escalation", Filter: bus.AllRequests}, nothing)
	})
	role(t, func(ctx context.Context) error {
		return history.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(context.Context, []chat.Event) error { return nil })
	})
	s.w = ops.New(opts, s.conn)
	return s
}

// look is a fresh one.
func (s *stage) look(t *testing.T) ops.Snapshot {
	t.Helper()
	s.clock.pass(time.Second)
	snap, err := s.w.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func (s *stage) says(t *testing.T, sentence string) {
	t.Helper()
	last := ""
	bustest.Eventually(t, "it says "+sentence, func() bool {
		if v := s.look(t).Verdict; v.Sentence != last {
			last = v.Sentence
			t.Log(last)
		}
		return strings.HasPrefix(last, sentence)
	})
}

func TestAMissingBotIsSaidAndItsReturn(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{})
	s.says(t, "No bot worker is running: visitors get no answer.")
	bot := s.server.Connect("botworker")
	consume := func(ctx context.Context) error {
		return bot.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages}, func(context.Context, bus.Delivery) error { return nil })
	}
	serve := func(ctx context.Context) error {
		return bot.Serve(ctx, roles.Botworker.Service, "1.0.0", bot.Replay("bot", func(context.Context, bus.Delivery) error { return nil }))
	}
	endConsuming, endServing := role(t, consume), role(t, serve)
	s.says(t, "All is well.")
	endConsuming()
	endServing()
	for range 3 {
		e := chat.Event{Chat: chat.NewID(), Kind: chat.Message, ID: "x", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "hello"}
		if _, err := s.conn.AppendIn(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.says(t, "No bot worker is running: 3 messages wait, the oldest for")
	if snap := s.look(t); snap.Flow == nil || snap.Flow.Events != 3 || snap.Flow.Seen["bot"] != 3 || snap.Verdict.Since.IsZero() {
		t.Errorf("%+v, %+v", snap.Flow, snap.Verdict)
	}
	role(t, consume)
	role(t, serve)
	s.says(t, "All is well.")
}

func TestAReplicaThatVanishesIsSaidAndOneThatStopsIsNot(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{})
	role(t, s.w.Run)
	nothing := func(context.Context, bus.Delivery) error { return nil }
	bot := func() (conn *bus.Conn, stop func()) {
		conn = s.server.Connect("botworker")
		return conn, role(t, func(ctx context.Context) error {
			return conn.Serve(ctx, roles.Botworker.Service, "1.0.0", conn.Replay("bot", nothing))
		})
	}
	running := func(n int) {
		bustest.Eventually(t, "so many bot workers to run", func() bool { return len(s.look(t).Role("botworker").Replicas) == n })
	}
	bot()
	vanishing, _ := bot()
	_, stop := bot()
	running(3)
	stop()
	bustest.Eventually(t, "the one that stopped to be forgotten at once", func() bool {
		snap, err := s.w.Look(t.Context())
		return err == nil && len(snap.Role("botworker").Replicas) == 2
	})
	for range 6 { // longer than a silent replica is waited for
		if r := s.look(t).Role("botworker"); r.Lost != nil {
			t.Fatalf("it said goodbye, and is lost: %+v", r.Lost)
		}
	}
	vanishing.Close()
	s.says(t, "One of two bot workers was lost ")
	bot()
	s.says(t, "All is well.")
}

func TestWhatIsWrongHereIsSaid(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{Room: func() error { return errors.New("the disk is full") }})
	s.says(t, "Nothing new is taken from visitors: the disk is full.")
	s.server.Stop()
	s.says(t, "This gateway can't reach NATS")
	if snap := s.look(t); len(snap.Missing) == 0 || snap.Flow != nil || snap.Streams == nil || snap.Nodes == nil {
		t.Errorf("without NATS: %+v", snap)
	}
}

func TestHiddenAddressesAreSaid(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{Hidden: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("10.0.0.7")} }})
	var said []string
	for _, p := range s.look(t).Verdict.Problems {
		said = append(said, p.Key)
	}
	if !slices.Contains(said, "hidden") {
		t.Errorf("problems %v, want that addresses are hidden", said)
	}
}

func TestManyWhoAskCostOneLook(t *testing.T) {
	t.Parallel()
	looks := make(chan struct{}, 100)
	s := begin(t, ops.Options{Desk: func() ops.Desk { looks <- struct{}{}; return ops.Desk{} }})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.w.Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// A look takes less than the second that it is good for, but on a machine that
	// is very busy.
	if n := len(looks); n > 10 {
		t.Errorf("20 who asked at once cost %d looks", n)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.w.Look(gone); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if snap, err := s.w.Look(t.Context()); err != nil || !snap.Server.Connected {
		t.Errorf("who went away spoiled the look of others: %v, %+v", err, snap.Server)
	}
}

func TestAWatcherEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{})
	role(t, s.w.Run)()
}

func TestWhatIsWrongWithTheModelIsShown(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{})
	bot := s.server.Connect("botworker")
	var trouble atomic.Value
	trouble.Store("The language model does not answer. LLM_URL=http://llm has no chat endpoint.")
	role(t, func(ctx context.Context) error {
		return bot.ServeSaying(ctx, roles.Botworker.Service, "1.0.0", bus.Says{Concurrency: 8, Trouble: func() string { return trouble.Load().(string) }},
			bot.Replay("bot", func(context.Context, bus.Delivery) error { return nil }))
	})
	s.says(t, "The language model does not answer. LLM_URL=http://llm has no chat endpoint.")
	trouble.Store("")
	bustest.Eventually(t, "the trouble to be over", func() bool {
		replicas := s.look(t).Role("botworker").Replicas
		return len(replicas) == 1 && replicas[0].Trouble == ""
	})
}

func TestWhatTheModelCostIsShownIfThereIsOne(t *testing.T) {
	t.Parallel()
	s := begin(t, ops.Options{})
	bot := s.server.Connect("botworker")
	serve := func(says bus.Says) (stop func()) {
		return role(t, func(ctx context.Context) error {
			return bot.ServeSaying(ctx, roles.Botworker.Service, "1.0.0", says, bot.Replay("bot", func(context.Context, bus.Delivery) error { return nil }))
		})
	}
	day, here := spent.Today(s.clock.now()), bus.Spender{Scope: spent.Address, Of: "0123456789abcdef"}
	if _, err := bot.Spend(t.Context(), day, []bus.Spender{here, {Scope: spent.Day}}, spent.Amount{Calls: 10, Tokens: 700}); err != nil {
		t.Fatal(err)
	}
	if err := bot.MarkSpender(t.Context(), day, here); err != nil {
		t.Fatal(err)
	}
	quoting := serve(bus.Says{Concurrency: 8})
	bustest.Eventually(t, "the bot to be seen", func() bool { return len(s.look(t).Role("botworker").Replicas) == 1 })
	if snap := s.look(t); snap.Spent != nil {
		t.Errorf("a bot without a model spends %+v", snap.Spent)
	}
	quoting()
	serve(bus.Says{Concurrency: 8, Ceilings: &spent.Ceilings{Address: spent.Amount{Calls: 10}, Day: spent.Amount{Calls: 100}}})
	s.says(t, "The address 01234567 has reached its ceiling of the language model for today (10 of 10 calls)")
	snap := s.look(t)
	if snap.Spent == nil || snap.Spent.All != (spent.Amount{Calls: 10, Tokens: 700}) || snap.Spent.Ceilings.Day.Calls != 100 || len(snap.Spent.Most) != 1 || snap.Spent.Most[0].Of != here.Of {
		t.Errorf("%+v", snap.Spent)
	}
}
