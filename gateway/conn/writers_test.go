package conn_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// However many clients don't read, those that do get their frames.
func TestClientsThatDoNotReadHoldUpNobody(t *testing.T) {
	large := bytes.Repeat([]byte("x"), conntest.MoreThanFits)
	budget := conn.NewBudget(1<<40, func() []*conn.Socket { return nil }, conn.Metrics{})
	var slow []*websocket.Conn
	var sockets []*conn.Socket
	for range 2*runtime.GOMAXPROCS(0) + 2 {
		s, client := conntest.NarrowPair(t, budget)
		s.Send(large)
		slow, sockets = append(slow, client), append(sockets, s)
	}
	quick, client := conntest.Pair(t)
	for i := range 100 {
		quick.Send([]byte(fmt.Sprint(i)))
		expect(t, client, fmt.Sprint(i))
	}
	// What was written in part is continued where it stopped, and what comes after it stays
	// behind it.
	for i, client := range slow {
		for n := range 3 {
			sockets[i].Send([]byte(fmt.Sprint("after ", n)))
		}
		expect(t, client, strings.Repeat("x", len(large)))
		for n := range 3 {
			expect(t, client, fmt.Sprint("after ", n))
		}
	}
}

// A client that was slow once is written to at any time later: no deadline of then remains.
func TestAWriteThatWaitedLeavesNoDeadline(t *testing.T) {
	s, client := conntest.NarrowPair(t, conn.NewBudget(conn.DefaultBudget, func() []*conn.Socket { return nil }, conn.Metrics{}))
	s.Send(bytes.Repeat([]byte("x"), conntest.MoreThanFits))
	bustest.Eventually(t, "a write to wait", s.WriteWaits)
	expect(t, client, strings.Repeat("x", conntest.MoreThanFits))
	bustest.Eventually(t, "the deadline to be gone", func() bool { return !s.WriteWaits() })
	s.Send([]byte("next"))
	expect(t, client, "next")
	_ = client.SetReadDeadline(time.Time{})
}

// A client that takes frames as fast as they come, and always has more to come, holds up
// nobody either.
func TestABusyClientHoldsUpNobody(t *testing.T) {
	over := make(chan struct{})
	for range 2 * runtime.GOMAXPROCS(0) {
		var busy atomic.Pointer[conn.Socket]
		read := make(chan struct{}, 1)
		s, client := conntest.PairWithin(t, conn.NewBudget(conn.DefaultBudget, func() []*conn.Socket { return nil }, conn.Metrics{
			Written: func(int) { // whenever something is written to it, there is more
				select {
				case <-read:
					busy.Load().Send([]byte("x"))
				case <-over:
				}
			},
		}))
		go func() {
			for {
				if _, _, err := client.ReadMessage(); err != nil {
					return
				}
				select {
				case read <- struct{}{}:
				case <-over:
				}
			}
		}()
		busy.Store(s)
		s.Send([]byte("x"))
	}
	t.Cleanup(func() { close(over) })
	quiet, client := conntest.Pair(t)
	for i := range 100 {
		quiet.Send([]byte(fmt.Sprint(i)))
		expect(t, client, fmt.Sprint(i))
	}
}
