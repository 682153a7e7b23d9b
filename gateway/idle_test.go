package gateway

import (
	"fmt"
	"runtime"
	runtimemetrics "runtime/metrics"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// stacks returns what all goroutines' stacks take.
func stacks() uint64 {
	for range 3 { // each may halve a stack
		runtime.GC()
	}
	s := []runtimemetrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	runtimemetrics.Read(s)
	return s[0].Value.Uint64()
}

// A connection that had a frame handled and is silent since waits on a small stack: with
// handlers and the parsing of JSON on the same one, it took 8 KiB.
func TestASilentConnectionWaitsOnASmallStack(t *testing.T) {
	g := New(Options{Metrics: prometheus.NewRegistry(), RatePerConnection: 100, RatePerAddress: 100_000, Log: zerolog.Nop()}, bustest.Conn(t))
	const n = 300
	var socks [n]*conn.Socket
	var clients [n]*websocket.Conn
	for i := range n {
		socks[i], clients[i] = conntest.Pair(t)
	}
	before := stacks()
	for i, sock := range socks {
		seat, no := g.admission.Connect(localhost)
		if no != nil {
			t.Fatal(no)
		}
		s := g.newVisitorSession(sock, seat, localhost)
		g.sessions.Go(func() { s.run(t.Context()) })
		if err := clients[i].WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"send","id":"%d","text":"before hello"}`, i)); err != nil {
			t.Fatal(err)
		}
		_ = clients[i].SetReadDeadline(time.Now().Add(bustest.Patience))
		if _, _, err := clients[i].ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	var each int64
	bustest.Eventually(t, "a connection to take at most 5 KiB for its stack", func() bool { // handlers end after their answers
		each = (int64(stacks()) - int64(before)) / n
		return each <= 5<<10
	})
	t.Logf("the stack of one connection takes %d bytes", each)
}
