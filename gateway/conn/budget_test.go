package conn_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// Clients that read nothing fill the kernel's buffers and then their queues.
// Together they may not hold more than the budget, a client that reads goes on,
// and all that was held is given back.
func TestClientsThatReadNothingShareOneBudget(t *testing.T) {
	const bytesInAll = 4 << 20
	var all []*conn.Socket
	shared := conn.NewBudget(bytesInAll, func() []*conn.Socket { return all }, conn.Metrics{})
	reader, client := conntest.PairWithin(t, shared)
	all = append(all, reader)
	for range 12 {
		s, _ := conntest.PairWithin(t, shared)
		all = append(all, s)
	}
	var got, most int64
	var reading sync.WaitGroup
	read := make(chan struct{})
	reading.Go(func() {
		defer close(read)
		for {
			if _, _, err := client.ReadMessage(); err != nil {
				return
			}
			got++
			read <- struct{}{}
		}
	})
	frame := bytes.Repeat([]byte("x"), 16<<10)
	left := func() (n int) {
		for _, s := range all[1:] {
			if s.Leaving() {
				n++
			}
		}
		return n
	}
	sent := int64(0)
	bustest.Eventually(t, "most slow clients to be disconnected", func() bool {
		for range 8 {
			reader.SendPatiently(frame)
			sent++
			<-read // or a busy machine makes it a slow reader
			for _, s := range all[1:] {
				s.Send(frame)
				most = max(most, shared.Held())
			}
		}
		return left() >= 10
	})
	if limit := bytesInAll/4*5 + int64(len(all)*len(frame)); most > limit {
		t.Errorf("%d bytes were held, more than %d", most, limit)
	}
	if reader.Leaving() {
		t.Error("a client that reads was disconnected")
	}
	for _, s := range all[1:] {
		s.Abort()
	}
	reader.Close(conn.GoingAway)
	reading.Wait()
	if got != sent {
		t.Errorf("a client that reads got %d of %d frames", got, sent)
	}
	bustest.Eventually(t, "all that was held to be given back", func() bool { return shared.Held() == 0 })
}

// The clients that hold most are disconnected, not those that get the next frame.
func TestTheLargestHolderIsDisconnected(t *testing.T) {
	var all []*conn.Socket
	shared := conn.NewBudget(8<<20, func() []*conn.Socket { return all }, conn.Metrics{})
	heavy, _ := conntest.PairWithin(t, shared)
	light, _ := conntest.PairWithin(t, shared)
	all = []*conn.Socket{light, heavy}
	heavy.HoldWhile(6 << 20) // as the events for a client that catches up
	light.HoldWhile(2<<20 - 100)
	light.Send([]byte("short"))
	if heavy.Leaving() || light.Leaving() {
		t.Error("a client was disconnected within the budget")
	}
	light.HoldWhile(101) // beyond the budget also once the frame is written
	light.Send([]byte("one too many"))
	bustest.Eventually(t, "the heavy one to be disconnected", heavy.Leaving)
	if light.Leaving() {
		t.Error("the light one was disconnected")
	}
}

// A client that sends half a large frame and no more holds memory too.
func TestHalfAFrameCountsLikeQueuedFrames(t *testing.T) {
	const bytesInAll = 512 << 10
	var all []*conn.Socket
	shared := conn.NewBudget(bytesInAll, func() []*conn.Socket { return all }, conn.Metrics{})
	var reading sync.WaitGroup
	for range 30 {
		s, client := conntest.PairWithin(t, shared)
		all = append(all, s)
		w, err := client.NextWriter(websocket.TextMessage)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("x"), 48<<10)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("x"), 8<<10)); err != nil { // has the first part sent
			t.Fatal(err)
		}
	}
	for _, s := range all {
		reading.Go(func() {
			defer s.Done()
			if _, err := s.Read(nil); err == nil {
				t.Error("half a frame was read")
			}
		})
	}
	bustest.Eventually(t, "some to be disconnected", func() bool {
		n := 0
		for _, s := range all {
			if s.Leaving() {
				n++
			}
		}
		return n >= 10
	})
	bustest.Eventually(t, "the others to be within the budget", func() bool { return shared.Held() <= bytesInAll })
	for _, s := range all {
		s.Abort()
	}
	reading.Wait()
	if n := shared.Held(); n != 0 {
		t.Errorf("%d bytes are held for nobody", n)
	}
}
