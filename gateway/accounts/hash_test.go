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
		l, err := a.hasher.turn(t.Context())
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
	bustest.Eventually(t, "all wait", func() bool { return len(a.hasher.waiting) == cap(a.hasher.waiting) })
	_, err := a.SignIn(t.Context(), "nobody", password)
	wantCode(t, "one more", err, codes.RateLimited)
	cancel()
	wg.Wait()
	for _, l := range leave {
		l()
	}
	signIn(t, a, "grace", password)
	if len(a.hasher.waiting) != 0 || len(a.hasher.running) != 0 {
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
