package admission

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestASlotIsWaitedForAMomentOnly(t *testing.T) {
	s := newSemaphore(2, 20*time.Millisecond)
	for range 2 {
		if err := s.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.acquire(t.Context()); err == nil || frame.RefusalOf(err).Shed != shedBusy || frame.RefusalOf(err).Retry < time.Second {
		t.Errorf("a third one: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.acquire(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that has left: %v", err)
	}
	s.patience = time.Minute
	got := make(chan error, 1)
	go func() { got <- s.acquire(t.Context()) }()
	s.release()
	if err := <-got; err != nil {
		t.Errorf("a slot came free: %v", err)
	}
}

// After an outage everybody says hello at once, and nobody is better off for coming again.
func TestAHelloWaitsLongerForASlotThanAPage(t *testing.T) {
	a := New(Options{Conn: bustest.Conn(t), RatePerConnection: 1, RatePerAddress: 1})
	a.reads.patience = time.Millisecond
	var release func()
	for range maxReads {
		var err error
		if release, err = a.Read(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
	}
	entered := make(chan error, 1)
	go func() {
		_, err := a.Enter(t.Context(), "")
		entered <- err
	}()
	if _, err := a.Read(t.Context(), ""); err == nil || frame.RefusalOf(err).Shed != shedBusy {
		t.Errorf("a page: %v, want a refusal", err)
	}
	select {
	case err := <-entered:
		t.Fatalf("the hello did not wait: %v", err)
	default:
	}
	release()
	if err := <-entered; err != nil {
		t.Errorf("the hello was refused: %v", err)
	}
}

func TestThePenaltyOfARefusal(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{overloaded(shedBacklog, tooMuchToAnswer, time.Second), 0},
		{fmt.Errorf("hello: %w", overloaded(shedRoom, noRoom, time.Second)), 0},
		{TooFast(time.Second), 1},
		{errors.New("NATS is away"), 1},
		{frame.Refuse(codes.BadFrame, "No."), faultPenalty},
		{&bus.Refusal{Code: "name_taken", Message: "No."}, faultPenalty},
	} {
		if got := penaltyOf(frame.RefusalOf(c.err)); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestAShedClientReadsWhenToRetry(t *testing.T) {
	for range 100 {
		f := frame.RefusalOf(fmt.Errorf("store: %w (%w)", bus.ErrUnavailable, overloaded(shedBacklog, tooMuchToAnswer, spread(time.Second)))).Answer("m1", "")
		if f.Code != codes.Unavailable || f.Message != tooMuchToAnswer || f.RetryMS < 1000 || f.RetryMS >= 2000 {
			t.Fatalf("%+v", f)
		}
	}
}

// A region that hangs keeps what waits for it in slots of its own: at home nobody waits for
// one, and chats of a third region don't either.
func TestARegionThatHangsTakesNoSlotsFromOthers(t *testing.T) {
	home := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", Region: "eu"})
	regions := bus.NewRegions(home, "eu", bus.Options{Region: "ap"}, bus.Options{Region: "us"})
	a := New(Options{Conn: home, Regions: regions, RatePerConnection: 1, RatePerAddress: 1})
	full := chat.NewIDAt("ap")
	for range maxReads {
		if _, err := a.Enter(t.Context(), full); err != nil {
			t.Fatal(err)
		}
	}
	for range maxAppends {
		if err := a.of(full).appends.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []chat.ID{"", chat.NewID(), chat.NewIDAt("eu"), chat.NewIDAt("us"), chat.NewIDAt("zz")} {
		s := a.of(id)
		if len(s.reads.taken) > 0 || len(s.appends.taken) > 0 {
			t.Errorf("%q waits for the slots of a region that hangs", id)
		}
		release, err := a.Read(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	for range maxReads {
		a.of(full).reads.release()
	}
	if release, err := a.Read(t.Context(), full); err != nil {
		t.Error(err)
	} else {
		release()
	}
}
