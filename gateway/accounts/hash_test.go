package accounts

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestAFloodOfSignInsIsRefusedNotQueued(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	var leave []func()
	for range cap(a.hasher.running) { // all slots are taken
		l, err := a.hasher.turn(t.Context(), a.hasher.strangers)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range waitingHashes {
		wg.Go(func() {
			if _, err := a.SignIn(ctx, "grace", password); !errors.Is(err, bus.ErrUnavailable) {
				t.Errorf("a sign-in that gave up waiting: %v", err)
			}
		})
	}
	bustest.Eventually(t, "all wait", func() bool { return len(a.hasher.strangers) == cap(a.hasher.strangers) })
	_, err := a.SignIn(t.Context(), "nobody", password)
	wantCode(t, "one more", err, codes.RateLimited)
	// A browser that signed in before has a line of its own: it waits for a slot only.
	done := make(chan error, 1)
	go func() { _, err := a.SignInKnown(t.Context(), "grace", password); done <- err }()
	bustest.Eventually(t, "the known browser waits", func() bool { return len(a.hasher.known) == 1 })
	cancel()
	wg.Wait()
	for _, l := range leave {
		l()
	}
	if err := <-done; err != nil {
		t.Errorf("the known browser: %v", err)
	}
	signIn(t, a, "grace", password)
	if len(a.hasher.strangers) != 0 || len(a.hasher.known) != 0 || len(a.hasher.running) != 0 {
		t.Error("a slot was not given back")
	}
}

func TestADamagedHashIsNoPasswordAndCostsNoMemory(t *testing.T) {
	h := newHasher(usualCost)
	for _, s := range []string{"", "x", "$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=18$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$$"} {
		if ok, err := h.matches(t.Context(), "", s); ok || !errors.Is(err, errHash) {
			t.Errorf("%q: %v, %v", s, ok, err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	h := newHasher(usualCost)
	for b.Loop() {
		if _, err := h.hash(b.Context(), password); err != nil {
			b.Fatal(err)
		}
	}
}
