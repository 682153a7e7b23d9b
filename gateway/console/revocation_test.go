package console

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// clock is a time that a test sets while consoles are open.
type clock struct {
	mu sync.Mutex // guards at
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// signedIn returns accounts, and ann, who signed in just now. now is the clock, or nil.
func signedIn(t *testing.T, bc *bus.Conn, now func() time.Time) (*accounts.Accounts, accounts.Agent) {
	t.Helper()
	all, err := accounts.Open(t.Context(), bc, accounts.Options{Now: now, Cost: accounts.Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	const password = "correct horse battery"
	if err := all.Create(t.Context(), accounts.New{User: "ann", Name: "Ann", Role: accounts.Answer, Password: password}); err != nil {
		t.Fatal(err)
	}
	who, err := all.SignIn(t.Context(), "ann", password)
	if err != nil {
		t.Fatal(err)
	}
	return all, who
}

// closedWith returns the code that a console's connection is closed with.
func closedWith(t *testing.T, c *websocket.Conn) int {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(bustest.Patience))
	for {
		_, _, err := c.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing is sent by the console, and no account changes: time alone ends it.
func TestAConsoleEndsWithItsSession(t *testing.T) {
	c := &clock{at: time.Now()}
	all, who := signedIn(t, bustest.Conn(t), c.now)
	r := NewRevocation(all, func(*SignedIn, accounts.Agent) {})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = r.Run(ctx) })
	defer func() { cancel(); wg.Wait() }()
	sock, client := conntest.Pair(t)
	ann, forget := r.Keep(sock, who)
	defer forget()
	c.pass(12*time.Hour - time.Second)
	if ann.Over() || sock.Leaving() {
		t.Fatal("a console ended before its session")
	}
	c.pass(time.Second)
	if code := closedWith(t, client); code != conn.SignedOut.Code {
		t.Errorf("closed with %d, want %d", code, conn.SignedOut.Code)
	}
}

// The search for sessions that are over does not run here: the act itself finds it.
func TestNoActIsDoneAfterTheEndOfASession(t *testing.T) {
	c := &clock{at: time.Now()}
	all, who := signedIn(t, bustest.Conn(t), c.now)
	sock, client := conntest.Pair(t)
	ann, forget := NewRevocation(all, func(*SignedIn, accounts.Agent) {}).Keep(sock, who)
	defer forget()
	c.pass(11 * time.Hour)
	if !ann.ProlongDue() || ann.ProlongDue() {
		t.Fatal("a use after hours is recorded once")
	}
	ann.Prolong(t.Context())
	c.pass(11 * time.Hour)
	if ann.Over() {
		t.Fatal("a console that was used is over")
	}
	c.pass(time.Hour)
	if !ann.Over() {
		t.Error("an act after the end is done")
	}
	if code := closedWith(t, client); code != conn.SignedOut.Code {
		t.Errorf("closed with %d, want %d", code, conn.SignedOut.Code)
	}
}
