package gateway

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

func TestASlotIsWaitedForAMomentOnly(t *testing.T) {
	s := newSlots(2, 20*time.Millisecond)
	first, err := s.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	var busy *busyError
	if _, err := s.take(t.Context()); !errors.As(err, &busy) || errorOf(err, "").RetryMS < 1000 {
		t.Errorf("a third one: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.take(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("who has left: %v", err)
	}
	s.patience = time.Minute
	got := make(chan error, 1)
	go func() { _, err := s.take(t.Context()); got <- err }()
	first()
	if err := <-got; err != nil {
		t.Errorf("a slot came free: %v", err)
	}
}

func TestWhatARefusalCounts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{&busyError{"backlog", muchToAnswer, time.Second}, 0},
		{fmt.Errorf("hello: %w", &busyError{"room", noRoom, time.Second}), 0},
		{&slowDown{time.Second}, 1},
		{errors.New("NATS is away"), 1},
		{refuse(codeBadFrame, "No."), faultStrikes},
		{&bus.Refusal{Code: "name_taken", Message: "No."}, faultStrikes},
	} {
		if got := strikesOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestWhoIsTurnedAwayIsToldWhenToComeAgain(t *testing.T) {
	for range 100 {
		f := errorOf(fmt.Errorf("store: %w (%w)", bus.ErrUnavailable, &busyError{"backlog", muchToAnswer, spread(time.Second)}), "m1")
		if f.Code != codeUnavailable || f.Message != muchToAnswer || f.RetryMS < 1000 || f.RetryMS >= 2000 {
			t.Fatalf("%+v", f)
		}
	}
}
