package escalation_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

var (
	grace = chat.Agent{User: "grace", Name: "Grace"}
	linus = chat.Agent{User: "linus", Name: "Linus"}
)

// stage is a real NATS server with everybody on it except the workers.
type stage struct {
	*testing.T
	server *bustest.Server
	conn   *bus.Conn
	ids    atomic.Int64
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := bustest.Start(t)
	return &stage{T: t, server: s, conn: s.Connect("stage")}
}

// patient returns limits that no test reaches.
func patient() escalation.Options {
	return escalation.Options{
		WaitLimit: time.Hour, AnswerLimit: time.Hour, IdleLimit: 24 * time.Hour, AwayGrace: time.Hour, Capacity: 1000, MaxWaiting: 10_000, WaitingPerAddress: 10_000,
	}
}

// replica is a running worker, like one in a process of its own.
type replica struct {
	conn   *bus.Conn
	cancel context.CancelFunc
	done   chan struct{}
	// crashed is set before the replica is cut off.
	crashed atomic.Bool
}

// stop ends the replica as SIGTERM does, and waits.
func (r *replica) stop() {
	r.cancel()
	<-r.done
}

// crash cuts the replica off at once: it can't hand back the deliveries that it holds.
func (r *replica) crash() {
	r.crashed.Store(true)
	r.conn.Close()
	r.stop()
}

// work starts a replica, which ends with the test at the latest.
func (s *stage) work(name string, opts escalation.Options) *replica {
	s.Helper()
	return s.workOn(name, s.server.Connect(name), opts)
}

// workOn is work with the given connection.
func (s *stage) workOn(name string, conn *bus.Conn, opts escalation.Options) *replica {
	s.Helper()
	opts.Log = zerolog.New(zerolog.NewTestWriter(s.T)).Level(zerolog.ErrorLevel)
	r := &replica{conn: conn, done: make(chan struct{})}
	w, err := escalation.New(opts, r.conn)
	if err != nil {
		s.Fatal(err)
	}
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(context.Background())
	go func() {
		defer close(r.done)
		// A replica that is cut off while it starts returns an error.
		if err := w.Run(ctx); err != nil && !r.crashed.Load() {
			s.Errorf("worker %s: %v", name, err)
		}
	}()
	s.Cleanup(r.stop)
	return r
}

// in appends what a visitor does.
func (s *stage) in(e chat.Event) uint64 {
	s.Helper()
	if e.From.Role == "" {
		e.From = chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}
	}
	if e.ID == "" {
		e.ID = fmt.Sprint("c", s.ids.Add(1))
	}
	stored, err := s.conn.AppendIn(s.Context(), e, nil)
	if err != nil {
		s.Fatal(err)
	}
	return stored.Seq
}

func (s *stage) message(id chat.ID, text string) uint64 {
	s.Helper()
	return s.in(chat.Event{Chat: id, Kind: chat.Message, Text: text})
}

func (s *stage) ask(id chat.ID, what chat.RequestKind) uint64 {
	s.Helper()
	return s.in(chat.Event{Chat: id, Kind: chat.Request, Request: what})
}

// reply speaks as the bot, through everything so far.
func (s *stage) reply(id chat.ID, handover bool) chat.Event {
	s.Helper()
	e, err := s.conn.GuardedAppend(s.Context(), id, 0, nil, func(snap bus.Snapshot) (chat.Event, error) {
		last, err := s.conn.LastInput(s.Context(), id)
		if err != nil {
			return chat.Event{}, err
		}
		next, err := snap.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: last, At: time.Now(), Handover: handover})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Text: "…", State: &next}, err
	})
	if err != nil {
		s.Fatal(err)
	}
	return e
}

// opened sets the timer that the bot sets before it answers the message that begins a chat
// or opens it again.
func (s *stage) opened(id chat.ID, seq uint64, limit time.Duration) {
	s.Helper()
	if err := s.conn.SetTimer(s.Context(), bus.Timer{Chat: id, Kind: roles.IdleTimer, Seq: seq, At: time.Now().Add(limit)}); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) last(id chat.ID) bus.Snapshot {
	s.Helper()
	snap, err := s.conn.Last(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return snap
}

// becomes waits until the chat has the status and returns it then.
func (s *stage) becomes(id chat.ID, status chat.Status) (snap bus.Snapshot) {
	s.Helper()
	bustest.Eventually(s, fmt.Sprintf("chat %s is %s", id, status), func() bool {
		snap = s.last(id)
		return snap.State.Is() == status
	})
	return snap
}

// changes returns the chat's changes so far.
func (s *stage) changes(id chat.ID) (list []chat.Event) {
	s.Helper()
	tail, err := s.conn.TailOf(s.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range tail.Events {
		if e.Kind == chat.StateChange {
			list = append(list, e)
		}
	}
	return list
}

func (s *stage) reasons(id chat.ID) (list []chat.Reason) {
	s.Helper()
	for _, e := range s.changes(id) {
		list = append(list, e.Reason)
	}
	return list
}

// entry returns the desk's entry of the chat as it is now, which may be older than what the
// test did last; nil if there is none. Only conditions that are waited for read it.
func (s *stage) entry(id chat.ID) *desk.Entry {
	s.Helper()
	bucket, err := bus.OpenBucket[desk.Entry](s.Context(), s.conn, bus.DeskBucket)
	if err != nil {
		s.Fatal(err)
	}
	e, _, err := bucket.Get(s.Context(), string(id))
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		s.Fatal(err)
	}
	return &e
}

// listed waits until the desk lists the chat with that status and as so says. The desk follows
// the chats: what it lists with that status may be older than what the test did last, so
// nothing is returned that could be asserted at once.
func (s *stage) listed(id chat.ID, status chat.Status, so ...func(e *desk.Entry) bool) {
	s.Helper()
	var e *desk.Entry
	defer func() {
		if s.Failed() {
			s.Logf("the desk lists chat %s as %+v", id, e)
		}
	}()
	bustest.Eventually(s, fmt.Sprintf("the desk lists chat %s as %s", id, status), func() bool {
		e = s.entry(id)
		if e == nil || e.Status != status {
			return false
		}
		for _, is := range so {
			if !is(e) {
				return false
			}
		}
		return true
	})
}

// unlisted waits until the desk does not list the chat.
func (s *stage) unlisted(id chat.ID) {
	s.Helper()
	bustest.Eventually(s, fmt.Sprintf("the desk does not list chat %s", id), func() bool { return s.entry(id) == nil })
}

type endpoint = bus.Endpoint[roles.DeskRequest, roles.DeskReply]

// call makes a call until a replica answers it.
func (s *stage) call(ep endpoint, req roles.DeskRequest) (uint64, error) {
	s.Helper()
	if req.ID == "" {
		req.ID = fmt.Sprint("k", s.ids.Add(1))
	}
	var reply roles.DeskReply
	var err error
	bustest.Eventually(s, ep.Name+" is answered", func() bool {
		reply, err = bus.Call(s.Context(), s.conn, ep, req)
		return !errors.Is(err, bus.ErrUnavailable)
	})
	return reply.Seq, err
}

// must is call for a call that must succeed.
func (s *stage) must(ep endpoint, id chat.ID, agent chat.Agent, text string) uint64 {
	s.Helper()
	seq, err := s.call(ep, roles.DeskRequest{Chat: id, Agent: agent, Text: text})
	if err != nil {
		s.Fatalf("%s by %s: %v", ep.Name, agent.User, err)
	}
	return seq
}

// refuses checks that a call is refused with that code.
func (s *stage) refuses(code string, ep endpoint, req roles.DeskRequest) *bus.Refusal {
	s.Helper()
	_, err := s.call(ep, req)
	var no *bus.Refusal
	if !errors.As(err, &no) || no.Code != code {
		s.Errorf("%s: %v, want a refusal %q", ep.Name, err, code)
		return &bus.Refusal{}
	}
	return no
}

// online says that an agent has the console open now.
func (s *stage) online(a chat.Agent) {
	s.Helper()
	presence, err := bus.OpenBucket[desk.Presence](s.Context(), s.conn, bus.PresenceBucket)
	if err != nil {
		s.Fatal(err)
	}
	if err := presence.Put(s.Context(), a.User, desk.Presence{User: a.User, Name: a.Name, At: time.Now().UTC()}); err != nil {
		s.Fatal(err)
	}
}

// signsOff says that an agent has closed the console.
func (s *stage) signsOff(a chat.Agent) {
	s.Helper()
	presence, err := bus.OpenBucket[desk.Presence](s.Context(), s.conn, bus.PresenceBucket)
	if err != nil {
		s.Fatal(err)
	}
	if err := presence.Delete(s.Context(), a.User); err != nil {
		s.Fatal(err)
	}
}
