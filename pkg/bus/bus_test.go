package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func visitorSays(id chat.ID, clientID, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Message, ID: clientID, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}
}

func escalate(s bus.Snapshot) (chat.Event, error) {
	next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Escalated, At: time.Now()})
	return chat.Event{Kind: chat.StateChange, Reason: chat.Escalated, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
}

func TestAMessageIDIsStoredOnce(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	first, err := c.AppendIn(t.Context(), visitorSays(id, "m1", "hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.AppendIn(t.Context(), visitorSays(id, "m1", "hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Duplicate || again.Seq != first.Seq {
		t.Errorf("sent again: %+v, want a duplicate of %d", again, first.Seq)
	}
	other, err := c.AppendIn(t.Context(), visitorSays(chat.NewID(), "m1", "hello"), nil)
	if err != nil || other.Duplicate {
		t.Errorf("the same id in another chat: %+v, %v, want it stored", other, err)
	}
}

func TestOnlyOneOfManyWritersWhoSawTheSameAppends(t *testing.T) {
	server, id := bustest.Start(t), chat.NewID()
	var stored, refused atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		c := server.Connect(fmt.Sprint("writer ", i))
		wg.Go(func() {
			_, err := c.GuardedAppend(t.Context(), id, 0, nil, escalate)
			switch {
			case err == nil:
				stored.Add(1)
			case errors.Is(err, chat.ErrUnchanged):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if stored.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d stored and %d refused, want 1 and 7", stored.Load(), refused.Load())
	}
}

func TestARefusalThatRestsOnAHintIsNotBelieved(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	stale := &bus.Snapshot{Out: 7, State: chat.State{Status: chat.Waiting}}
	if _, err := c.GuardedAppend(t.Context(), id, 0, stale, escalate); err != nil {
		t.Errorf("a stale hint said that it waits already, and that was believed: %v", err)
	}
}

func TestTheTailHoldsWhatWasAcknowledged(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	var want []uint64
	for i := range 600 { // more than one batch
		s, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), "x"), nil)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.Seq)
	}
	note, err := c.Append(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: "n", From: chat.Speaker{Role: chat.RoleAgent}, Text: "for us"})
	if err != nil {
		t.Fatal(err)
	}
	tail, err := c.TailOf(t.Context(), id, want[9], chat.RoleVisitor)
	if err != nil || !tail.Whole || len(tail.Events) != 590 {
		t.Fatalf("%d events, whole %v, %v; want 590", len(tail.Events), tail.Whole, err)
	}
	for i, e := range tail.Events {
		if e.Seq != want[10+i] {
			t.Fatalf("event %d has sequence %d, want %d", i, e.Seq, want[10+i])
		}
	}
	withNotes, err := c.TailOf(t.Context(), id, want[599], chat.RoleAgent)
	if err != nil || len(withNotes.Events) != 1 || withNotes.Events[0].Seq != note.Seq {
		t.Errorf("with notes: %+v, %v", withNotes, err)
	}
}

func TestADeliveryComesAgainUntilItIsHandled(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	ctx, cancel := context.WithCancel(t.Context())
	var tries atomic.Int32
	done := make(chan error, 1)
	go func() {
		done <- c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(context.Context, bus.Delivery) error {
			switch tries.Add(1) {
			case 1:
				return errors.New("not now")
			case 2:
				panic("not now either")
			}
			return nil
		})
	}()
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "m", "hello"), nil); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the third try", func() bool { return tries.Load() == 3 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type listener struct {
	mu   sync.Mutex
	seqs []uint64
	prev []uint64
}

func (l *listener) Live(e chat.Event, before uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seqs, l.prev = append(l.seqs, e.Seq), append(l.prev, before)
}
func (l *listener) Signal(chat.ID, bus.Signal) {}
func (l *listener) Lost(chat.ID)               {}
func (l *listener) heard() int                 { l.mu.Lock(); defer l.mu.Unlock(); return len(l.seqs) }

func TestTheFeedHearsWhatIsStoredAndNoNotes(t *testing.T) {
	c, id, l := bustest.Conn(t), chat.NewID(), &listener{}
	f := c.NewFeed(l)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	if err := errors.Join(f.Follow(id), f.Followed(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, chat.Event{Chat: id, Kind: chat.Note, ID: "n", Text: "for us"}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := c.AppendIn(ctx, visitorSays(id, fmt.Sprint(i), "x"), nil); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "three events", func() bool { return l.heard() == 3 })
	if l.prev[0] != 0 || l.prev[1] != l.seqs[0] || l.prev[2] != l.seqs[1] {
		t.Errorf("sequences %v came with %v before them", l.seqs, l.prev)
	}
	cancel()
	<-done
}

func TestATimerComesDue(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan bus.Timer, 1)
	done := make(chan error, 1)
	go func() {
		done <- c.ConsumeTimers(ctx, bus.Consumer{Name: "escalation"}, func(_ context.Context, tm bus.Timer) error { got <- tm; return nil })
	}()
	if err := c.SetTimer(ctx, bus.Timer{Chat: id, Kind: "wait", Seq: 5, At: time.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	select {
	case tm := <-got:
		if tm.Chat != id || tm.Kind != "wait" || tm.Seq != 5 {
			t.Errorf("got %+v", tm)
		}
	case <-time.After(bustest.Patience):
		t.Error("it does not come due")
	}
	cancel()
	<-done
}

func TestASourceTravelsBesideTheEvent(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	e := visitorSays(id, "m1", "hello")
	e.Source = "0123456789abcdef"
	if _, err := c.AppendIn(t.Context(), e, nil); err != nil {
		t.Fatal(err)
	}
	heard := make(chan chat.Event, 1)
	consume(t, c, bus.Consumer{Workers: 1}, func(_ context.Context, d bus.Delivery) error {
		heard <- d.Event
		return nil
	})
	if got := <-heard; got.Source != e.Source {
		t.Errorf("the worker was given the source %q", got.Source)
	}
	// Requests are decided on what is read, whoever's delivery led to it.
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil || len(tail.Events) != 1 || tail.Events[0].Source != e.Source {
		t.Errorf("read: %+v, %v", tail.Events, err)
	}
	if last, err := c.LeaderInput(t.Context(), id); err != nil || last.Source != e.Source {
		t.Errorf("read from the leader: %+v, %v", last, err)
	}
	if b, err := e.Encode(); err != nil || strings.Contains(string(b), e.Source) {
		t.Errorf("the source is part of the event: %s, %v", b, err)
	}
}
