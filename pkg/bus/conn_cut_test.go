package bus_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// cable is a way to a server that can be cut without a word.
type cable struct {
	to *bustest.Server

	mu      sync.Mutex // guards what follows
	conns   []net.Conn
	cut     bool
	refused int // who tried since it was cut
}

func (c *cable) InProcessConn() (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		c.refused++
		return nil, errors.New("the cable is cut")
	}
	conn, err := c.to.InProcessConn()
	c.conns = append(c.conns, conn)
	return conn, err
}

func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut, c.refused = cut, 0
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}

func (c *cable) tried() int { c.mu.Lock(); defer c.mu.Unlock(); return c.refused }

// Workers go on pulling while NATS can't be reached. Each of these pulls once left
// a subscription behind, for as long as the process lived.
func TestAnOutageLeavesNoSubscriptionsBehind(t *testing.T) {
	way := &cable{to: bustest.Start(t)}
	conn, err := bus.Connect(t.Context(), bus.Options{Name: "worker", InProcess: way, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	before := conn.Subscriptions()
	heard, stored := &texts{}, &texts{}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer func() { cancel(); wg.Wait() }()
	wg.Go(func() {
		_ = conn.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(_ context.Context, d bus.Delivery) error {
			heard.Live(d.Event, 0)
			return nil
		})
	})
	wg.Go(func() {
		_ = conn.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(_ context.Context, events []chat.Event) error {
			for _, e := range events {
				stored.Live(e, 0)
			}
			return nil
		})
	})
	other := way.to.Connect("gateway")
	arrives := func(text string) {
		t.Helper()
		if _, err := other.AppendIn(t.Context(), visitorSays(chat.NewID(), "m", text), nil); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, text+" arrives", func() bool { return heard.heard(text) && stored.heard(text) })
	}
	arrives("the first")
	way.set(true)
	bustest.Eventually(t, "the workers try for a while", func() bool { return way.tried() >= 10 })
	// In each of two streams the inboxes of the one worker's pulls and a pull of the other one,
	// what was there, and the answers' inbox.
	most := before + 2*(2+1) + 1
	few := func() bool { return conn.Subscriptions() <= most } // one more may be in use at this moment
	bustest.Eventually(t, fmt.Sprintf("there are %d subscriptions at most while NATS is down", most), few)
	way.set(false)
	arrives("the second")
	cancel()
	wg.Wait()
	// Those of pulls that were being sent as the cable was cut may stay.
	bustest.Eventually(t, fmt.Sprintf("there are %d subscriptions at most in the end", most), few)
}
