package historyworker

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

func purgedThrough(t testing.TB, conn *bus.Conn, id chat.ID) uint64 {
	t.Helper()
	seq, err := conn.PurgedThrough(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// After everything was purged from the streams every read answers as before, and
// a waiting chat goes on from its state.
func TestAPurgedChatReadsAndGoesOnAsBefore(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	var all, visible []uint64
	for i := range 100 {
		seq := say(t, conn, id, fmt.Sprint(i))
		all, visible = append(all, seq), append(visible, seq)
	}
	escalated := change(t, conn, id, chat.Escalated)
	n := note(t, conn, id, "n")
	all, visible = append(all, escalated, n), append(visible, escalated)
	stored(t, conn, id, n)
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != n {
		t.Fatalf("purged up to %d, want %d", gone, n)
	}

	check := func() {
		t.Helper()
		if got := walk(t, conn, id, 40, chat.RoleVisitor); !slices.Equal(got, visible) {
			t.Errorf("pages show %v, want %v", got, visible)
		}
		if got := walk(t, conn, id, 40, chat.RoleAgent); !slices.Equal(got, all) {
			t.Errorf("pages with notes show %v, want %v", got, all)
		}
		if f := call(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: "7"}); f.Seq != all[7] {
			t.Errorf("found at %d, want %d", f.Seq, all[7])
		}
	}
	check()
	if l := call(t, conn, bus.StoredState, bus.StateRequest{Chat: id}); l.Event == nil || l.Event.Seq != escalated || l.Event.State.Is() != chat.Waiting {
		t.Errorf("the last state is %+v", l.Event)
	}
	if s, err := conn.Last(t.Context(), id); err != nil || s.Out != 0 || s.State.Is() != chat.Waiting {
		t.Errorf("the state reads %+v, %v", s, err)
	}

	db.hold() // what comes now is in the stream only
	taken := change(t, conn, id, chat.Taken)
	after := say(t, conn, id, "after")
	all, visible = append(all, taken, after), append(visible, taken, after)
	check()
	if l := call(t, conn, bus.StoredState, bus.StateRequest{Chat: id}); l.Event == nil || l.Event.Seq != taken {
		t.Errorf("the last state is %+v, want that of %d", l.Event, taken)
	}
	if l := call(t, conn, bus.StoredState, bus.StateRequest{Chat: chat.NewID()}); l.Event != nil {
		t.Errorf("a chat that does not exist has the state %+v", l.Event)
	}
}

// A missed chat is missed for as long as nobody deals with it, also when all of it was purged:
// its state is read back, and goes on from there.
func TestAMissedChatStaysMissedWhenItIsPurged(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	asked := say(t, conn, id, "is anybody there?")
	apply := func(step chat.Step) chat.Event {
		t.Helper()
		e, err := conn.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			step.At = time.Now()
			next, err := s.State.Apply(step)
			return chat.Event{Kind: step.Kind, Reason: step.Reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	left := apply(chat.Step{Kind: chat.StateChange, Reason: chat.EmailLeft, Email: "ada@example.com", Left: asked, Source: "0123456789abcdef"})
	stored(t, conn, id, left.Seq)
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != left.Seq {
		t.Fatalf("purged up to %d, want %d", gone, left.Seq)
	}
	s, err := conn.Last(t.Context(), id)
	request, since := s.State.Missed()
	if _, was := left.State.Missed(); err != nil || s.Out != 0 || request != asked || !since.Equal(was) || s.State.Email() != "ada@example.com" {
		t.Errorf("the state reads %+v, %v", s, err)
	}
	if in := apply(chat.Step{Kind: chat.StateChange, Reason: chat.SteppedIn, By: chat.Agent{User: "grace", Name: "Grace"}}); !in.State.IsMissed() {
		t.Errorf("whoever steps in finds %+v", in.State)
	}
}

// What is written on a chat is there when all of it was purged, and goes on from there.
func TestACardIsThereWhenItIsPurged(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	say(t, conn, id, "hello")
	tag := func(word string) uint64 {
		t.Helper()
		done, err := conn.ChangeCard(t.Context(), id, func(now chat.Card) (chat.Event, error) {
			next, err := now.Apply(chat.CardEdit{Add: []string{word}})
			return chat.Event{Kind: chat.CardChange, ID: word, From: chat.Speaker{Role: chat.RoleAgent, User: "grace"}, Parts: &chat.Parts{Card: &next}}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return done.Seq
	}
	tag("refund")
	last := tag("VIP")
	stored(t, conn, id, last)
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != last {
		t.Fatalf("purged up to %d, want %d", gone, last)
	}
	if card, seq, err := conn.Card(t.Context(), id); err != nil || seq != 0 || !slices.Equal(card.Tags, []string{"refund", "VIP"}) {
		t.Errorf("the card reads %+v at %d, %v", card, seq, err)
	}
	db.hold() // what comes now is in the stream only
	more := tag("angry")
	if card, seq, err := conn.Card(t.Context(), id); err != nil || seq != more || !slices.Equal(card.Tags, []string{"refund", "VIP", "angry"}) {
		t.Errorf("the card reads %+v at %d, %v", card, seq, err)
	}
	if l := call(t, conn, bus.StoredCard, bus.StateRequest{Chat: id}); l.Event == nil || l.Event.Seq != more {
		t.Errorf("the last card is %+v, want that of %d", l.Event, more)
	}
	if card, _, err := conn.Card(t.Context(), chat.NewID()); err != nil || !card.Same(chat.Card{}) {
		t.Errorf("a chat without one has the card %+v, %v", card, err)
	}
}

// What is not in the store stays in the stream, however old it is.
func TestNothingIsPurgedThatIsNotStored(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	early := say(t, conn, id, "before any worker")
	if n, err := conn.PurgeStored(t.Context(), roles.Storing.Name, time.Nanosecond); n != 0 || err != nil {
		t.Fatalf("purged %d (%v) although nobody stores", n, err)
	}
	w, _ := run(t, conn, db, time.Nanosecond)
	stored(t, conn, id, early)
	db.hold()
	late := say(t, conn, id, "not stored")
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != early {
		t.Errorf("purged up to %d, want %d", gone, early)
	}
	if got := walk(t, conn, id, 10, chat.RoleVisitor); !slices.Equal(got, []uint64{early, late}) {
		t.Errorf("the page shows %v", got)
	}
}

func TestNothingYoungIsPurged(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Hour)
	stored(t, conn, id, say(t, conn, id, "young"))
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != 0 {
		t.Errorf("purged up to %d", gone)
	}
}

// A bot that lags still gets its messages: its floor counts too.
func TestWhatAnotherWorkerHasNotDoneIsNotPurged(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done atomic.Uint64
	go func() {
		_ = conn.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 1}, func(ctx context.Context, d bus.Delivery) error {
			if d.Event.ID == "slow" {
				<-ctx.Done()
				return ctx.Err()
			}
			done.Store(d.Event.Seq)
			return nil
		})
	}()
	quick := say(t, conn, id, "quick")
	bustest.Eventually(t, "the bot has done the first", func() bool {
		floor, err := conn.Acknowledged(ctx, id, "bot")
		return err == nil && floor >= quick
	})
	slow := say(t, conn, id, "slow")
	stored(t, conn, id, slow)
	w.purge(t.Context())
	if gone := purgedThrough(t, conn, id); gone != quick {
		t.Errorf("purged up to %d, want %d: the bot has not answered %d", gone, quick, slow)
	}
}

// A purge may come between a read's floor and its read of the stream. What is
// gone from the stream counts as stored then, or the read would lose it.
func TestAReadWhoseFloorIsOutOfDateLosesNothing(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Nanosecond)
	floor := say(t, conn, id, "before the floor")
	purged := say(t, conn, id, "stored and purged meanwhile")
	stored(t, conn, id, purged)
	w.purge(t.Context())
	db.hold()
	quiet, err := w.recentOf(t.Context(), id, floor, chat.RoleAgent)
	if err != nil || quiet.through < purged {
		t.Errorf("complete up to %d (%v), want %d at least", quiet.through, err, purged)
	}
	after := say(t, conn, id, "after")
	r, err := w.recentOf(t.Context(), id, floor, chat.RoleVisitor)
	if err != nil || r.through != after || !slices.Equal(seqs(r.events), []uint64{after}) {
		t.Errorf("the stream's part is %+v (%v)", r, err)
	}
}
