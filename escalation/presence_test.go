package escalation_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// staysOnline keeps the agent online until leave is called.
func (s *stage) staysOnline(a chat.Agent) (leave func()) {
	s.Helper()
	s.online(a)
	presence, err := bus.OpenBucket[desk.Presence](s.Context(), s.conn, bus.PresenceBucket)
	if err != nil {
		s.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				// Fails while NATS is down, as a gateway's would.
				_ = presence.Put(ctx, a.User, desk.Presence{User: a.User, Name: a.Name, At: time.Now().UTC()})
			}
		}
	}()
	leave = func() { cancel(); <-done }
	s.Cleanup(leave)
	return leave
}

func TestAnAgentWhoIsGoneLosesTheChatAndOneWhoIsOnlineKeepsIt(t *testing.T) {
	t.Parallel()
	s, gone, kept := newStage(t), chat.NewID(), chat.NewID()
	opts := patient()
	opts.AwayGrace = 6 * time.Second // who stays says so every 200 ms, and may be held up
	s.work("one", opts)
	s.work("two", opts)
	leave := s.staysOnline(grace)
	s.staysOnline(linus)
	for id, a := range map[chat.ID]chat.Agent{gone: grace, kept: linus} {
		s.ask(id, chat.Escalate)
		s.becomes(id, chat.Waiting)
		s.must(roles.DeskTake, id, a, "")
		s.listed(id, chat.Live)
	}
	left := time.Now()
	leave()
	s.becomes(gone, chat.Waiting)
	if after := time.Since(left); after < opts.AwayGrace-300*time.Millisecond {
		t.Errorf("taken from the agent %s after the last sign of life, want %s", after, opts.AwayGrace)
	}
	changes := s.changes(gone)
	if last := changes[len(changes)-1]; last.Reason != chat.AgentGone || last.Text != "Grace lost the connection. You're back in line." {
		t.Errorf("told %+v", last)
	}
	s.listed(gone, chat.Waiting)
	if got := s.last(kept).State; got.Is() != chat.Live || *got.Agent != linus {
		t.Errorf("the chat of the agent who stayed: %+v", got)
	}
	if got := s.reasons(gone); !slices.Equal(got, []chat.Reason{chat.Escalated, chat.Taken, chat.AgentGone}) {
		t.Errorf("two replicas saw the agent go, and the chat went %v", got)
	}
}

func TestAfterAStartAgentsHaveTheGracePeriodToComeBack(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	first := s.work("first", patient())
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	s.listed(id, chat.Live)
	first.stop()
	opts := patient()
	opts.AwayGrace = 3 * time.Second
	began := time.Now()
	s.work("second", opts) // knows of nobody's presence
	s.becomes(id, chat.Waiting)
	if after := time.Since(began); after < opts.AwayGrace {
		t.Errorf("put back into the queue %s after the start, want at least %s", after, opts.AwayGrace)
	}
}

func assigning() (opts escalation.Options) {
	opts = patient()
	opts.AutoAssign, opts.Capacity = true, 2
	return opts
}

func TestTheBacklogDrainsAsSoonAsSomebodyIsFree(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", assigning())
	s.work("two", assigning())
	ids := make([]chat.ID, 4)
	for i := range ids {
		ids[i] = chat.NewID()
		s.ask(ids[i], chat.Escalate)
		s.becomes(ids[i], chat.Waiting)
		s.listed(ids[i], chat.Waiting)
	}
	s.online(grace) // comes online: gets as many as the capacity allows, first come, first served
	for _, id := range ids[:2] {
		if got := s.becomes(id, chat.Live).State; *got.Agent != grace {
			t.Errorf("%+v", got)
		}
		s.listed(id, chat.Live)
	}
	for _, id := range ids[2:] {
		if got := s.last(id).State; got.Is() != chat.Waiting {
			t.Errorf("above the capacity: %+v", got)
		}
	}
	s.must(roles.DeskClose, ids[0], grace, "") // has room again
	if got := s.becomes(ids[2], chat.Live).State; *got.Agent != grace {
		t.Errorf("%+v", got)
	}
	s.online(linus) // another one comes
	if got := s.becomes(ids[3], chat.Live).State; *got.Agent != linus {
		t.Errorf("%+v", got)
	}
	changes := s.changes(ids[3])
	if last := changes[len(changes)-1]; last.Reason != chat.Assigned || last.Text != "Linus joined the chat." || last.From.Role != chat.RoleSystem {
		t.Errorf("told %+v", last)
	}
}

func TestAnAgentWhoPassesAChatOnIsNotAssignedItAgain(t *testing.T) {
	t.Parallel()
	s, id, other := newStage(t), chat.NewID(), chat.NewID()
	s.work("one", assigning())
	s.online(grace)
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Live)
	s.must(roles.DeskTransfer, id, grace, "")
	s.listed(id, chat.Waiting)
	s.ask(other, chat.Escalate) // comes later, and Grace gets it
	if got := s.becomes(other, chat.Live).State; *got.Agent != grace {
		t.Errorf("%+v", got)
	}
	if got := s.last(id).State; got.Is() != chat.Waiting {
		t.Errorf("passed on, and given back: %+v", got)
	}
	s.online(linus)
	if got := s.becomes(id, chat.Live).State; *got.Agent != linus {
		t.Errorf("%+v", got)
	}
}

func TestWithoutAutoAssignmentAgentsTakeChats(t *testing.T) {
	t.Parallel()
	s, first, second := newStage(t), chat.NewID(), chat.NewID()
	s.work("one", patient())
	s.online(grace)
	s.ask(first, chat.Escalate)
	s.listed(first, chat.Waiting)
	s.ask(second, chat.Escalate)
	s.listed(second, chat.Waiting)
	s.must(roles.DeskTake, first, grace, "")
	s.listed(first, chat.Live)
	if got := s.last(second).State; got.Is() != chat.Waiting {
		t.Errorf("%+v", got)
	}
}

// As after the desk was restored from a backup.
func TestAWrongEntryIsCorrected(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.AwayGrace = time.Second // sweeps come often; nobody has a chat
	s.work("one", opts)
	s.message(id, "hello")
	bucket, err := bus.OpenBucket[desk.Entry](t.Context(), s.conn, bus.DeskBucket)
	if err != nil {
		t.Fatal(err)
	}
	if err := bucket.Put(t.Context(), string(id), desk.Entry{Chat: id, Status: chat.Waiting}); err != nil {
		t.Fatal(err)
	}
	s.unlisted(id)
}
